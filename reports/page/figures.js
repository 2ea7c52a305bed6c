"use strict";
// Draws figures: on the page when they come into view, in the page's colours; and for printing, on white.
// For tests, document.documentElement.dataset has figuresDrawn: how many are on the page.

class PageFigure {
  static GREATEST_SCALE = 1.9;  // a figure fills its column, but texts should not be larger than those around it
  static darkPage = matchMedia("(prefers-color-scheme: dark)");

  constructor(box) {
    this.box = box;
    this.place = box.querySelector(".drawing");
    this.caption = box.querySelector("figcaption");
    this.caption.id = box.id + "-caption";
    this.shown = null;    // what vegaEmbed made
    this.onDark = false;  // the colours of what is shown
    this.paper = null;    // the drawing for printing
  }

  specification() { return JSON.parse(this.box.querySelector("script").textContent); }

  async draw() {
    const actions = { export: true, source: false, compiled: false, editor: false };
    const dark = PageFigure.darkPage.matches;
    const specification = dark ? FigureColors.dark(this.specification()) : this.specification();
    try {
      this.shown?.finalize();
      this.shown = await window.vegaEmbed(this.place, specification, { renderer: "svg", actions, tooltip: { theme: dark ? "dark" : "light" } });
      this.onDark = dark;
      this.#name(this.place.querySelector("svg.marks"));
      this.place.querySelector("summary")?.setAttribute("aria-label", "Save this figure: " + this.box.id.replace("figure-", ""));
    } catch (error) {
      this.place.textContent = "This figure could not be drawn: " + error.message;
      reportFault(this.box.id + ": " + error.message);
    }
  }

  /** One picture with a name: Vega names its parts, many times the same. */
  #name(drawing) {
    for (const part of [drawing.parentElement, ...drawing.querySelectorAll("*")]) {
      for (const name of ["role", "aria-roledescription", "aria-label"]) part.removeAttribute(name);
    }
    drawing.setAttribute("role", "img");
    drawing.setAttribute("aria-labelledby", this.caption.id);
    drawing.style.maxWidth = PageFigure.GREATEST_SCALE * drawing.viewBox.baseVal.width + "px";
  }

  /** Draws on white what is not on the page in light colours. Vega waits neither for a timer nor for a file here, so
   *  that the drawing is there when the browser lays out the pages. */
  async drawForPrinting() {
    if ((this.shown && !this.onDark) || this.paper || !window.vegaEmbed) return;
    this.paper = element("div", "drawing paper");
    this.place.after(this.paper);
    try {
      await window.vegaEmbed(this.paper, this.specification(), { renderer: "svg", actions: false, tooltip: false });
      this.#name(this.paper.querySelector("svg.marks"));
    } catch (error) {
      reportFault(this.box.id + " for printing: " + error.message);
    }
  }

  removePaper() {
    this.paper?.remove();
    this.paper = null;
  }
}

(() => {
  pageFacts.figuresDrawn = 0;

  // Figures that are drawn above the place that a link leads to would push it out of view.
  let moved = false;
  for (const kind of ["wheel", "keydown", "pointerdown", "touchmove"]) {
    window.addEventListener(kind, () => { moved = true; }, { passive: true });
  }
  function keepPlace() {
    if (moved || !location.hash) return;
    const id = location.hash.includes("=") ? "questions" : location.hash.slice(1);
    document.getElementById(id)?.scrollIntoView();
  }

  const figures = new Map([...document.querySelectorAll("figure")].map((box) => [box, new PageFigure(box)]));
  window.addEventListener("beforeprint", () => figures.forEach((figure) => figure.drawForPrinting()));
  window.addEventListener("afterprint", () => figures.forEach((figure) => figure.removePaper()));

  // Waits for the modules, because Vega is one. Figures in view are drawn first, the others when the browser is idle.
  document.addEventListener("DOMContentLoaded", () => {
    const waiting = new Set(figures.keys());
    const start = async (box) => {
      watch.unobserve(box);
      if (!waiting.delete(box)) return;
      await figures.get(box).draw();
      keepPlace();
      pageFacts.figuresDrawn++;
    };
    const watch = new IntersectionObserver((entries) => {
      for (const entry of entries) if (entry.isIntersecting) start(entry.target);
    }, { rootMargin: "200px" });
    waiting.forEach((box) => watch.observe(box));
    const later = (call) => window.requestIdleCallback ? requestIdleCallback(call, { timeout: 500 }) : setTimeout(call, 100);
    const drawNext = () => {
      const [box] = waiting;
      if (box) {
        start(box);
        later(drawNext);
      }
    };
    setTimeout(() => later(drawNext), 500);
    PageFigure.darkPage.addEventListener("change", () => {
      for (const [box, figure] of figures) if (!waiting.has(box)) figure.draw();
    });
  });
})();
