// Swallows the second click of a double click; the server would recognise the repeat anyway.
"use strict";

const PAUSE = 3000;

for (const form of document.querySelectorAll("form[method=post]")) {
  let sentAt = -PAUSE;
  form.addEventListener("submit", (event) => {
    if (event.timeStamp - sentAt < PAUSE) event.preventDefault();
    else sentAt = event.timeStamp;
  });
}
