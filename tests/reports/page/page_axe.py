"""Looks for barriers in a page with axe-core."""

import pathlib

from page_checks import check, next_frame


def check_barriers(browser, axe):
    """`browser` shows a page whose figures are drawn. `axe`: path of axe.min.js."""
    browser.wait_for("Number(document.documentElement.dataset.figuresDrawn) === document.querySelectorAll('figure').length", 120)
    browser.eval(pathlib.Path(axe).read_text(encoding="utf-8") + "; true")
    for width in (360, 1400):
        for dark in (False, True):
            browser.size(width, 900, phone=width < 500, dark=dark)
            browser.eval("document.getElementById('questions').scrollIntoView()")
            browser.eval("new Promise(r => setTimeout(r, 300))")
            browser.eval("document.querySelector('.choices .token').focus()")
            next_frame(browser)
            # The parts of a drawing are many, and the drawing is one picture with a name.
            found = browser.eval("axe.run({exclude: ['svg.marks > *']}, {resultTypes: ['violations']}).then(r => r.violations.map(v =>"
                                 " `${v.impact}: ${v.id} (${v.help}) at ${v.nodes.slice(0, 3).map(n => n.target.join(' ')).join('; ')}`))")
            check(not found, f"axe-core at {width} pixels, {'dark' if dark else 'light'}:\n" + "\n".join(found))
    check(browser.eval("axe.run('h1', {resultTypes: ['passes']}).then(r => r.passes.length)") > 0, "axe-core checks nothing")
