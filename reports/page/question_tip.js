"use strict";
// The tooltip of a token: what the model computed for it. It opens for the pointer and for the keyboard's focus,
// stays open while the pointer is on it, and closes with Escape.

class QuestionTip {
  static LEAVE_MILLISECONDS = 150;  // to move from the token to its tip

  constructor(data, colors, panes) {
    Object.assign(this, { data, colors, token: null });
    this.tip = document.getElementById("q-tip");
    panes.addEventListener("pointerover", (event) => this.show(event.target.closest(".token")));
    panes.addEventListener("pointerleave", () => this.#hideSoon());
    panes.addEventListener("focusin", (event) => this.show(event.target.closest(".token")));
    panes.addEventListener("focusout", () => this.show(null));
    this.tip.addEventListener("pointerenter", () => clearTimeout(this.leaving));
    this.tip.addEventListener("pointerleave", () => this.#hideSoon());
    document.addEventListener("keydown", (event) => { if (event.key === "Escape") this.show(null); });
    window.addEventListener("scroll", () => this.#place(), { passive: true });
  }

  #hideSoon() {
    clearTimeout(this.leaving);
    this.leaving = setTimeout(() => this.show(null), QuestionTip.LEAVE_MILLISECONDS);
  }

  /** null: none. */
  show(token) {
    clearTimeout(this.leaving);
    if (token === this.token) return;
    this.token?.removeAttribute("aria-describedby");
    this.token = token;
    this.tip.hidden = !token;
    if (!token) return;
    token.setAttribute("aria-describedby", "q-tip-summary");
    const index = Number(token.dataset.model), t = Number(token.dataset.token);
    const summary = element("div", "", this.#summary(index, t));
    summary.id = "q-tip-summary";
    this.tip.replaceChildren(element("div", "tip-piece", JSON.stringify(token.textContent)), summary);
    const { data } = this, model = data.models[index];
    if (data.wasRun(index, t) && (model.loops.length > 0 || model.experts.length > 0)) this.tip.append(this.#layerTable(index, t));
    this.#place();
  }

  /** What is heard: the log-probability, and the values of the layer that is chosen or the means of all. */
  #summary(index, t) {
    const { data } = this, model = data.models[index], facts = [];
    const logProb = data.logProbOf(index, t);
    if (logProb !== 0) facts.push(`log-probability ${fixed(logProb, 3)} (p = ${Math.exp(logProb).toPrecision(3)})`);
    if (!data.wasRun(index, t)) return [...facts, "only predicted: not fed to the model"].join(", ");
    const layer = this.colors.shownLayer, one = layer !== null && layer < model.layers;
    const layers = one ? [layer] : Array.from({ length: model.layers }, (_, i) => i);
    const mean = (value) => layers.reduce((sum, l) => sum + value(l), 0) / layers.length;
    const of = one ? ` in layer ${layer}` : " on average";
    if (model.loops.length > 0) {
      const loops = fixed(mean((l) => data.loopsOf(index, t, l)), one ? 0 : 2);
      facts.push(`${loops} ${loops === "1" ? "loop" : "loops"}${of}`);
    }
    if (model.lambda.length > 0) facts.push(`λ ${fixed(mean((l) => data.lambdaOf(index, t, l)), 2)}`);
    if (one && model.experts.length > 0) facts.push("experts " + (data.expertsOf(index, t, layer).join(", ") || "none"));
    return facts.join(", ");
  }

  #place() {
    if (!this.token) return;
    const place = this.token.getBoundingClientRect(), size = this.tip.getBoundingClientRect();
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
