"use strict";
// Joins the parts of the question browser: filters, list, question and address; and the keys that work everywhere.

class QuestionBrowser {
  constructor(data) {
    this.data = data;
    this.byId = (id) => document.getElementById("q-" + id);
    this.view = new QuestionView(data);
    this.filters = new QuestionFilters(data);
    this.list = new QuestionList(data, (q, kind) => this.#open(q, kind));
    this.address = new QuestionAddress();
    for (const [name, field] of Object.entries(this.filters.fields)) {
      field.addEventListener(name === "search" ? "input" : "change", () => this.#filtered(name));
    }
    for (const name of ["color", "layer"]) {
      this.byId(name).addEventListener("change", () => {
        this.view.recolor();
        this.#remember("color");
      });
    }
    this.byId("search").addEventListener("keydown", (event) => { if (event.key === "Enter") this.list.box.focus(); });
    this.byId("previous").addEventListener("click", () => this.list.step(-1));
    this.byId("next").addEventListener("click", () => this.list.step(1));
    document.addEventListener("keydown", (event) => this.#onKey(event));
    document.getElementById("search-questions").addEventListener("submit", (event) => this.#searchFromTop(event));
    window.addEventListener("hashchange", () => this.#followAddress());
    this.byId("of-all").textContent = `The question that was selected, one of ${data.count}. The page shows all of them.`;
    this.#followAddress();
    if (this.list.current < 0) this.#applyFilters();  // the address is of another part of the page
    document.getElementById("questions").dataset.ready = "";
  }

  #values() {
    const { color, layer } = this.view.colors;
    const first = color.options[0].value;
    return { q: this.list.current < 0 ? "" : this.data.nameOf(this.list.current), ...this.filters.values,
      color: color.value === first ? "" : color.value, layer: layer.value === "mean" ? "" : layer.value };
  }

  #remember(kind) {
    this.#say([]);
    this.address.remember(this.#values(), kind);
  }

  #say(sentences) {
    this.byId("note").replaceChildren(...sentences.map((sentence) => element("p", "", sentence)));
  }

  #open(q, kind) {
    this.#show(q);
    this.#remember(kind);
    // A list that has the focus reads its rows itself.
    if (document.activeElement !== this.list.box) {
      this.byId("heard").textContent = `${this.data.nameOf(q)}: ${this.list.verdictsOf(q)}`;
    }
  }

  #show(q) {
    this.list.select(q);
    this.view.show(q);
  }

  #applyFilters() {
    const shown = this.filters.apply();
    this.list.show(shown);
    this.byId("count").textContent = `${shown.length} of ${this.data.count}`;
    if (shown.includes(this.list.current)) this.list.select(this.list.current);
    else if (shown.length > 0) this.#show(shown[0]);
  }

  #filtered(name) {
    this.#applyFilters();
    this.#remember(name);
  }

  #searchFromTop(event) {
    event.preventDefault();
    const field = event.target.querySelector("input");
    this.filters.fields.search.value = field.value;
    field.value = "";
    this.#filtered("top");
    document.getElementById("questions").scrollIntoView();
    this.list.box.focus({ preventScroll: true });
  }

  /** Takes the state from the address, and says what of it the page does not have. */
  #followAddress() {
    const address = QuestionAddress.read();
    if (address === null) return;
    this.address.forget();
    const { values, unknown } = address;
    const problems = unknown.map((name) => `The address sets “${name}”, which this page does not know.`);
    const menus = { ...this.filters.fields, color: this.view.colors.color, layer: this.view.colors.layer };
    for (const [name, field] of Object.entries(menus)) {
      const value = values[name] ?? (name in this.filters.fields ? "" : field.options[0].value);
      const known = field.tagName === "INPUT" || [...field.options].some((option) => option.value === value);
      field.value = known ? value : field.options[0].value;
      if (known) continue;
      const entries = [...field.options].map((option) => option.value).filter(Boolean).join(", ");
      problems.push(`The address asks for the ${name} “${value}”, which this page does not have. It has: ${entries}.`);
    }
    const wanted = values.q === undefined ? undefined : this.data.byName.get(values.q);
    if (values.q !== undefined && wanted === undefined) {
      problems.push(`This page has no question “${values.q}”. The first question of the list is shown.`);
    }
    this.list.current = wanted ?? -1;
    this.#applyFiltersKeeping(wanted, problems);
    this.#say(problems);
    if (Object.keys(values).length + unknown.length > 0) document.getElementById("questions").scrollIntoView();
  }

  /** As #applyFilters, but a question that the address names is shown also if the filters leave it out. */
  #applyFiltersKeeping(wanted, problems) {
    this.#applyFilters();
    if (wanted === undefined) return;
    if (!this.list.shown.includes(wanted)) {
      problems.push(`The question ${this.data.nameOf(wanted)} is shown, but the filters leave it out of the list.`);
    }
    this.#show(wanted);
  }

  #onKey(event) {
    const inField = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
    if (event.ctrlKey || event.metaKey || event.altKey || inField) return;
    if (event.key === "j") this.list.step(1);
    else if (event.key === "k") this.list.step(-1);
    else if (event.key === "/") this.byId("search").focus();
    else return;
    event.preventDefault();
  }
}

// For tests: questionsReady is when, in milliseconds, the browser could be used.
(async () => {
  try {
    const data = await QuestionData.read(document.getElementById("question-data").textContent);
    window.questionBrowser = new QuestionBrowser(data);
    pageFacts.questionsReady = Math.round(performance.now());
  } catch (error) {
    document.getElementById("q-title").textContent = "The questions could not be read: " + error.message;
    reportFault(error.stack);
  }
})();
