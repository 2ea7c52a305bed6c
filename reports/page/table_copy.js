"use strict";
// What is copied from a table are numbers: "69.00 ± 4.65 (100)" becomes three cells, 69.00, 4.65 and 100, for
// spreadsheets (HTML) and for programs (text with tabs).

class TableCopy {
  static NUMBER = "[+\\-−]?\\d[\\d,]*(?:\\.\\d+)?(?:e[+\\-−]?\\d+)?";
  static ESTIMATE = new RegExp(`^(?:± ?)?(${this.NUMBER})(?: ± (${this.NUMBER}))?(?: ?%)?` +
    `(?: \\((${this.NUMBER})[^)]*\\))?((?: [^\\w\\s(]+)*)$`);
  static INTERVAL = new RegExp(`^\\[(${this.NUMBER}), ?(${this.NUMBER})\\]$`);
  /** The parts of a cell, in the order of their columns, and what the title of a part's column ends in. */
  static TITLES = { value: "", error: " stderr", n: " n", mark: " mark", low: " low", high: " high" };

  static plain(text) { return text.replaceAll("−", "-"); }
  static number(text) { return this.plain(text).replaceAll(",", "").replace("+", ""); }

  /** The parts of a cell by name. A text that is no number is a value. */
  static partsOf(cell) {
    const text = cell.textContent.trim();
    if (text === "-" || text === "–") return {};
    const interval = this.INTERVAL.exec(text);
    if (interval) return { low: this.number(interval[1]), high: this.number(interval[2]) };
    const estimate = this.ESTIMATE.exec(text);
    if (!estimate) return { value: cell.dataset.value ?? this.plain(text) };  // "<0.001" has its exact value
    const parts = { value: this.number(estimate[1]) };
    if (estimate[2]) parts.error = this.number(estimate[2]);
    if (estimate[3]) parts.n = this.number(estimate[3]);
    if (estimate[4]) parts.mark = estimate[4].trim();
    return parts;
  }

  /** Rows of texts, the titles first: the cells that are selected, split where a column has several parts. */
  static cellsOf(table, isSelected) {
    const rows = [...table.rows].filter((row) => row.closest("thead") === null && [...row.cells].some(isSelected));
    const columns = [...table.tHead.rows[0].cells].map((head, index) => ({ head, index }))
      .filter(({ index }) => rows.some((row) => isSelected(row.cells[index])));
    const lines = rows.map(() => []), titles = [];
    for (const { head, index } of columns) {
      const split = rows.map((row) => isSelected(row.cells[index]) ? this.partsOf(row.cells[index]) : {});
      const names = Object.keys(this.TITLES).filter((name) => split.some((parts) => parts[name] !== undefined));
      for (const name of names.length > 0 ? names : ["value"]) {
        titles.push(head.textContent.trim() + this.TITLES[name]);
        split.forEach((parts, row) => lines[row].push(parts[name] ?? ""));
      }
    }
    return lines.length > 0 ? [titles, ...lines] : [];
  }

  /** Whether a selection holds a cell, or a part of its text. */
  static inRange(range, cell) {
    if (!range.intersectsNode(cell)) return false;
    const part = document.createRange();
    part.selectNodeContents(cell);
    if (cell.textContent === "") return range.comparePoint(cell, 0) === 0;
    if (range.compareBoundaryPoints(Range.START_TO_START, part) > 0) part.setStart(range.startContainer, range.startOffset);
    if (range.compareBoundaryPoints(Range.END_TO_END, part) < 0) part.setEnd(range.endContainer, range.endOffset);
    return part.toString() !== "";
  }

  static html(rows) {
    const table = element("table");
    for (const row of rows) {
      const line = table.insertRow();
      for (const text of row) line.insertCell().textContent = text;
    }
    return table.outerHTML;
  }

  static onCopy(event) {
    const selection = getSelection();
    if (selection.rangeCount === 0 || /^(INPUT|TEXTAREA)$/.test(event.target.tagName)) return;
    const ranges = Array.from({ length: selection.rangeCount }, (_, i) => selection.getRangeAt(i));
    // A selection that neither begins nor ends in a table is of the page's text.
    const tables = [...document.querySelectorAll("table.sortable")].filter((table) => ranges.some((r) => r.intersectsNode(table)));
    const within = (node) => node && tables.some((table) => table.contains(node));
    if (!within(selection.anchorNode) && !within(selection.focusNode)) return;
    const isSelected = (cell) => ranges.some((range) => this.inRange(range, cell));
    const cells = tables.flatMap((table) => [...table.querySelectorAll("th, td")]).filter(isSelected);
    if (cells.length === 0) return;
    const data = event.clipboardData;
    if (cells.length === 1) {
      data.setData("text/plain", this.plain(selection.toString()).trim());
    } else {
      const copied = tables.map((table) => this.cellsOf(table, isSelected)).filter((rows) => rows.length > 0);
      data.setData("text/plain", copied.map((rows) => rows.map((row) => row.join("\t")).join("\n")).join("\n\n") + "\n");
      data.setData("text/html", copied.map((rows) => this.html(rows)).join("<br>"));
    }
    event.preventDefault();
  }

  /** Copies a whole table; the button says so for a moment. */
  static copyTable(button) {
    const selection = getSelection();
    selection.selectAllChildren(button.closest(".table").querySelector("table"));
    document.execCommand("copy");
    selection.removeAllRanges();
    button.textContent = "copied";
    setTimeout(() => { button.textContent = "copy"; }, 1500);
  }
}

document.addEventListener("copy", (event) => TableCopy.onCopy(event));
for (const button of document.querySelectorAll("button.copy")) {
  button.addEventListener("click", () => TableCopy.copyTable(button));
}
