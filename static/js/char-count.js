// Counts the characters of a text as the server does, by code point, and says what is left.
"use strict";

const QUIET = 600;

for (const note of document.querySelectorAll("[data-counts]")) {
  const box = document.getElementById(note.dataset.counts);
  if (!box) continue;
  const most = Number(note.dataset.most);
  const [seen, heard] = note.querySelectorAll("span");
  let timer = 0;
  const show = () => {
    const left = most - Array.from(box.value.trim()).length;
    const words = left < 0 ? note.dataset.over : note.dataset.left;
    seen.textContent = words.replace("{n}", Math.abs(left).toLocaleString());
    note.classList.toggle("count-over", left < 0);
    window.clearTimeout(timer);
    timer = window.setTimeout(() => { heard.textContent = seen.textContent; }, QUIET);
  };
  box.addEventListener("input", show);
  show();
}
