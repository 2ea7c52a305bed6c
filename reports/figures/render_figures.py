"""Draws Vega-Lite specifications with vl-convert, or prints the bundle of Vega that draws them in a page.

    render_figures.py render FOLDER NAME...   FOLDER/NAME.vl.json -> FOLDER/NAME.svg, .pdf, .png
    render_figures.py svg FOLDER NAME...      the SVG files alone
    render_figures.py bundle                  JavaScript that defines window.vegaEmbed, on stdout
    render_figures.py available               nothing; fails without vl-convert
"""

import json
import pathlib
import re
import sys

import vl_convert

VEGA_LITE = "6.4"
POINTS_PER_PIXEL = 72 / 96  # a specification's pixel is 1/96 inch
PRINT_PPI = 300


def in_points(svg):
    """The same drawing with a size for paper: vl-convert takes an SVG's pixels for points."""

    def scaled(match):
        width, height = (float(number) * POINTS_PER_PIXEL for number in match.groups())
        return f'width="{width:g}" height="{height:g}"'

    return re.sub(r'width="([\d.]+)" height="([\d.]+)"', scaled, svg, count=1)


def draw_svg(folder, name):
    stem = pathlib.Path(folder) / name
    spec = json.loads(stem.with_name(name + ".vl.json").read_text(encoding="utf-8"))
    svg = vl_convert.vegalite_to_svg(spec, vl_version=VEGA_LITE, allowed_base_urls=[])
    stem.with_name(name + ".svg").write_text(svg, encoding="utf-8")
    return svg


def render(folder, names):
    for name in names:
        stem = pathlib.Path(folder) / name
        svg = draw_svg(folder, name)
        stem.with_name(name + ".pdf").write_bytes(vl_convert.svg_to_pdf(in_points(svg)))
        stem.with_name(name + ".png").write_bytes(vl_convert.svg_to_png(svg, scale=PRINT_PPI / 96))


def bundle():
    code = vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;", vl_version=VEGA_LITE)
    sys.stdout.buffer.write(code.encode("utf-8"))


if __name__ == "__main__":
    command, *arguments = sys.argv[1:]
    if command == "render":
        render(arguments[0], arguments[1:])
    elif command == "svg":
        for name in arguments[1:]:
            draw_svg(arguments[0], name)
    elif command == "bundle":
        bundle()
