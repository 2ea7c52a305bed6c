"""What the checks of a page share."""


def check(ok, what):
    if not ok:
        raise AssertionError(what)


def wait_for(browser, expression, what):
    try:
        browser.wait_for(expression)
    except RuntimeError as error:
        raise AssertionError(what) from error


def next_frame(browser):
    browser.eval("new Promise(r => requestAnimationFrame(() => requestAnimationFrame(r)))")


def choose(browser, menu, value):
    """Chooses an entry of a <select> with the keyboard."""
    place, at = browser.eval(f"(() => {{ const s = document.getElementById('{menu}'); s.focus();"
                             f" return [[...s.options].findIndex(o => o.value === '{value}'), s.selectedIndex]; }})()")
    check(place >= 0, f"the menu {menu} has no entry \"{value}\"")
    for _ in range(abs(place - at)):
        browser.press("ArrowDown" if place > at else "ArrowUp")
    check(browser.eval(f"document.getElementById('{menu}').value") == value, f"the menu {menu} does not answer")
