"use strict";
// One question: its tokens, coloured by loops, lambda or log-probability.

class QuestionView {
  constructor(data) {
    this.data = data;
    this.question = -1;
    this.byId = (id) => document.getElementById("q-" + id);
    this.#fillMenus();
    this.tip = this.byId("tip");
    const panes = this.byId("models");
    panes.addEventListener("pointerover", (event) => this.#showTip(event.target.closest(".token")));
    panes.addEventListener("pointerleave", () => this.#showTip(null));
    panes.addEventListener("focusin", (event) => this.#showTip(event.target.closest(".token")));
    panes.addEventListener("focusout", () => this.#showTip(null));
    panes.addEventListener("keydown", (event) => this.#moveFocus(event));
    window.addEventListener("scroll", () => this.#showTip(null), { passive: true });
  }

  #fillMenus() {
    const models = this.data.models;
    const colors = [["log_prob", "log-probability"]];
    if (models.some((model) => model.lambda.length > 0)) colors.unshift(["lambda", "λ (weight of the width branch)"]);
    if (models.some((model) => model.loops.length > 0)) colors.unshift(["loops", "loops"]);
    colors.push(["none", "none"]);
    const layers = Math.max(...models.map((model) => model.layers));
    const layerMenu = [["mean", "mean of all layers"], ...Array.from({ length: layers }, (_, i) => [String(i), `layer ${i}`])];
    QuestionView.fill(this.byId("color"), colors);
    QuestionView.fill(this.byId("layer"), layerMenu);
    this.byId("layer").parentElement.hidden = colors.length < 3;
    for (const id of ["color", "layer"]) this.byId(id).addEventListener("change", () => this.#recolor());
  }

  static fill(select, entries) {
    select.replaceChildren(...entries.map(([value, text]) => new Option(text, value)));
  }

  show(q) {
    this.question = q;
    this.#showTip(null);
    this.byId("title").textContent = this.data.nameOf(q);
    this.byId("models").replaceChildren(...this.data.models.map((_, index) => this.#modelPane(q, index)));
    this.#recolor();
  }

  #modelPane(q, index) {
    const { data } = this, model = data.models[index];
    const answer = data.answerOf(q, index), right = data.isRight(q, index);
    const pane = element("section", "model");
    const verdict = element("span", right ? "right" : "wrong", right ? "✓ right" : "✗ wrong");
    const letter = data.models.length > 1 ? "AB"[index] + ": " : "";
    const name = element("h4", "", letter + model.name + " ");
    name.append(verdict);
    pane.append(name);
    answer.contexts.forEach((context, i) => {
      const shared = answer.contexts.length === 1 ? "Context" : `Context ${i + 1}`;
      pane.append(element("div", "part", shared), this.#tokens(index, context));
    });
    const list = element("ol", "choices");
    answer.choices.forEach((choice, i) => list.append(this.#choice(q, index, answer, choice, i)));
    pane.append(list);
    const first = pane.querySelector(".token");
    if (first) first.tabIndex = 0;
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
    const numbers = element("div", "numbers");
    numbers.append(element("b", "", tags.join(", ")),
      ` ${data.metrics[data.metric[q]]} ${scoreText(choice.score)} · log-likelihood ${fixed(sum, 3)} · ` +
      `${choice.end - choice.begin} tokens`);
    item.append(this.#tokens(index, choice), numbers);
    return item;
  }

  #tokens(index, { begin, end }) {
    const box = element("div", "tokens");
    for (let t = begin; t < end; t++) {
      const token = element("span", "token", this.data.pieceOf(index, t));
      token.dataset.model = index;
      token.dataset.token = t;
      token.tabIndex = -1;
      box.append(token);
    }
    return box;
  }

  /** The colour value of a token, from 0 (little computation, likely) to 1; null: no colour. */
  #shade(index, token, color, layer) {
    const { data } = this, model = data.models[index];
    if (color === "log_prob") {
      const logProb = data.logProbOf(index, token);
      return logProb === 0 ? null : Math.min(1, -logProb / 10);
    }
    if (color === "none" || model[color].length === 0 || !data.wasRun(index, token)) return null;
    const value = (l) => color === "loops"
      ? (data.loopsOf(index, token, l) - 1) / Math.max(1, model.max_loops - 1)
      : 1 - data.lambdaOf(index, token, l);
    if (layer !== "mean") return Number(layer) < model.layers ? value(Number(layer)) : null;
    let sum = 0;
    for (let l = 0; l < model.layers; l++) sum += value(l);
    return sum / model.layers;
  }

  #recolor() {
    const color = this.byId("color").value, layer = this.byId("layer").value;
    this.byId("layer").disabled = color === "log_prob" || color === "none";
    for (const token of this.byId("models").querySelectorAll(".token")) {
      const shade = this.#shade(Number(token.dataset.model), Number(token.dataset.token), color, layer);
      token.style.background = shade === null ? "" : viridis(1 - shade);
      token.style.color = shade === null ? "" : shade > 0.45 ? "#ffffff" : "#101010";
    }
    const mostLoops = Math.max(...this.data.models.map((model) => model.max_loops));
    const ends = { loops: ["1 loop", `${mostLoops} loops`], lambda: ["λ = 1", "λ = 0"], log_prob: ["0", "−10 and less"] }[color];
    const legend = this.byId("legend");
    legend.replaceChildren();
    if (ends) {
      const ramp = element("span", "ramp");
      ramp.style.background = `linear-gradient(to right, ${[1, 0.75, 0.5, 0.25, 0].map(viridis).join(",")})`;
      legend.append(ends[0] + " ", ramp, " " + ends[1]);
    }
  }

  #moveFocus(event) {
    const token = event.target.closest(".token");
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!token || !step) return;
    const all = [...token.closest(".model").querySelectorAll(".token")];
    const next = all[all.indexOf(token) + step];
    if (next) {
      token.tabIndex = -1;
      next.tabIndex = 0;
      next.focus();
    }
    event.preventDefault();
  }

  #showTip(token) {
    this.tip.hidden = !token;
    if (!token) return;
    const index = Number(token.dataset.model), t = Number(token.dataset.token);
    const { data } = this, model = data.models[index];
    const logProb = data.logProbOf(index, t);
    this.tip.replaceChildren(element("div", "tip-piece", JSON.stringify(token.textContent)));
    if (logProb !== 0) {
      this.tip.append(element("div", "", `log-probability ${fixed(logProb, 3)} (p = ${Math.exp(logProb).toPrecision(3)})`));
    }
    if (!data.wasRun(index, t)) this.tip.append(element("div", "", "only predicted: not fed to the model"));
    else if (model.loops.length > 0 || model.experts.length > 0) this.tip.append(this.#layerTable(index, t));
    const place = token.getBoundingClientRect(), size = this.tip.getBoundingClientRect();
    const left = Math.max(4, Math.min(place.left, document.documentElement.clientWidth - size.width - 4));
    const below = place.bottom + 6;
    const top = below + size.height < innerHeight ? below : Math.max(4, place.top - size.height - 6);
    this.tip.style.left = left + "px";
    this.tip.style.top = top + "px";
  }

  #layerTable(index, token) {
    const { data } = this, model = data.models[index];
    const table = element("table", "layers");
    const head = table.createTHead().insertRow();
    const titles = ["layer"];
    if (model.loops.length > 0) titles.push("loops");
    if (model.lambda.length > 0) titles.push("λ");
    if (model.experts.length > 0) titles.push("experts");
    head.append(...titles.map((title) => element("th", "", title)));
    const body = table.createTBody();
    for (let layer = 0; layer < model.layers; layer++) {
      const row = body.insertRow();
      row.insertCell().textContent = layer;
      if (model.loops.length > 0) {
        const loops = data.loopsOf(index, token, layer);
        row.insertCell().textContent = loops + " " + "▪".repeat(loops);
      }
      if (model.lambda.length > 0) row.insertCell().textContent = fixed(data.lambdaOf(index, token, layer), 2);
      if (model.experts.length > 0) row.insertCell().textContent = data.expertsOf(index, token, layer).join(" ") || "–";
    }
    return table;
  }
}

function element(name, className, text) {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

function scoreText(score) { return Number.isFinite(score) ? fixed(score, 4) : "none, the answer is empty"; }
function fixed(number, digits) { return number.toFixed(digits).replace("-", "−"); }

/** The figures' colours: 0 is dark violet, 1 is yellow. */
function viridis(x) {
  const stops = [[68, 1, 84], [59, 82, 139], [33, 145, 140], [94, 201, 98], [253, 231, 37]];
  const at = Math.max(0, Math.min(1, x)) * 4, i = Math.min(3, Math.floor(at)), part = at - i;
  return `rgb(${stops[i].map((from, c) => Math.round(from + part * (stops[i + 1][c] - from))).join(" ")})`;
}
