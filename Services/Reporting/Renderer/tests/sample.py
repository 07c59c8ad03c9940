"""The sample report and invoice, filled in as the worker fills them in."""

import copy
import json
from pathlib import Path

import chevron

TEMPLATES = Path(__file__).resolve().parents[4] / "Shared" / "ReportDesign" / "Templates"
# The sample's charts are drawn for paper; the worker draws them for the theme.
DARK = {
    "#17202b": "#e9edf2", "#586474": "#a3afbd", "#dfe4ea": "#2e3844",
    "#0b5c7d": "#6cc3e6", "#d97a1d": "#f0a860", "#5b8c3a": "#9ccf78", "#8a5aa8": "#c79be3",
}  # fmt: skip


def sheets(kind: str) -> list[str]:
    return [(TEMPLATES / name).read_text() for name in ("base.css", f"{kind}.css")]


def filled(template: str, view: dict) -> str:
    text = (TEMPLATES / f"{template}.mustache").read_text()
    return chevron.render(text, view, partials_path=str(TEMPLATES), partials_ext="mustache")


def view(name: str = "report") -> dict:
    return json.loads((TEMPLATES / "Sample" / f"{name}.json").read_text())


def report(view: dict, dark: bool = False) -> str:
    view = copy.deepcopy(view)
    view["document"]["dark"] = dark
    for section in view["sections"]:
        for block in section["blocks"]:
            for chart in block.get("charts", ()):
                svg = (TEMPLATES / "Sample" / "charts" / f"{chart['chart']}.svg").read_text()
                if dark:
                    for light, other in DARK.items():
                        svg = svg.replace(light, other)
                chart["svg"] = svg
    return filled("report", view)


def header(view: dict) -> dict:
    return {
        "language": view["document"]["language"],
        "title": view["document"]["title"],
        "author": view["brand"]["name"],
        "created": "2026-11-02T06:00:00Z",
    }


# What a customer's template may use and ours does not; each is laid out as by WeasyPrint itself.
UNUSUAL = (
    """<style>@page { size: 120mm 90mm; margin: 12mm; @bottom-center { content: counter(page) } }
    aside { float: footnote } q { text-decoration: underline overline } q b { text-decoration: line-through }
    dfn { display: list-item; margin-inline-start: 2em; padding-block: 3%; list-style: square inside }
    </style><p>One <aside>a note at the foot</aside>and <q>two <b>three</b></q>.<dfn>four</dfn><dfn>five</dfn>"""
    + "<p style='text-align: justify; hyphens: auto' lang=en>justified characterisation of something considerable</p>" * 9,
    """<style>body { direction: rtl; border-inline-start: 3px dotted red } div { height: 20mm; box-sizing: border-box }
    div > p { height: 50%; min-height: 10%; max-height: 70%; width: 40%; margin: 2% 3%; padding: 1%; float: right }
    i { position: absolute; top: 10%; right: 5mm; width: calc(20% + 3mm) } b { position: relative; left: 4px }
    u { outline: 2px solid green; letter-spacing: 2px; word-spacing: 4px; text-transform: uppercase }
    </style>""" + "<div>x<p>مطابخ<i>y</i><b>moved</b> <u>lined out</u> and on</div>" * 12,
    """<style>@page wide { size: A5 landscape } section { page: wide; column-count: 2; column-rule: 1px solid }
    main { display: flex; flex-wrap: wrap; gap: 3mm } main > * { flex: 1 1 30mm; border: 1px solid; min-width: 10mm }
    article { display: grid; grid-template-columns: 1fr 2fr; overflow: hidden; text-overflow: ellipsis; white-space: nowrap }
    table { border-collapse: separate; border-spacing: 2mm; width: auto } td { border: 2px inset; padding: 4%; width: 30% }
    td:nth-child(2) { border-style: hidden; border-right: 3px double } ol { counter-reset: n 4 } h4 { break-before: page }
    </style><section><p>first <p>second <p>third</section><main><p>a<p>b<p>c<p>d</main><article><p>left<p>"""
    + "right and long " * 20
    + "</article><table><tr><td>1<td>2<td>3<tr><td colspan=2>4<td>5</table><ol><li>six<li>seven</ol><h4>next</h4>",
)
