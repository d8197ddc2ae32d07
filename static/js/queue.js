// Says that something came into the queue since the list was read; the list itself stays still.
"use strict";

const EVERY = 60_000;

const news = document.querySelector(".queue-news");
const [show, look] = news?.querySelectorAll("a") ?? [];

async function ask() {
  if (document.hidden) return;
  try {
    const answer = await fetch(news.dataset.address, { headers: { Accept: "application/json" } });
    if (!answer.ok || answer.redirected) return;
    const { count, words } = await answer.json();
    const status = news.querySelector("[role=status]");
    const said = count ? words : "";
    // Saying the same again would have it read aloud again.
    if (status.textContent !== said) status.textContent = said;
    show.hidden = !count;
    look.hidden = Boolean(count);
  } catch {
    // Without the network the list stays as it is; the next turn asks again.
  }
}

if (news) window.setInterval(ask, EVERY);
