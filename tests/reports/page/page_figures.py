"""Checks the figures of a page: what they show, where they are, and their colours on a dark page."""

import collections

from page_checks import check, next_frame

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
    for width, columns in ((390, 1), (700, 1), (1280, 2), (1600, 2), (2200, 3)):
        browser.size(width, 1000)
        next_frame(browser)
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


# The least contrast of a figure's texts with its background, outside of coloured cells, and the texts that have it.
CONTRAST = """[...document.querySelectorAll('figure')].map(figure => {
  const numbers = (color) => color.match(/[\\d.]+/g).map(Number).slice(0, 3);
  const paper = numbers(getComputedStyle(figure.querySelector('.drawing')).backgroundColor);
  const texts = [...figure.querySelectorAll('.drawing svg.marks text')].filter(t => t.textContent.trim());
  const worst = texts.map(t => [FigureColors.contrast(numbers(getComputedStyle(t).fill), paper), t.textContent]);
  return [figure.id, ...worst.sort((a, b) => a[0] - b[0])[0]]; })"""


def check_dark_figures(browser):
    """Figures follow the colours of the page, also while it is open."""
    browser.wait_for("Number(document.documentElement.dataset.figuresDrawn) === document.querySelectorAll('figure').length", 120)
    for dark, low, high in ((True, 0, 60), (False, 200, 255), (True, 0, 60)):
        browser.size(1280, 900, dark=dark)
        browser.eval("new Promise(r => setTimeout(r, 300))")
        browser.wait_for("document.querySelectorAll('.drawing svg.marks').length === document.querySelectorAll('figure').length")
        paper = browser.eval("[...document.querySelectorAll('.drawing svg.marks')].map(s => getComputedStyle(s).backgroundColor)")
        levels = [int(color.split("(")[1].split(",")[0]) for color in paper]
        check(levels and all(low <= level <= high for level in levels), f"figures on {paper}, {'dark' if dark else 'light'} page")
        least = 4.5 if dark else 2  # the colours of lines on white are the palette's
        for figure, contrast, text in browser.eval(CONTRAST):
            check(contrast >= least, f"{figure}: contrast {contrast:.1f} of \"{text}\", {'dark' if dark else 'light'} page")
    browser.size(1280, 900)
