"use strict";
// The state of the browser in the page's address, so that it can be reloaded, shared and gone back to:
// #q=piqa/21&task=piqa&outcome=right-wrong&order=most-loops-a&search=water&color=lambda&layer=3

class QuestionAddress {
  static NAMES = ["q", ...QuestionFilters.NAMES, "color", "layer"];
  static QUICK_MILLISECONDS = 300;  // browsers refuse pages that change their address too often

  constructor() {
    this.lastKind = null;
    this.later = null;  // what waits to be put into the address
  }

  /** {values, unknown}: settings by name, and names that mean nothing here. null: the address has none. */
  static read() {
    const text = location.hash.slice(1);
    if (text === "" || text === "questions") return { values: {}, unknown: [] };
    if (!text.includes("=")) return null;
    const values = {}, unknown = [];
    for (const [name, value] of new URLSearchParams(text)) {
      if (QuestionAddress.NAMES.includes(name)) values[name] = value;
      else unknown.push(name);
    }
    return { values, unknown };
  }

  static write(values) {
    return "#" + QuestionAddress.NAMES.filter((name) => values[name])
      .map((name) => name + "=" + encodeURIComponent(values[name]).replaceAll("%2F", "/")).join("&");
  }

  /** Puts the settings into the address. The button "back" undoes one action: a "click" on a question, or all changes of
   *  one kind in a row, as the letters of a search. */
  remember(values, kind) {
    const again = kind === this.lastKind && kind !== "click";
    if (again) clearTimeout(this.timer);
    else this.#putNow();
    const address = QuestionAddress.write(values);
    this.later = null;
    if (address === location.hash) return;
    this.lastKind = kind;
    this.later = () => history[again ? "replaceState" : "pushState"](null, "", address);
    if (again) this.timer = setTimeout(() => this.#putNow(), QuestionAddress.QUICK_MILLISECONDS);
    else this.#putNow();
  }

  #putNow() {
    clearTimeout(this.timer);
    this.later?.();
    this.later = null;
  }

  /** The reader went elsewhere: what comes next is an action of its own. */
  forget() {
    clearTimeout(this.timer);
    this.later = null;
    this.lastKind = null;
  }
}
