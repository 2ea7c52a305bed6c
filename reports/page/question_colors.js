"use strict";
// The colours of tokens: by loops, lambda or log-probability.

class QuestionColors {
  constructor(data) {
    this.data = data;
    this.color = document.getElementById("q-color");
    this.layer = document.getElementById("q-layer");
    const { models } = data;
    const colors = [["log-prob", "log-probability"]];
    if (models.some((model) => model.lambda.length > 0)) colors.unshift(["lambda", "λ (weight of the width branch)"]);
    if (models.some((model) => model.loops.length > 0)) colors.unshift(["loops", "loops"]);
    colors.push(["none", "none"]);
    const layers = Math.max(...models.map((model) => model.layers));
    fillMenu(this.color, colors);
    fillMenu(this.layer, [["mean", "mean of all layers"], ...Array.from({ length: layers }, (_, i) => [String(i), `layer ${i}`])]);
    this.layer.parentElement.hidden = colors.length < 3;
  }

  /** The layer whose values are shown; null: the mean of all. */
  get shownLayer() { return this.layer.value === "mean" ? null : Number(this.layer.value); }

  /** The value of a token, from 0 (little computation, likely) to 1; null: no colour. */
  #shade(index, token) {
    const { data } = this, model = data.models[index], color = this.color.value;
    if (color === "log-prob") {
      const logProb = data.logProbOf(index, token);
      return logProb === 0 ? null : Math.min(1, -logProb / 10);
    }
    if (color === "none" || model[color].length === 0 || !data.wasRun(index, token)) return null;
    const value = (l) => color === "loops"
      ? (data.loopsOf(index, token, l) - 1) / Math.max(1, model.max_loops - 1)
      : 1 - data.lambdaOf(index, token, l);
    if (this.shownLayer !== null) return this.shownLayer < model.layers ? value(this.shownLayer) : null;
    let sum = 0;
    for (let l = 0; l < model.layers; l++) sum += value(l);
    return sum / model.layers;
  }

  /** Colours the tokens in a box and writes the legend. */
  apply(box) {
    this.layer.disabled = this.color.value === "log-prob" || this.color.value === "none";
    for (const token of box.querySelectorAll(".token")) {
      const shade = this.#shade(Number(token.dataset.model), Number(token.dataset.token));
      const background = shade === null ? null : QuestionColors.viridis(1 - shade);
      token.style.background = background ? `rgb(${background.join(" ")})` : "";
      // The darker text is easier to read on a background of more than this luminance.
      token.style.color = background ? (FigureColors.luminance(background) < 0.179 ? "#ffffff" : "#000000") : "";
    }
    this.#writeLegend();
  }

  #writeLegend() {
    const mostLoops = Math.max(...this.data.models.map((model) => model.max_loops));
    const ends = { loops: ["1 loop", `${mostLoops} loops`], lambda: ["λ = 1", "λ = 0"], "log-prob": ["0", "−10 and less"] }[this.color.value];
    const legend = document.getElementById("q-legend");
    legend.replaceChildren();
    if (!ends) return;
    const chosen = [this.color, ...(this.layer.disabled ? [] : [this.layer])];
    const name = element("span", "only-print", chosen.map((menu) => menu.selectedOptions[0].textContent).join(", ") + ": ");
    const ramp = element("span", "ramp");
    const stops = [1, 0.75, 0.5, 0.25, 0].map((x) => `rgb(${QuestionColors.viridis(x).join(" ")})`);
    ramp.style.background = `linear-gradient(to right, ${stops.join(",")})`;
    legend.append(name, ends[0] + " ", ramp, " " + ends[1]);
  }

  /** The figures' colours as [red, green, blue]: 0 is dark violet, 1 is yellow. */
  static viridis(x) {
    const stops = [[68, 1, 84], [59, 82, 139], [33, 145, 140], [94, 201, 98], [253, 231, 37]];
    const at = Math.max(0, Math.min(1, x)) * 4, i = Math.min(3, Math.floor(at)), part = at - i;
    return stops[i].map((from, c) => Math.round(from + part * (stops[i + 1][c] - from)));
  }
}
