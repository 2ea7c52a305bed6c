"use strict";
// Sorts tables by a column. Rows of the foot (averages) stay last.

(() => {
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

  // A box that scrolls must be reachable with the keyboard; the others would only be in the way.
  const watch = new ResizeObserver((entries) => {
    for (const { target } of entries) {
      if (target.scrollWidth > target.clientWidth) target.tabIndex = 0;
      else target.removeAttribute("tabindex");
    }
  });
  for (const box of document.querySelectorAll(".scroll")) watch.observe(box);
})();
