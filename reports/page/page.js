"use strict";
// Sorts tables by column and draws figures when they come into view.
// For tests, document.documentElement.dataset has figuresDrawn (how many) and errors (a line each).

(() => {
  const facts = document.documentElement.dataset;
  window.addEventListener("error", (event) => { facts.errors = (facts.errors || "") + event.message + "\n"; });

  const compare = (a, b) => {
    const x = a.dataset.value, y = b.dataset.value;
    if (x !== undefined && y !== undefined) return x - y;
    if (x !== undefined || y !== undefined) return x !== undefined ? -1 : 1;
    return a.textContent.localeCompare(b.textContent, undefined, { numeric: true });
  };

  function sortBy(header) {
    const table = header.closest("table"), column = header.cellIndex;
    const descending = header.getAttribute("aria-sort") === "ascending";
    for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
    header.setAttribute("aria-sort", descending ? "descending" : "ascending");
    const body = table.tBodies[0];
    const rows = [...body.rows].sort((a, b) => {
      const [x, y] = [a.cells[column], b.cells[column]];
      const missing = (x.dataset.value === undefined) - (y.dataset.value === undefined);
      return missing || (descending ? compare(y, x) : compare(x, y));
    });
    body.append(...rows);
  }

  for (const button of document.querySelectorAll("table.sortable th button")) {
    button.addEventListener("click", () => sortBy(button.parentElement));
  }

  const GREATEST_SCALE = 1.9;  // a figure fills its column, but texts should not be larger than those around it
  facts.figuresDrawn = 0;

  // Figures that are drawn above the place that a link leads to would push it out of view.
  let moved = false;
  for (const kind of ["wheel", "keydown", "pointerdown", "touchmove"]) {
    window.addEventListener(kind, () => { moved = true; }, { passive: true });
  }
  function keepPlace() {
    if (moved || !location.hash) return;
    const id = location.hash.startsWith("#q=") ? "questions" : location.hash.slice(1);
    document.getElementById(id)?.scrollIntoView();
  }

  async function draw(figure) {
    const specification = JSON.parse(figure.querySelector("script").textContent);
    const place = figure.querySelector(".drawing");
    const actions = { export: true, source: false, compiled: false, editor: false };
    try {
      await window.vegaEmbed(place, specification, { renderer: "svg", actions });
      const drawing = place.querySelector("svg");
      drawing.setAttribute("role", "img");
      drawing.style.maxWidth = GREATEST_SCALE * drawing.viewBox.baseVal.width + "px";
      keepPlace();
      facts.figuresDrawn++;
    } catch (error) {
      place.textContent = "This figure could not be drawn: " + error.message;
      facts.errors = (facts.errors || "") + figure.id + ": " + error.message + "\n";
    }
  }

  // Waits for the modules, because Vega is one. Figures in view are drawn first, the others when the browser is
  // idle (they are needed for printing).
  document.addEventListener("DOMContentLoaded", () => {
    const waiting = new Set(document.querySelectorAll("figure"));
    const start = (figure) => {
      watch.unobserve(figure);
      if (waiting.delete(figure)) draw(figure);
    };
    const watch = new IntersectionObserver((entries) => {
      for (const entry of entries) if (entry.isIntersecting) start(entry.target);
    }, { rootMargin: "200px" });
    waiting.forEach((figure) => watch.observe(figure));
    const later = (call) => window.requestIdleCallback ? requestIdleCallback(call, { timeout: 500 }) : setTimeout(call, 100);
    const drawNext = () => {
      const [figure] = waiting;
      if (figure) {
        start(figure);
        later(drawNext);
      }
    };
    setTimeout(() => later(drawNext), 500);
  });
})();
