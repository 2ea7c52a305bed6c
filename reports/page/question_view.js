"use strict";
// One question: what each model read, its choices and their scores.

class QuestionView {
  constructor(data) {
    this.data = data;
    this.panes = document.getElementById("q-models");
    this.colors = new QuestionColors(data);
    this.tokens = new QuestionTokens(data, this.panes);
    this.tip = new QuestionTip(data, this.colors, this.panes);
  }

  show(q) {
    this.tip.show(null);
    document.getElementById("q-title").textContent = this.data.nameOf(q);
    this.panes.replaceChildren(...this.data.models.map((_, index) => this.#modelPane(q, index)));
    this.recolor();
  }

  recolor() { this.colors.apply(this.panes); }

  #modelPane(q, index) {
    const { data } = this, model = data.models[index];
    const answer = data.answerOf(q, index), right = data.isRight(q, index);
    const pane = element("section", "model");
    const mark = element("span", "", right ? "✓" : "✗");
    mark.setAttribute("aria-hidden", "true");
    const verdict = element("span", right ? "right" : "wrong");
    verdict.append(mark, right ? " right" : " wrong");
    const letter = data.models.length > 1 ? "AB"[index] + ": " : "";
    const name = element("h4", "", letter + model.name + " ");
    name.append(verdict);
    pane.append(name);
    answer.contexts.forEach((context, i) => {
      const part = answer.contexts.length === 1 ? "Context" : `Context ${i + 1}`;
      pane.append(element("div", "part", part), this.tokens.make(index, context, part));
    });
    const list = element("ol", "choices");
    answer.choices.forEach((choice, i) => list.append(this.#choice(q, index, answer, choice, i)));
    pane.append(list);
    return pane;
  }

  #choice(q, index, answer, choice, i) {
    const { data } = this;
    const gold = i === data.gold[q], predicted = i === answer.predicted;
    const item = element("li", (gold ? "gold " : "") + (predicted ? "predicted" : ""));
    let sum = 0;
    for (let t = choice.begin; t < choice.end; t++) sum += data.logProbOf(index, t);
    const tags = [];
    if (gold) tags.push("correct");
    if (predicted) tags.push("chosen");
    if (answer.contexts.length > 1) tags.push(`after context ${choice.context + 1}`);
    const score = Number.isFinite(choice.score) ? fixed(choice.score, 4) : "none, the answer is empty";
    const numbers = element("div", "numbers");
    numbers.append(element("b", "", tags.join(", ")),
      ` ${data.metrics[data.metric[q]]} ${score} · log-likelihood ${fixed(sum, 3)} · ${choice.end - choice.begin} tokens`);
    item.append(this.tokens.make(index, choice, "Choice " + String.fromCharCode(65 + i)), numbers);
    return item;
  }
}
