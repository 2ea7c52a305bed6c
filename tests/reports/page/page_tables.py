"""Checks tables of a page: sorting, copying, and a phone."""

from page_checks import check, next_frame


def check_sorting(browser):
    column = "[...document.querySelectorAll('#table-1 tbody tr')].map(r => r.cells[1].textContent).join(' ')"
    button = "#table-1 thead th:nth-child(2) button"
    browser.click(button)
    check(browser.eval(column) == "47.98 51.95 52.33 –", "not ascending: " + browser.eval(column))
    browser.click(button)
    check(browser.eval(column) == "52.33 51.95 47.98 –", "not descending: " + browser.eval(column))
    names = "[...document.querySelectorAll('#table-2 tr')].slice(-2).map(r => r.cells[0].textContent)"
    foot = ["average of all", "executed FFN FLOPs per token (M)"]
    for _ in range(2):
        browser.click("#table-2 thead th:nth-child(3) button")
        check(browser.eval(names) == foot, f"sorting does not leave the average last: {browser.eval(names)}")


def copied(browser, select):
    """[text, HTML] that a copy puts on the clipboard, after a script has selected something."""
    return browser.eval("(() => { let got = null;"
                        " const read = (e) => { got = ['text/plain', 'text/html'].map(t => e.clipboardData.getData(t)); };"
                        f" document.addEventListener('copy', read); {select};"
                        " document.execCommand('copy'); document.removeEventListener('copy', read); return got; })()")


def check_copying(browser):
    """Numbers are copied: value, error and count in cells of their own, with the minus that programs read."""
    rows = browser.eval("[...document.querySelectorAll('#table-2 tr')].map(r => [...r.cells].map(c => c.textContent))")
    text, html = copied(browser, "getSelection().selectAllChildren(document.querySelector('#table-2 table'))")
    lines = [line.split("\t") for line in text.rstrip("\n").split("\n")]
    check(len(lines) == len(rows), f"{len(lines)} lines are copied of {len(rows)} rows")
    wanted = ["method", "loss", "loss stderr", "piqa", "piqa stderr", "hellaswag", "hellaswag stderr", "openbookqa",
              "openbookqa stderr", "openbookqa n", "openbookqa mark"]
    check(lines[0][:11] == wanted and lines[0][-3:] == ["95 % interval low", "95 % interval high", "p"], f"titles: {lines[0]}")
    value, _, error, count, mark = rows[1][4].split(" ")
    check(lines[1][7:11] == [value, error, "1172", mark], f"{rows[1][4]} is copied as {lines[1][7:11]}")
    check(count == "(1,172)", count)
    low, high = rows[1][-2][1:-1].replace("−", "-").replace("+", "").split(", ")
    check(lines[1][-3:] == [low, high, "0.00025"], f"{rows[1][-2:]} are copied as {lines[1][-3:]}")
    check(low.startswith("-") and all(float(cell) is not None for cell in lines[1][1:10]), lines[1])
    check(html.count("<tr>") == len(rows) and f"<td>{low}</td>" in html, "the copied HTML has other cells")

    part = ("(() => { const r = document.querySelectorAll('#table-2 tbody tr');"
            " getSelection().setBaseAndExtent(r[1].cells[2].firstChild, 0, r[1].cells[3].firstChild, 4); })()")
    text = copied(browser, part)[0]
    check(text.startswith("piqa\tpiqa stderr\thellaswag\t") and text.count("\n") == 2, f"a part is copied as {text!r}")
    one = copied(browser, "getSelection().selectAllChildren(document.querySelector('#table-2 tbody tr').cells[11])")[0]
    check(one.startswith("[-") and "−" not in one, f"one cell is copied as {one!r}")
    outside = copied(browser, "getSelection().selectAllChildren(document.querySelector('#table-2 .note'))")
    check(outside[0] == "", "a copied text is changed outside of tables")
    browser.eval("getSelection().removeAllRanges()")


def check_phone(browser):
    """The first column leaves the numbers in view."""
    browser.size(360, 780, phone=True)
    next_frame(browser)
    caption = "document.querySelector('#table-1 .caption p, #table-1-caption')"
    browser.eval(f"window.captionText = {caption}.textContent; {caption}.textContent = 'name'.repeat(60)")
    next_frame(browser)
    width = browser.eval("document.documentElement.scrollWidth")
    browser.eval(f"{caption}.textContent = captionText")
    check(width == 360, f"a long name in a caption makes the page {width} px wide")
    places = browser.eval("[...document.querySelectorAll('table.sortable')].filter(t => t.tBodies[0].rows.length > 0)"
                          ".map(t => { const cells = [...t.tBodies[0].rows[0].cells];"
                          " t.parentElement.scrollLeft = 0;"
                          " return [t.closest('.table').id, cells[0].getBoundingClientRect().right,"
                          " cells[1].getBoundingClientRect().right, t.parentElement.scrollWidth]; })")
    for table, first, second, width in places:
        check(first <= 150, f"{table}: the first column takes {first:.0f} of 360 pixels")
        check(second <= 360, f"{table}: the second column ends at {second:.0f} of 360 pixels")
        check(width > 0, table)
    # Scrolled to the end, the names are still beside the numbers and do not cover them.
    covered = browser.eval("(() => { const box = document.querySelector('#table-2 .scroll'); box.scrollLeft = 1e6;"
                           " const cells = box.querySelector('tbody tr').cells, last = cells[cells.length - 1].getBoundingClientRect();"
                           " const first = cells[0].getBoundingClientRect(); box.scrollLeft = 0;"
                           " return [first.left >= 0, last.left >= first.right, last.right <= 360]; })()")
    check(covered == [True, True, True], f"at the right end of a wide table: {covered}")
    browser.size(1280, 900)


def check_tables(browser):
    check_sorting(browser)
    check_copying(browser)
