"""Prints a page to a PDF file and reads it back with poppler's programs."""

import collections
import re
import subprocess

from page_checks import check


def words_of(pdf):
    """(page width, words as (right end, text)) by page."""
    html = subprocess.run(["pdftotext", "-bbox", pdf, "-"], check=True, capture_output=True, text=True).stdout
    for page in html.split("<page ")[1:]:
        width = float(re.search(r'width="([\d.]+)"', page).group(1))
        yield width, [(float(right), text) for right, text in re.findall(r'xMax="([\d.]+)".*?>(.*?)</word>', page)]


def brightness_of(pdf):
    """Mean grey of every page, 0 to 255."""
    image = subprocess.run(["pdftoppm", "-gray", "-r", "20", pdf], check=True, capture_output=True).stdout
    means = []
    while image:
        header = re.match(rb"P5\s+(\d+)\s+(\d+)\s+255\s", image)
        size = int(header.group(1)) * int(header.group(2))
        pixels = image[header.end():header.end() + size]
        means.append(sum(pixels) / size)
        image = image[header.end() + size:]
    return means


def check_printed_tables(browser, lines):
    """Every title and every cell is there: the cells of a row on one line, except for texts that may break."""
    tables = browser.eval("[...document.querySelectorAll('table.sortable')].map(t => [...t.rows].map(r => [...r.cells]"
                          ".map(c => [c.textContent.trim(), c.classList.contains('long')])))")
    text = "\n".join(lines)
    squeezed = re.sub(r"\s", "", text)
    check(len(tables) >= 2, "no tables")
    for head, *rows in tables:
        for title, _ in head:
            check(all(word in text for word in title.split()), f"the column \"{title}\" is not printed")
        titles = " ".join(title for title, _ in head)
        check(len(rows) < 60 or lines.count(titles) > 1, f"the head \"{titles}\" is not repeated on the next page")
        for row in rows:
            pattern = r"\s+".join(re.escape(cell) if not long else ".*" for cell, long in row if cell)
            check(any(re.search(pattern, line) for line in lines), f"the row {[cell for cell, _ in row]} is not printed whole")
            for cell, long in row:
                parts = re.findall(r"[\w.]+", cell) if long else []
                check(all(part in squeezed or part[:10] in squeezed for part in parts), f"{cell} is not printed")


# By figure: the texts of the drawing that is printed.
PRINTED = """[...document.querySelectorAll('figure')].map(figure => {
  const drawing = figure.querySelector('.paper svg.marks') ?? figure.querySelector('.drawing svg.marks');
  return [figure.id, [...drawing?.querySelectorAll('text') ?? []].map(t => t.textContent)]; })"""


def check_printed_figures(printed, texts, raw):
    """Every text of every drawing is on paper, as often as it is drawn."""
    found, drawn = collections.Counter(raw.split()), collections.Counter()
    check({figure for figure, _ in printed} == texts.keys(), f"other figures are printed: {printed}")
    for figure, words in printed:
        check(len(words) > 3, f"{figure} is not drawn for printing")
        drawn.update(word for text in words for word in text.split())
    missing = drawn - found
    # Texts that stand upright or touch each other are read in pieces.
    check(missing.total() < drawn.total() / 5, f"of {drawn.total()} words in figures, these are not printed: {missing}")


def check_print(browser, url, texts, folder, kind):
    """`browser` shows a page whose figures are not all drawn."""
    pdf = folder / f"{kind}-printed.pdf"
    browser.size(1280, 900)
    browser.open(url)
    browser.wait_for("document.documentElement.dataset.questionsReady")
    # The page draws when it is told that it will be printed, and nothing in that waits for a timer.
    browser.eval("window.addEventListener('beforeprint', async () => {"
                 f" for (let i = 0; i < 100; i++) await null; window.printed = {PRINTED}; }})")
    browser.print_pdf(pdf)
    drawn = browser.eval("Number(document.documentElement.dataset.figuresDrawn)")
    print(f"{drawn} of {len(texts)} figures were drawn before printing")
    layout = subprocess.run(["pdftotext", "-layout", pdf, "-"], check=True, capture_output=True, text=True).stdout
    lines = [" ".join(line.split()) for line in layout.replace("\f", "\n").split("\n")]
    for width, words in words_of(pdf):
        outside = [word for right, word in words if right > width]
        check(not outside, f"{outside} are cut at the edge of the paper")
    check_printed_tables(browser, lines)

    raw = subprocess.run(["pdftotext", "-raw", pdf, "-"], check=True, capture_output=True, text=True).stdout
    squeezed = re.sub(r"\s", "", raw)
    check_printed_figures(browser.eval("printed"), texts, raw)
    title = browser.eval("document.getElementById('q-title').textContent")
    count = browser.eval("questionBrowser.data.count")
    check(title in raw and f"oneof{count}." in squeezed, f"the question {title} is not printed")
    choice = browser.eval("document.querySelector('.choices .tokens').textContent.replace(/\\s/g, '').slice(0, 12)")
    check(choice in squeezed, f"the choice {choice} is not printed")
    check("Search" not in raw and "previous" not in raw, "fields and buttons are printed")
    check(browser.eval("document.querySelectorAll('.paper').length") == 0, "drawings for printing stay on the page")

    browser.size(1280, 900, dark=True)
    browser.wait_for(f"Number(document.documentElement.dataset.figuresDrawn) === {len(texts)}", 120)
    dark = folder / f"{kind}-printed-from-dark.pdf"
    browser.print_pdf(dark)
    check(min(brightness_of(dark)) > 180, f"a dark page is printed dark: {brightness_of(dark)}")
    browser.size(1280, 900)
