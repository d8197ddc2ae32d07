// Claims the suggestion that is open, keeps the claim while its page is in use, and shows who
// works on what, here and in the rows of the queue. Without this script the buttons do it.
"use strict";

const LOOK_EVERY = 15_000;
const RENEW_EVERY = 120_000;
const TYPING_RENEWS_AFTER = 30_000;

const isSeen = () => document.visibilityState === "visible";

// What the server says, or null where it cannot be asked. Signed out, it would send us elsewhere.
async function ask(address, body) {
  const how = { headers: { Accept: "application/json" }, redirect: "manual" };
  try {
    const answer = await fetch(address, body ? { ...how, method: "POST", body } : how);
    if (answer.type === "opaqueredirect") return { isSignedOut: true };
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}

class Claim {
  constructor(part) {
    this.part = part;
    this.words = part.querySelector(".claim-words");
    this.note = part.querySelector(".claim-note");
    this.said = part.querySelector("[role=status]");
    this.taking = part.querySelector("[data-when=nobody]");
    this.whose = part.dataset.whose;
    this.holder = Number(part.dataset.holder);
    this.isOpening = "opens" in part.dataset;
    this.isActive = true;
    this.isTaken = false;
    this.isOver = false;
    this.renewedAt = 0;
    this.turn = Promise.resolve();
    this.listen();
    this.come();
  }

  listen() {
    this.timers = [
      window.setInterval(() => { if (isSeen()) this.look(); }, LOOK_EVERY),
      window.setInterval(() => { if (isSeen() && this.mayRenew()) this.renew(); }, RENEW_EVERY),
    ];
    document.addEventListener("visibilitychange", () => { if (isSeen()) this.come(); });
    window.addEventListener("pageshow", (event) => { if (event.persisted) this.come(); });
    for (const sign of ["pointerdown", "keydown", "input"]) {
      document.addEventListener(sign, () => { this.isActive = true; }, { passive: true });
    }
    document.addEventListener("input", () => this.typed());
    this.taking.addEventListener("submit", (event) => {
      // Loading the page anew would lose what is written in it.
      event.preventDefault();
      this.isTaken = false;
      this.renew();
    });
  }

  mayRenew() {
    if (this.isTaken || this.whose === "other") return false;
    return this.whose === "own" || this.isOpening;
  }

  come() {
    if (isSeen() && this.mayRenew()) this.renew();
    else if (isSeen()) this.look();
  }

  typed() {
    const isDue = Date.now() - this.renewedAt > TYPING_RENEWS_AFTER;
    if (isDue && !this.isTaken && this.whose !== "other") this.renew();
  }

  look() {
    this.inTurn(() => ask(this.part.dataset.claim));
  }

  renew() {
    this.renewedAt = Date.now();
    this.inTurn(() => {
      const body = new FormData(this.taking);
      if (this.isActive) body.set("is_active", "1");
      this.isActive = false;
      return ask(this.part.dataset.claim, body);
    });
  }

  // One question at a time: an old answer must not be shown after a newer one.
  inTurn(question) {
    this.turn = this.turn.then(async () => {
      if (this.isOver) return;
      const told = await question();
      if (told?.isSignedOut) this.end();
      else if (told) this.show(told);
    });
  }

  show(told) {
    const { changed, taken, version } = this.part.dataset;
    if (this.whose === "own" && told.whose === "other") this.isTaken = true;
    if (told.whose === "own") this.isTaken = false;
    const isChanged = told.version !== Number(version);
    if (isChanged) this.isOpening = false;
    const note = isChanged ? changed : this.isTaken ? taken : "";
    // The time in the words moves on with each renewal; that is not worth saying aloud.
    const isNews = told.holder !== this.holder || note !== this.note.textContent;
    this.whose = this.part.dataset.whose = told.whose;
    this.holder = told.holder;
    this.words.textContent = told.words;
    this.tell(note);
    if (isNews) this.said.textContent = [told.words, note].filter(Boolean).join(" ");
    for (const way of this.part.querySelectorAll("[data-when]")) {
      way.hidden = way.dataset.when !== told.whose;
    }
  }

  tell(note) {
    this.note.textContent = note;
    this.note.hidden = !note;
  }

  end() {
    this.isOver = true;
    this.timers.forEach((timer) => window.clearInterval(timer));
    this.words.textContent = "";
    for (const way of this.part.querySelectorAll("[data-when]")) way.hidden = true;
    this.tell(this.part.dataset.signedOut);
    this.said.textContent = this.part.dataset.signedOut;
  }
}

// The cells of a list that say who works on what.
class Cells {
  constructor(status) {
    this.status = status;
    this.cells = new Map();
    for (const cell of document.querySelectorAll("[data-claim-of]")) {
      this.cells.set(cell.dataset.claimOf, cell);
    }
    if (!this.cells.size) return;
    this.timer = window.setInterval(() => { if (isSeen()) this.look(); }, LOOK_EVERY);
    document.addEventListener("visibilitychange", () => { if (isSeen()) this.look(); });
    window.addEventListener("pageshow", (event) => { if (event.persisted) this.look(); });
  }

  async look() {
    const asked = new URLSearchParams([...this.cells.keys()].map((number) => ["number", number]));
    const told = await ask(`${this.status.dataset.claims}?${asked}`);
    if (told?.isSignedOut) window.clearInterval(this.timer);
    else if (told) this.show(told.claims);
  }

  show(claims) {
    const news = [];
    for (const [number, cell] of this.cells) {
      const nobody = { holder: 0, words: this.status.dataset.free };
      const { holder, words } = claims[number] ?? nobody;
      if (holder !== Number(cell.dataset.holder)) news.push(`${number}: ${words}`);
      cell.dataset.holder = holder;
      cell.textContent = words;
    }
    if (news.length) this.status.textContent = news.join(" ");
  }
}

document.querySelectorAll("[data-claim]").forEach((part) => new Claim(part));
document.querySelectorAll("[data-claims]").forEach((status) => new Cells(status));
