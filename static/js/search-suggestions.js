// Proposes titles and frequent queries below a search field (ARIA 1.2 combobox with a listbox).
// Without this script the field is a plain form.
"use strict";

const TYPING_PAUSE = 180;

class Combobox {
  constructor(form, number) {
    this.form = form;
    this.input = form.querySelector("input[name=q]");
    this.address = `${new URL(form.action).pathname}/suggestions`;
    this.id = `proposals-${number}`;
    this.current = -1;
    this.asked = "";
    this.timer = 0;
    this.request = null;
    this.build();
    this.input.addEventListener("input", (event) => this.typed(event));
    this.input.addEventListener("compositionend", (event) => this.typed(event));
    this.input.addEventListener("keydown", (event) => this.pressed(event));
    this.input.addEventListener("blur", () => this.close());
  }

  build() {
    this.list = document.createElement("ul");
    this.list.id = this.id;
    this.list.className = "find-proposals";
    this.list.setAttribute("role", "listbox");
    this.list.hidden = true;
    // A press must not take the focus away before the choice is read.
    this.list.addEventListener("mousedown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) this.go(option);
    });
    this.status = document.createElement("p");
    this.status.className = "visually-hidden";
    this.status.setAttribute("role", "status");
    this.form.append(this.list, this.status);
    const states = { role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false" };
    for (const [name, value] of Object.entries({ ...states, "aria-controls": this.id })) {
      this.input.setAttribute(name, value);
    }
  }

  typed(event) {
    window.clearTimeout(this.timer);
    if (event.isComposing) return;
    this.timer = window.setTimeout(() => this.ask(), TYPING_PAUSE);
  }

  async ask() {
    const words = this.input.value.trim();
    if (words === this.asked && !this.list.hidden) return;
    this.asked = words;
    this.request?.abort();
    if (!words || words.length > 100) {
      this.close();
      return;
    }
    this.request = new AbortController();
    const { signal } = this.request;
    try {
      const answer = await fetch(`${this.address}?${new URLSearchParams({ q: words })}`, { signal });
      if (answer.ok) this.show(await answer.json());
      else this.close();
    } catch {
      // Aborted by the next key, or without network: the form still searches.
    }
  }

  show(answer) {
    if (document.activeElement !== this.input) return;
    this.list.setAttribute("aria-label", answer.label);
    this.list.replaceChildren(...answer.suggestions.map((each, place) => this.option(each, place)));
    this.status.textContent = answer.said;
    this.mark(-1);
    this.open(answer.suggestions.length > 0);
  }

  option(proposal, place) {
    const option = document.createElement("li");
    option.id = `${this.id}-${place}`;
    option.setAttribute("role", "option");
    option.setAttribute("aria-selected", "false");
    option.dataset.address = proposal.address;
    const words = document.createElement("span");
    words.textContent = proposal.words;
    if (proposal.lang) words.lang = proposal.lang;
    const kind = document.createElement("span");
    kind.className = "find-kind";
    kind.textContent = proposal.kind;
    option.append(words, " ", kind);
    return option;
  }

  pressed(event) {
    if (event.isComposing) return;
    const count = this.list.children.length;
    if (event.key === "Escape" && !this.list.hidden) {
      event.preventDefault();
      this.close();
    } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && count) {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      // One place more than there are options: the field itself.
      const next = this.list.hidden ? (step > 0 ? 0 : count - 1) : this.current + step;
      this.open(true);
      this.mark(next >= count || next < -1 ? (step > 0 ? -1 : count - 1) : next);
    } else if (event.key === "Enter" && this.current >= 0) {
      event.preventDefault();
      this.go(this.list.children[this.current]);
    }
  }

  mark(place) {
    this.current = place;
    [...this.list.children].forEach((option, number) => {
      option.setAttribute("aria-selected", String(number === place));
    });
    const option = this.list.children[place];
    if (option) {
      this.input.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    } else {
      this.input.removeAttribute("aria-activedescendant");
    }
  }

  open(isOpen) {
    this.list.hidden = !isOpen;
    this.input.setAttribute("aria-expanded", String(isOpen));
  }

  close() {
    window.clearTimeout(this.timer);
    this.request?.abort();
    this.mark(-1);
    this.open(false);
    this.status.textContent = "";
  }

  go(option) {
    window.location.assign(option.dataset.address);
  }
}

document.querySelectorAll("form.find").forEach((form, number) => new Combobox(form, number));
