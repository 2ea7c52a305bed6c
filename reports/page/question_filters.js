"use strict";
// Which questions are listed, and in which order. Settings have names that an address can carry; "" is no setting.

class QuestionFilters {
  static NAMES = ["task", "outcome", "order", "search"];

  constructor(data) {
    this.data = data;
    this.fields = Object.fromEntries(QuestionFilters.NAMES.map((name) => [name, document.getElementById("q-" + name)]));
    const two = data.models.length === 2;
    fillMenu(this.fields.task, [["", "all tasks"], ...data.tasks.map((task) => [task, task])]);
    fillMenu(this.fields.outcome, two
      ? [["", "all"], ["right-any", "A right"], ["wrong-any", "A wrong"], ["any-right", "B right"], ["any-wrong", "B wrong"],
        ["right-wrong", "A right, B wrong"], ["wrong-right", "A wrong, B right"], ["right-right", "both right"],
        ["wrong-wrong", "both wrong"]]
      : [["", "all"], ["right", "right"], ["wrong", "wrong"]]);
    this.orders = new Map();
    const orders = [["", "data order"]];
    data.models.forEach((model, i) => {
      const add = (name, text, sign, key) => {
        orders.push([name + (two ? "-" + "ab"[i] : ""), text + (two ? ` (${"AB"[i]})` : "")]);
        this.orders.set(orders.at(-1)[0], { sign, key });
      };
      if (model.loops.length > 0) {
        add("most-loops", "most loops", -1, model.mean_loops);
        add("fewest-loops", "fewest loops", 1, model.mean_loops);
      }
      add("smallest-margin", "smallest margin", 1, model.margin);
    });
    fillMenu(this.fields.order, orders);
  }

  get values() { return Object.fromEntries(Object.entries(this.fields).map(([name, field]) => [name, field.value])); }

  #matches(q, { task, outcomes, words }) {
    const { data } = this;
    if (task !== "" && data.tasks[data.task[q]] !== task) return false;
    for (let m = 0; m < outcomes.length; m++) {
      if (outcomes[m] !== "any" && data.isRight(q, m) !== (outcomes[m] === "right")) return false;
    }
    return words.length === 0 || words.every((word) => data.searchText(q).includes(word));
  }

  /** The indices of the questions to list. */
  apply() {
    const { task, outcome, order, search } = this.values;
    const wanted = { task, outcomes: outcome === "" ? [] : outcome.split("-"), words: search.toLowerCase().split(/\s+/).filter(Boolean) };
    const shown = [];
    for (let q = 0; q < this.data.count; q++) if (this.#matches(q, wanted)) shown.push(q);
    if (order !== "") {
      const { sign, key } = this.orders.get(order);
      shown.sort((x, y) => sign * (key[x] - key[y]) || x - y);
    }
    return shown;
  }
}
