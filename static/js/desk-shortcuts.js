// Single keys on a suggestion's page: each opens a form or goes somewhere, none decides by itself.
// The page loads this only for members who want it.
"use strict";

const typing = (target) => target.closest("input, select, textarea, [contenteditable]") !== null;

const open = (key) => {
  const fold = document.querySelector(`.decisions > details[data-key="${key}"]`);
  if (fold === null) return false;
  fold.open = true;
  const first = fold.querySelector("input:not([type=hidden]), select, textarea, button");
  (first ?? fold.querySelector("summary")).focus();
  fold.scrollIntoView({ block: "nearest" });
  return true;
};

const undo = () => {
  const button = document.querySelector("input[name=action][value=undo] ~ button");
  button?.focus();
  return button !== null;
};

const queue = () => {
  const link = document.querySelector(".desk-back a");
  link?.click();
  return link !== null;
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || event.repeat) return;
  if (typing(event.target)) return;
  const key = event.key.toLowerCase();
  if (!/^[a-z]$/.test(key)) return;
  const acted = key === "u" ? undo() : key === "q" ? queue() : open(key);
  if (acted) event.preventDefault();
});
