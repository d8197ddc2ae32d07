// Warns before the desk signs an idle browser out, and keeps it signed in when asked to.
"use strict";

const WARN_SECONDS = 180;
const SEEN = "desk-seen";

for (const frame of document.querySelectorAll("[data-idle-seconds]")) {
  const limit = Number(frame.dataset.idleSeconds) * 1000;
  const warning = frame.querySelector(".idle-warning");
  const said = warning.querySelector("[data-soon]");
  const button = warning.querySelector("button");

  // Another tab may have been used meanwhile: the last sign of life of them all counts.
  const seen = () => window.localStorage.setItem(SEEN, String(Date.now()));
  const left = () => Number(window.localStorage.getItem(SEEN)) + limit - Date.now();

  const show = (words, mayStay) => {
    if (!warning.hidden && said.textContent === words) return;
    button.hidden = !mayStay;
    warning.hidden = false;
    said.textContent = words;
  };

  const look = () => {
    const rest = left();
    if (rest <= 0) show(said.dataset.over, false);
    else if (rest <= WARN_SECONDS * 1000) show(said.dataset.soon, true);
    else warning.hidden = true;
  };

  button.addEventListener("click", async () => {
    try {
      const answer = await fetch(frame.dataset.stay, { redirect: "manual", headers: { "X-Stay": "1" } });
      if (answer.status !== 204) return show(said.dataset.over, false);
      seen();
      look();
    } catch {
      // Without a network the warning stays, and the button can be pressed again.
    }
  });

  seen();
  window.setInterval(look, 5000);
}
