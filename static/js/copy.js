// Shows a "copy" button beside a link or code, copies it, and says that it did.
"use strict";

for (const button of document.querySelectorAll("[data-copy]")) {
  const source = document.getElementById(button.dataset.copy);
  if (!source || !navigator.clipboard) continue;
  const said = button.parentElement.querySelector("[role=status]");
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText((source.value ?? source.textContent).trim());
      if (said) said.textContent = button.dataset.done;
    } catch {
      if (source.select) source.select();
    }
  });
}
