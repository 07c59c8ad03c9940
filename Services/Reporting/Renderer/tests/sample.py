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
