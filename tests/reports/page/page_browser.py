"""Works a page as a reader does, in headless Chromium.

    page_browser.py PAGE.html two|dense FIGURES FOLDER

Exit code 0: all well; 1: what it prints; 77: there is no Chromium. Screenshots go to FOLDER.
"""

import os
import pathlib
import sys

from chromium import Chromium


def check(ok, what):
    if not ok:
        raise AssertionError(what)


def check_questions(browser, url, kind):
    milliseconds = int(browser.eval("document.documentElement.dataset.questionsReady"))
    parsed = browser.eval("Math.round(performance.getEntriesByType('navigation')[0].domInteractive)")
    print(f"questions ready after {milliseconds} ms (document parsed after {parsed} ms)")
    count = browser.eval("questionList.data.count")
    # The promise is a second; a loaded machine gets three.
    check(milliseconds < 3000, f"{count} questions took {milliseconds} ms")
    check(browser.eval("document.querySelectorAll('.row').length") < 40, "rows out of view exist")
    check(browser.eval("document.getElementById('q-title').textContent") == "arc_challenge/0", "no first question")

    # A deep link, opened afresh.
    browser.open(url + "#q=piqa/21")
    browser.wait_for("document.getElementById('q-title').textContent === 'piqa/21'")
    check(browser.eval("document.getElementById('questions').getBoundingClientRect().top < 200"), "not scrolled to")

    # A click on a row, keys.
    browser.click(".row:nth-child(2)")
    first = browser.eval("document.getElementById('q-title').textContent")
    check(browser.eval("location.hash") == "#q=" + first, "the address does not follow")
    browser.press("j")
    second = browser.eval("document.getElementById('q-title').textContent")
    check(second != first, "j does not go on")
    browser.press("k")
    check(browser.eval("document.getElementById('q-title').textContent") == first, "k does not go back")

    # What the browser shows is what was written.
    facts = browser.eval("(() => { const d = questionList.data, a = d.answerOf(4, 0);"
                         " return [d.nameOf(4), a.contexts.length, a.choices.length, a.choices[1].context]; })()")
    check(facts == ["winogrande/4", 2, 2, 1], facts)


def check_filters(browser):
    total = browser.eval("questionList.data.count")
    browser.eval("(() => { const s = document.getElementById('q-outcome'); s.value = '10';"
                 " s.dispatchEvent(new Event('change')); })()")
    shown = browser.eval("questionList.shown.length")
    check(0 < shown < total, "A right, B wrong shows all or none")
    check(browser.eval("questionList.shown.every(q => questionList.data.isRight(q, 0) && !questionList.data.isRight(q, 1))"),
          "A right, B wrong shows others")
    check(browser.eval("document.getElementById('q-count').textContent") == f"{shown} of {total}", "the count is wrong")
    browser.eval("(() => { const s = document.getElementById('q-order'); s.value = 'loops0';"
                 " s.dispatchEvent(new Event('change')); })()")
    check(browser.eval("questionList.shown.every((q, i, all) => i === 0 ||"
                       " questionList.data.models[0].mean_loops[all[i - 1]] >= questionList.data.models[0].mean_loops[q])"),
          "not by loops")
    browser.eval("(() => { const s = document.getElementById('q-outcome'); s.value = '';"
                 " s.dispatchEvent(new Event('change')); })()")
    browser.click("#q-search")
    for letter in "xylophone":
        browser.press(letter)
    check(browser.eval("questionList.shown.length") == 1, "the search does not find the one")
    browser.eval("(() => { const s = document.getElementById('q-search'); s.value = '';"
                 " s.dispatchEvent(new Event('input')); })()")


def check_tokens(browser):
    browser.eval("location.hash = '#q=winogrande/4'")
    browser.wait_for("document.getElementById('q-title').textContent === 'winogrande/4'")
    colored = "[...document.querySelectorAll('.model')].map(m => [...m.querySelectorAll('.token')].filter(t => t.style.background).length)"
    adaptive, dense = browser.eval(colored)
    check(adaptive > 50 and dense == 0, f"tokens coloured by loops: {adaptive} and, of the dense model, {dense}")
    for color in ("lambda", "log_prob"):
        browser.eval(f"(() => {{ const s = document.getElementById('q-color'); s.value = '{color}';"
                     " s.dispatchEvent(new Event('change')); })()")
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


def look(browser, folder, kind):
    folder.mkdir(parents=True, exist_ok=True)
    for name, width, height, phone, dark in (("desktop", 1280, 900, False, False), ("dark", 1280, 900, False, True),
                                             ("phone", 390, 844, True, False)):
        browser.size(width, height, phone, dark)
        browser.eval("scrollTo(0, 0)")
        browser.screenshot(folder / f"{kind}-{name}-top.png")
        browser.eval("document.getElementById('questions').scrollIntoView()")
        browser.eval("new Promise(r => requestAnimationFrame(() => requestAnimationFrame(r)))")
        browser.screenshot(folder / f"{kind}-{name}-questions.png")
        wide = browser.eval("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        check(wide <= 0, f"{name}: the page is {wide} pixels wider than the window")
    browser.size(1280, 900)
    browser.eval("(() => { const s = document.getElementById('q-color'); s.selectedIndex = 0;"
                 " s.dispatchEvent(new Event('change')); document.getElementById('questions').scrollIntoView(); })()")
    browser.eval("new Promise(r => setTimeout(r, 200))")
    browser.eval("document.querySelectorAll('.choices .token')[3].focus({preventScroll: true})")
    browser.screenshot(folder / f"{kind}-desktop-tip.png")
    browser.size(390, 844, phone=True)
    browser.eval("document.getElementById('q-detail').scrollIntoView()")
    browser.screenshot(folder / f"{kind}-phone-detail.png")


def main(page, kind, figures, folder):
    url = pathlib.Path(page).resolve().as_uri()
    try:
        browser = Chromium()
    except FileNotFoundError:
        sys.exit(77)
    try:
        browser.size(1280, 900)
        browser.open(url)
        browser.wait_for("document.documentElement.dataset.questionsReady")
        check_questions(browser, url, kind)
        if kind == "two":
            check_filters(browser)
            check_tokens(browser)
        check_table(browser)
        browser.wait_for(f"Number(document.documentElement.dataset.figuresDrawn) === {figures}", 60)
        look(browser, pathlib.Path(folder), kind)
        errors = browser.eval("document.documentElement.dataset.errors || ''")
        check(not errors and not browser.complaints(), f"{errors}{browser.complaints()}")
    except (AssertionError, RuntimeError) as error:
        facts = browser.eval("JSON.stringify(document.documentElement.dataset)")
        print(f"{os.path.basename(page)}: {error}\n{facts}\n{browser.complaints()}")
        sys.exit(1)
    finally:
        browser.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
