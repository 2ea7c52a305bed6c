"""Uses a page in headless Chromium as a reader does.

    page_browser.py check PAGE.html TEXTS.json two|dense FOLDER AXE.js [PART]
    page_browser.py available

TEXTS.json has, by the id of each figure, the texts that it must show. Screenshots and printed pages go to FOLDER. AXE.js
is axe-core, which looks for barriers. PART is one of tables, questions, figures, barriers, dark, print; without it, all
parts are checked. Exit code 0: no fault was found; 1: a fault, which is printed; 77: Chromium or poppler-utils is not
installed.
"""

import json
import pathlib
import shutil
import sys

from chromium import Chromium
from page_axe import check_barriers
from page_checks import check, choose, next_frame
from page_figures import check_dark_figures, check_figures, check_layout
from page_print import check_print
from page_questions import check_questions, open_page
from page_tables import check_phone, check_tables


def look(browser, folder, kind):
    """Screenshots, to be looked at by people."""
    for name, width, height, phone, dark in (("desktop", 1280, 900, False, False), ("dark", 1280, 900, False, True),
                                             ("phone", 390, 844, True, False)):
        browser.size(width, height, phone, dark)
        browser.eval("scrollTo(0, 0)")
        browser.screenshot(folder / f"{kind}-{name}-top.png")
        browser.eval("document.getElementById('questions').scrollIntoView()")
        next_frame(browser)
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


def check_page(browser, page, texts_file, kind, folder, axe, part=None):
    url = pathlib.Path(page).resolve().as_uri()
    texts = json.loads(pathlib.Path(texts_file).read_text(encoding="utf-8"))
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    parts = {
        "tables": lambda: (check_tables(browser), check_phone(browser)),
        "questions": lambda: check_questions(browser, url, kind),
        "figures": lambda: (check_figures(browser, texts), check_layout(browser, folder, kind, len(texts))),
        "barriers": lambda: check_barriers(browser, axe),
        "dark": lambda: check_dark_figures(browser),
        "look": lambda: look(browser, folder, kind),
        "print": lambda: check_print(browser, url, texts, folder, kind),
    }
    browser.size(1280, 900)
    open_page(browser, url)
    for name, run in parts.items():
        if part in (None, name):
            run()
    errors = browser.eval("document.documentElement.dataset.errors || ''")
    check(not errors and not browser.complaints(), f"{errors}{browser.complaints()}")


def main(command, *arguments):
    if not Chromium.program() or not shutil.which("pdftotext"):
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
