"""Uses a page in headless Chromium as a reader does.

    page_browser.py check PAGE.html TEXTS.json two|dense FOLDER
    page_browser.py available

TEXTS.json has, by the id of each figure, the texts that it must show. Screenshots go to FOLDER. Exit code 0: no
fault was found; 1: a fault, which is printed; 77: Chromium is not installed.
"""

import collections
import json
import pathlib
import sys

from chromium import Chromium


def check(ok, what):
    if not ok:
        raise AssertionError(what)


def wait_for(browser, expression, what):
    try:
        browser.wait_for(expression)
    except RuntimeError as error:
        raise AssertionError(what) from error


TITLE = "document.getElementById('q-title').textContent"


def choose(browser, menu, value):
    """Chooses an entry of a <select> with the keyboard."""
    place, at = browser.eval(f"(() => {{ const s = document.getElementById('{menu}'); s.focus();"
                             f" return [[...s.options].findIndex(o => o.value === '{value}'), s.selectedIndex]; }})()")
    check(place >= 0, f"the menu {menu} has no entry \"{value}\"")
    for _ in range(abs(place - at)):
        browser.press("ArrowDown" if place > at else "ArrowUp")
    check(browser.eval(f"document.getElementById('{menu}').value") == value, f"the menu {menu} does not answer")


def check_questions(browser, url):
    milliseconds = int(browser.eval("document.documentElement.dataset.questionsReady"))
    parsed = browser.eval("Math.round(performance.getEntriesByType('navigation')[0].domInteractive)")
    print(f"questions ready after {milliseconds} ms (document parsed after {parsed} ms)")
    count = browser.eval("questionList.data.count")
    # A second on an idle machine; a loaded machine gets more.
    check(milliseconds < 10000, f"{count} questions took {milliseconds} ms")
    check(0 < browser.eval("document.querySelectorAll('.row').length") < 40, "no rows, or rows out of view")
    check(browser.eval(TITLE) == "arc_challenge/0", "the first question is not shown")

    browser.open(url + "#q=piqa/21")
    wait_for(browser, TITLE + " === 'piqa/21'", "a deep link does not open its question")
    wait_for(browser, "document.getElementById('questions').getBoundingClientRect().top < 200",
             "a deep link does not scroll to its question")
    empty = browser.eval("[...document.querySelectorAll('.numbers')].map(n => n.textContent)")
    check(any("none, the answer is empty" in text for text in empty), f"an empty answer has a score: {empty}")
    check(browser.eval("[...questionList.data.models[0].margin].every(Number.isFinite)"), "a margin is no number")

    row, clicked = browser.eval("(() => { const r = document.querySelectorAll('.row')[1];"
                                " return [r.id, r.querySelector('.line').firstChild.textContent]; })()")
    browser.click("#" + row)
    first = browser.eval(TITLE)
    check(first == clicked, f"a click on {clicked} shows {first}")
    check(browser.eval("location.hash") == "#q=" + first, "the address does not follow a click")
    browser.press("j")
    second = browser.eval(TITLE)
    check(second != first, "the key j does not go to the next question")
    browser.press("k")
    check(browser.eval(TITLE) == first, "the key k does not go back")
    browser.click("#q-next")
    check(browser.eval(TITLE) == second, "the button next does not go to the next question")
    browser.click("#q-previous")
    check(browser.eval(TITLE) == first, "the button previous does not go back")


def shown_tasks(browser):
    return set(browser.eval("[...document.querySelectorAll('.row .line')].map(l => l.firstChild.textContent.split('/')[0])"))


def check_filters(browser, kind):
    total = browser.eval("questionList.data.count")
    choose(browser, "q-task", "1")
    check(shown_tasks(browser) == {browser.eval("questionList.data.tasks[1]")}, "the filter by task shows other tasks")
    choose(browser, "q-task", "")

    outcome = "10" if kind == "two" else "0"
    choose(browser, "q-outcome", outcome)
    shown = browser.eval("questionList.shown.length")
    check(0 < shown < total, f"the filter by outcome shows {shown} of {total}")
    marks = "[...document.querySelectorAll('.row .line')].map(l => [...l.querySelectorAll('span')].map(s => s.textContent).join('').slice(0, %d))"
    marks = set(browser.eval(marks % len(outcome)))
    check(marks == {outcome.replace("1", "✓").replace("0", "✗")}, f"the filter by outcome shows {marks}")
    check(browser.eval("document.getElementById('q-count').textContent") == f"{shown} of {total}", "the count is wrong")
    if kind == "two":
        choose(browser, "q-order", "loops0")
        loops = browser.eval("[...document.querySelectorAll('.row .loops')].map(l => Number(l.textContent.split(' ')[0]))")
        check(len(loops) > 5 and loops == sorted(loops, reverse=True), f"not in order of loops: {loops}")
    choose(browser, "q-outcome", "")

    word = "xylophone" if kind == "two" else "winogrande/4"  # both occur once
    browser.click("#q-search")
    for letter in word:
        browser.press(letter)
    found = browser.eval("document.querySelectorAll('.row').length")
    check(found == 1, f"the search for {word} finds {found} questions")
    browser.eval("(() => { const s = document.getElementById('q-search'); s.value = '';"
                 " s.dispatchEvent(new Event('input')); s.blur(); })()")


def check_tokens(browser):
    facts = browser.eval("(() => { const d = questionList.data, a = d.answerOf(4, 0);"
                         " return [d.nameOf(4), a.contexts.length, a.choices.length, a.choices[1].context]; })()")
    check(facts == ["winogrande/4", 2, 2, 1], facts)
    browser.eval("location.hash = '#q=winogrande/4'")
    wait_for(browser, TITLE + " === 'winogrande/4'", "a link in the page does not open its question")
    colored = "[...document.querySelectorAll('.model')].map(m => [...m.querySelectorAll('.token')].filter(t => t.style.background).length)"
    adaptive, dense = browser.eval(colored)
    check(adaptive > 50 and dense == 0, f"tokens coloured by loops: {adaptive} and, of the dense model, {dense}")
    for color in ("lambda", "log_prob"):
        choose(browser, "q-color", color)
        check(browser.eval(colored)[0] > 0, "no colour for " + color)
    # The tip agrees with the data: in this sample, lambda is 1 - loops / 4.
    browser.eval("document.querySelector('.choices .token').focus()")
    rows = browser.eval("[...document.querySelectorAll('#q-tip tbody tr')].map(r => [...r.cells].map(c => c.textContent))")
    check(len(rows) == 15, f"{len(rows)} layers in the tip")
    for row in rows:
        loops = int(row[1].split()[0])
        check(row[2] == f"{1 - loops / 4:.2f}", row)
        check((row[3] == "–") == (loops == 4), row)
    browser.press("ArrowRight")
    check(browser.eval("document.activeElement.classList.contains('token')"), "arrows leave the tokens")


def check_table(browser):
    column = "[...document.querySelectorAll('.sortable tbody tr')].map(r => r.cells[1].textContent).join(' ')"
    browser.click("thead th:nth-child(2) button")
    check(browser.eval(column) == "47.98 51.95 52.33 –", "not ascending: " + browser.eval(column))
    browser.click("thead th:nth-child(2) button")
    check(browser.eval(column) == "52.33 51.95 47.98 –", "not descending: " + browser.eval(column))


# By figure: the lines of text that can be seen, and how many marks of data there are whose box is not empty.
DRAWN = """[...document.querySelectorAll('figure')].map(figure => {
  const visible = (e) => { const box = e.getBoundingClientRect(); return box.width > 0 || box.height > 0; };
  const data = 'rect line symbol rule text'.split(' ').map(m => `g.mark-${m}[class*="marks"] > *`).join(', ');
  return [figure.id, [...figure.querySelectorAll('svg text')].filter(visible)
      .flatMap(t => t.children.length ? [...t.children].map(c => c.textContent) : [t.textContent]),
    [...figure.querySelectorAll(data)].filter(visible).length]; })"""


def check_figures(browser, texts):
    try:
        browser.wait_for(f"Number(document.documentElement.dataset.figuresDrawn) === {len(texts)}", 120)
    except RuntimeError as error:
        raise AssertionError(f"not all {len(texts)} figures were drawn") from error
    drawn = {figure: (lines, marks) for figure, lines, marks in browser.eval(DRAWN)}
    check(drawn.keys() == texts.keys(), f"the page has other figures: {sorted(drawn)}")
    for figure, expected in texts.items():
        lines, marks = drawn[figure]
        check(marks > 0, f"{figure} is empty: no mark of data is visible")
        missing = collections.Counter(expected) - collections.Counter(lines)
        check(not missing, f"{figure} does not show {sorted(missing)}")


def check_layout(browser, folder, kind, figures):
    """No window scrolls sideways, and figures are side by side where there is room."""
    for width, columns in ((390, 1), (700, 1), (1280, 2), (2200, 3)):
        browser.size(width, 1000)
        browser.eval("new Promise(r => requestAnimationFrame(() => requestAnimationFrame(r)))")
        wide = browser.eval("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        check(wide <= 0, f"the page is {wide} pixels wider than a window of {width}")
        boxes = browser.eval("[...document.querySelectorAll('figure')].map(f => { const b = f.getBoundingClientRect();"
                             " return [b.left, b.top, b.right, b.bottom]; })")
        for i, a in enumerate(boxes):
            check(a[0] >= 0 and a[2] <= width, f"a figure is cut in a window of {width}")
            for b in boxes[:i]:
                check(min(a[2], b[2]) - max(a[0], b[0]) < 1 or min(a[3], b[3]) - max(a[1], b[1]) < 1, "figures overlap")
        if figures > columns:
            beside = len({round(box[0]) for box in boxes})
            check((beside == 1) == (columns == 1) and beside >= columns,
                  f"{beside} columns of figures in a window of {width}: expected {'1' if columns == 1 else f'{columns} or more'}")
            used = (max(box[2] for box in boxes) - min(box[0] for box in boxes)) / width
            check(used > 0.9, f"figures use {used:.0%} of a window of {width}")
            browser.eval("document.querySelector('figure').scrollIntoView()")
            browser.screenshot(folder / f"{kind}-figures-{width}.png")


def look(browser, folder, kind):
    """Screenshots, to be looked at by people."""
    for name, width, height, phone, dark in (("desktop", 1280, 900, False, False), ("dark", 1280, 900, False, True),
                                             ("phone", 390, 844, True, False)):
        browser.size(width, height, phone, dark)
        browser.eval("scrollTo(0, 0)")
        browser.screenshot(folder / f"{kind}-{name}-top.png")
        browser.eval("document.getElementById('questions').scrollIntoView()")
        browser.eval("new Promise(r => requestAnimationFrame(() => requestAnimationFrame(r)))")
        browser.screenshot(folder / f"{kind}-{name}-questions.png")
    browser.size(1280, 900)
    choose(browser, "q-color", browser.eval("document.getElementById('q-color').options[0].value"))
    browser.eval("document.getElementById('questions').scrollIntoView()")
    browser.eval("new Promise(r => setTimeout(r, 200))")
    browser.eval("document.querySelectorAll('.choices .token')[3].focus({preventScroll: true})")
    browser.screenshot(folder / f"{kind}-desktop-tip.png")
    browser.size(390, 844, phone=True)
    browser.eval("document.getElementById('q-detail').scrollIntoView()")
    browser.screenshot(folder / f"{kind}-phone-detail.png")


def check_page(browser, page, texts_file, kind, folder):
    url = pathlib.Path(page).resolve().as_uri()
    texts = json.loads(pathlib.Path(texts_file).read_text(encoding="utf-8"))
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    browser.size(1280, 900)
    browser.open(url)
    wait_for(browser, "document.documentElement.dataset.questionsReady", "the questions are not ready")
    check_table(browser)
    check_questions(browser, url)
    check_filters(browser, kind)
    if kind == "two":
        check_tokens(browser)
    check_figures(browser, texts)
    check_layout(browser, folder, kind, len(texts))
    look(browser, folder, kind)
    errors = browser.eval("document.documentElement.dataset.errors || ''")
    check(not errors and not browser.complaints(), f"{errors}{browser.complaints()}")


def main(command, *arguments):
    if not Chromium.program():
        sys.exit(77)
    if command == "available":
        return
    browser = Chromium()
    try:
        check_page(browser, *arguments)
    except (AssertionError, RuntimeError) as error:
        print(f"page.html: {error}\n{browser.complaints()}", flush=True)
        print(browser.eval("JSON.stringify(document.documentElement.dataset)"))
        sys.exit(1)
    finally:
        browser.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
