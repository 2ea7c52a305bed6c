"use strict";
// The list of questions: filters, order, deep links (#q=task/doc) and keys. Only rows in view are elements.

class QuestionList {
  static ROW_HEIGHT = 54;  // as in questions.css

  constructor(data, view) {
    Object.assign(this, { data, view, shown: [], current: -1 });
    this.byId = (id) => document.getElementById("q-" + id);
    this.box = this.byId("list");
    this.rows = this.box.querySelector(".rows");
    this.#fillMenus();
    for (const id of ["task", "outcome", "order"]) this.byId(id).addEventListener("change", () => this.filter());
    this.byId("search").addEventListener("input", () => this.filter());
    this.box.addEventListener("scroll", () => this.#draw(), { passive: true });
    this.box.addEventListener("click", (event) => {
      const row = event.target.closest(".row");
      if (row) this.open(Number(row.dataset.question));
    });
    this.byId("previous").addEventListener("click", () => this.step(-1));
    this.byId("next").addEventListener("click", () => this.step(1));
    document.addEventListener("keydown", (event) => this.#onKey(event));
    new ResizeObserver(() => this.#draw()).observe(this.box);
    window.addEventListener("hashchange", () => this.#followLink());
    this.filter();
    if (!this.#followLink() && this.shown.length > 0) this.#select(this.shown[0]);
  }

  #fillMenus() {
    const { data } = this, two = data.models.length === 2, [a, b] = ["A", "B"];
    QuestionView.fill(this.byId("task"), [["", "all tasks"], ...data.tasks.map((task, i) => [String(i), task])]);
    QuestionView.fill(this.byId("outcome"), two
      ? [["", "all"], ["1.", `${a} right`], ["0.", `${a} wrong`], [".1", `${b} right`], [".0", `${b} wrong`],
        ["10", `${a} right, ${b} wrong`], ["01", `${a} wrong, ${b} right`], ["11", "both right"], ["00", "both wrong"]]
      : [["", "all"], ["1", "right"], ["0", "wrong"]]);
    const orders = [["", "data order"]];
    data.models.forEach((model, i) => {
      const of = two ? ` (${"AB"[i]})` : "";
      if (model.loops.length > 0) orders.push(["loops" + i, "most loops" + of], ["few" + i, "fewest loops" + of]);
      orders.push(["margin" + i, "smallest margin" + of]);
    });
    QuestionView.fill(this.byId("order"), orders);
  }

  #matches(q, task, outcome, words) {
    const { data } = this;
    if (task !== "" && data.task[q] !== Number(task)) return false;
    for (let m = 0; m < outcome.length; m++) {
      if (outcome[m] !== "." && data.isRight(q, m) !== (outcome[m] === "1")) return false;
    }
    return words.length === 0 || words.every((word) => data.searchText(q).includes(word));
  }

  filter() {
    const { data } = this;
    const task = this.byId("task").value, outcome = this.byId("outcome").value, order = this.byId("order").value;
    const words = this.byId("search").value.toLowerCase().split(/\s+/).filter(Boolean);
    this.shown = [];
    for (let q = 0; q < data.count; q++) if (this.#matches(q, task, outcome, words)) this.shown.push(q);
    if (order) {
      const model = data.models[Number(order.slice(-1))];
      const key = order.startsWith("margin") ? model.margin : model.mean_loops;
      const sign = order.startsWith("loops") ? -1 : 1;
      this.shown.sort((x, y) => sign * (key[x] - key[y]) || x - y);
    }
    this.byId("count").textContent = `${this.shown.length} of ${data.count}`;
    this.rows.style.height = this.shown.length * QuestionList.ROW_HEIGHT + "px";
    this.box.scrollTop = 0;
    this.#draw();
  }

  #draw() {
    const height = QuestionList.ROW_HEIGHT;
    const first = Math.max(0, Math.floor(this.box.scrollTop / height) - 3);
    const last = Math.min(this.shown.length, Math.ceil((this.box.scrollTop + this.box.clientHeight) / height) + 3);
    const rows = [];
    for (let i = first; i < last; i++) {
      const row = this.#row(this.shown[i]);
      row.style.top = i * height + "px";
      rows.push(row);
    }
    this.rows.replaceChildren(...rows);
  }

  #row(q) {
    const { data } = this;
    const row = element("div", "row");
    row.id = "q-row-" + q;
    row.dataset.question = q;
    row.setAttribute("role", "option");
    row.setAttribute("aria-selected", q === this.current);
    const line = element("div", "line", data.nameOf(q));
    data.models.forEach((model, i) => {
      const right = data.isRight(q, i);
      const mark = element("span", right ? "right" : "wrong", right ? "✓" : "✗");
      mark.title = `${model.name}: ${right ? "right" : "wrong"}`;
      line.append(mark);
    });
    if (data.models[0].loops.length > 0) {
      line.append(element("span", "loops", data.models[0].mean_loops[q].toFixed(2) + " loops"));
    }
    row.append(line, element("div", "excerpt", data.textOf(0, data.answerOf(q, 0).contexts[0]).trim()));
    return row;
  }

  /** Shows a question and puts it into the address, so that the address can be shared. */
  open(q) {
    history.replaceState(null, "", "#q=" + encodeURIComponent(this.data.nameOf(q)).replaceAll("%2F", "/"));
    this.#select(q);
  }

  #select(q) {
    this.current = q;
    this.view.show(q);
    const at = this.shown.indexOf(q), height = QuestionList.ROW_HEIGHT;
    if (at >= 0) {
      const top = at * height;
      if (top < this.box.scrollTop) this.box.scrollTop = top;
      if (top + height > this.box.scrollTop + this.box.clientHeight) {
        this.box.scrollTop = top + height - this.box.clientHeight;
      }
      this.box.setAttribute("aria-activedescendant", "q-row-" + q);
    }
    this.#draw();
  }

  step(by) {
    const at = this.shown.indexOf(this.current);
    const next = this.shown[at < 0 ? 0 : at + by];
    if (next !== undefined) this.open(next);
  }

  #followLink() {
    const match = /^#q=(.+)$/.exec(location.hash);
    if (!match) return false;
    const q = this.data.byName.get(decodeURIComponent(match[1]));
    if (q === undefined) {
      this.byId("count").textContent = `question ${decodeURIComponent(match[1])} not found`;
      return false;
    }
    this.#select(q);
    document.getElementById("questions").scrollIntoView();
    return true;
  }

  #onKey(event) {
    const inField = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
    if (event.ctrlKey || event.metaKey || event.altKey || inField) return;
    const inList = event.target === this.box;
    if (event.key === "j" || (inList && event.key === "ArrowDown")) this.step(1);
    else if (event.key === "k" || (inList && event.key === "ArrowUp")) this.step(-1);
    else if (event.key === "/") this.byId("search").focus();
    else return;
    event.preventDefault();
  }
}

(async () => {
  const facts = document.documentElement.dataset;
  try {
    const data = await QuestionData.read(document.getElementById("question-data").textContent);
    window.questionList = new QuestionList(data, new QuestionView(data));
    facts.questionsReady = Math.round(performance.now());
  } catch (error) {
    document.getElementById("q-title").textContent = "The questions could not be read: " + error.message;
    facts.errors = (facts.errors || "") + error.stack + "\n";
  }
})();
