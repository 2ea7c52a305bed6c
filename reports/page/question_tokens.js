"use strict";
// A text as a row of tokens: a list box whose name is the text and whose options are the tokens. Arrow keys, Home and
// End move from token to token.

class QuestionTokens {
  constructor(data, panes) {
    this.data = data;
    panes.addEventListener("keydown", (event) => this.#onKey(event));
  }

  /** `name` says what the text is. */
  make(index, range, name) {
    const box = element("div", "tokens");
    if (range.begin === range.end) return box;
    box.setAttribute("role", "listbox");
    box.setAttribute("aria-orientation", "horizontal");
    box.setAttribute("aria-label", `${name}: ${this.data.textOf(index, range).trim()}`);
    for (let t = range.begin; t < range.end; t++) box.append(this.#token(index, t));
    QuestionTokens.#setCurrent(box.firstChild);
    return box;
  }

  #token(index, t) {
    const token = element("span", "token", this.data.pieceOf(index, t));
    token.dataset.model = index;
    token.dataset.token = t;
    token.tabIndex = -1;
    token.setAttribute("role", "option");
    token.setAttribute("aria-selected", "false");
    if (token.textContent.trim() === "") {
      token.setAttribute("aria-label", token.textContent.includes("\n") ? "line break" : "blank");
    }
    return token;
  }

  /** The one token of its text that the Tab key reaches. */
  static #setCurrent(token) {
    const before = token.parentElement.querySelector('[tabindex="0"]');
    if (before) {
      before.tabIndex = -1;
      before.setAttribute("aria-selected", "false");
    }
    token.tabIndex = 0;
    token.setAttribute("aria-selected", "true");
  }

  #onKey(event) {
    const token = event.target.closest(".token");
    if (!token || event.ctrlKey || event.metaKey || event.altKey) return;
    const all = [...token.closest(".model").querySelectorAll(".token")];
    const next = {
      ArrowRight: () => all[all.indexOf(token) + 1],
      ArrowLeft: () => all[all.indexOf(token) - 1],
      Home: () => token.parentElement.firstChild,
      End: () => token.parentElement.lastChild,
    }[event.key];
    if (!next) return;
    const to = next();
    if (to) {
      QuestionTokens.#setCurrent(to);
      to.focus();
    }
    event.preventDefault();
  }
}
