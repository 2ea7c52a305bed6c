"use strict";
// Small helpers that all scripts of the page share.
// For tests, document.documentElement.dataset has errors: a line each.

const pageFacts = document.documentElement.dataset;
function reportFault(message) { pageFacts.errors = (pageFacts.errors || "") + message + "\n"; }
window.addEventListener("error", (event) => reportFault(event.message));

function element(name, className, text) {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

/** Fills a <select> with entries [value, text]. */
function fillMenu(select, entries) {
  select.replaceChildren(...entries.map(([value, text]) => new Option(text, value)));
}

/** A number for people, with the sign that is called minus. */
function fixed(number, digits) { return number.toFixed(digits).replace("-", "−"); }
