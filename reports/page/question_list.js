"use strict";
// The list of questions. Only rows in view are elements.

class QuestionList {
  static ROW_HEIGHT = 54;  // as in questions.css

  /** Calls open(question, kind) when the reader chooses one: by a "click" or by a "step" with a key. */
  constructor(data, open) {
    Object.assign(this, { data, open, shown: [], current: -1 });
    this.box = document.getElementById("q-list");
    this.rows = this.box.querySelector(".rows");
    this.box.addEventListener("scroll", () => this.#draw(), { passive: true });
    this.box.addEventListener("click", (event) => {
      const row = event.target.closest(".row");
      if (row) this.open(Number(row.dataset.question), "click");
    });
    this.box.addEventListener("keydown", (event) => this.#onKey(event));
    new ResizeObserver(() => this.#draw()).observe(this.box);
  }

  show(shown) {
    this.shown = shown;
    this.rows.style.height = shown.length * QuestionList.ROW_HEIGHT + "px";
    this.box.scrollTop = 0;
    this.#draw();
  }

  /** Marks a question as the one that is shown, and scrolls to it if it is in the list. */
  select(q) {
    this.current = q;
    const at = this.shown.indexOf(q), height = QuestionList.ROW_HEIGHT;
    if (at >= 0) {
      const top = at * height;
      if (top < this.box.scrollTop) this.box.scrollTop = top;
      if (top + height > this.box.scrollTop + this.box.clientHeight) {
        this.box.scrollTop = top + height - this.box.clientHeight;
      }
      this.box.setAttribute("aria-activedescendant", "q-row-" + q);
    } else {
      this.box.removeAttribute("aria-activedescendant");
    }
    this.#draw();
  }

  /** Opens the question so many rows below the current one, at most the last; above it, at least the first. */
  step(by) {
    const at = this.shown.indexOf(this.current);
    const next = at < 0 ? 0 : Math.max(0, Math.min(this.shown.length - 1, at + by));
    if (next !== at && next < this.shown.length) this.open(this.shown[next], "step");
  }

  #onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const page = Math.max(1, Math.floor(this.box.clientHeight / QuestionList.ROW_HEIGHT) - 1);
    const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity };
    if (!(event.key in steps)) return;
    this.step(steps[event.key]);
    event.preventDefault();
  }

  #draw() {
    const height = QuestionList.ROW_HEIGHT, { shown } = this;
    const first = Math.max(0, Math.floor(this.box.scrollTop / height) - 3);
    const last = Math.min(shown.length, Math.ceil((this.box.scrollTop + this.box.clientHeight) / height) + 3);
    const places = Array.from({ length: Math.max(0, last - first) }, (_, i) => first + i);
    // A screen reader looks for the current row also when it is out of view.
    const current = shown.indexOf(this.current);
    if (current >= 0 && (current < first || current >= last)) places.push(current);
    this.rows.replaceChildren(...places.map((place) => this.#row(place)));
  }

  /** "Base right, VersatileFFN wrong" */
  verdictsOf(q) {
    return this.data.models.map((model, i) => `${model.name} ${this.data.isRight(q, i) ? "right" : "wrong"}`).join(", ");
  }

  #row(place) {
    const { data } = this, q = this.shown[place];
    const row = element("div", "row");
    row.id = "q-row-" + q;
    row.dataset.question = q;
    row.style.top = place * QuestionList.ROW_HEIGHT + "px";
    const excerpt = data.textOf(0, data.answerOf(q, 0).contexts[0]).trim();
    const loops = data.models[0].loops.length > 0 ? data.models[0].mean_loops[q].toFixed(2) + " loops" : "";
    const heard = [`${data.nameOf(q)}: ${this.verdictsOf(q)}`, loops, excerpt.slice(0, 120)].filter(Boolean).join(". ");
    const facts = { role: "option", "aria-label": heard, "aria-selected": q === this.current,
      "aria-posinset": place + 1, "aria-setsize": this.shown.length };
    for (const [name, value] of Object.entries(facts)) row.setAttribute(name, value);
    const line = element("div", "line", data.nameOf(q));
    data.models.forEach((model, i) => {
      const right = data.isRight(q, i);
      const mark = element("span", right ? "right" : "wrong", right ? "✓" : "✗");
      mark.title = `${model.name}: ${right ? "right" : "wrong"}`;
      line.append(mark);
    });
    if (loops) line.append(element("span", "loops", loops));
    row.append(line, element("div", "excerpt", excerpt));
    return row;
  }
}
