// While a suggestion is written, lists the plan items it may belong to; a press ticks one.
const PAUSE = 900;
const ENOUGH = 12;

const list = document.getElementById("proposals");
const form = list?.closest("form");

function entry(proposal, box) {
  const line = document.createElement("p");
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn btn-outline-primary";
  const show = () => {
    const verb = box.checked ? list.dataset.ticked : list.dataset.tick;
    button.textContent = `${verb}: ${proposal.number}. ${proposal.title}`;
  };
  button.addEventListener("click", () => {
    box.checked = !box.checked;
    box.closest("details").open = true;
    show();
  });
  box.addEventListener("change", show);
  show();
  line.append(button, ` ${list.dataset.because} ${proposal.words.join(" · ")}`);
  return line;
}

function draw(proposals) {
  const lines = proposals
    .map((proposal) => [proposal, document.getElementById(`items-${proposal.number}`)])
    .filter(([, box]) => box)
    .map(([proposal, box]) => entry(proposal, box));
  const title = document.createElement("p");
  title.textContent = list.dataset.title;
  list.replaceChildren(...(lines.length ? [title, ...lines] : []));
  list.hidden = !lines.length;
}

async function ask() {
  const words = new FormData();
  for (const name of ["csrf_token", "title", "text"]) words.set(name, form.elements[name].value);
  if (words.get("title").length + words.get("text").length < ENOUGH) return;
  try {
    const answer = await fetch(list.dataset.address, { method: "POST", body: words });
    if (answer.ok) draw((await answer.json()).items);
  } catch {
    // Without the network the check page proposes items all the same.
  }
}

if (form) {
  let timer = 0;
  for (const name of ["title", "text"]) {
    form.elements[name].addEventListener("input", () => {
      window.clearTimeout(timer);
      timer = window.setTimeout(ask, PAUSE);
    });
  }
}
