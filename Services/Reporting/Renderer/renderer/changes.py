"""What is done otherwise than by WeasyPrint 70.0. Each was measured; tests/test_renderer.py says what must hold."""

import copy
import functools
import re

import weasyprint
from cssselect2.tree import ElementWrapper
from tinyhtml5 import inputstream
from tinyhtml5.inputstream import HTMLUnicodeInputStream
from weasyprint import css, svg
from weasyprint.pdf import fonts
from weasyprint.svg import utils
from weasyprint.text.line_break import Layout

from renderer import boxes, styles, writing

MADE_FOR = "70.0"
applied = False
PER_LETTER = ("dx", "dy", "rotate", "letter-spacing", "textLength")


def apply() -> None:
    """Once, before the first document. Another version stays as it is: slower, and right."""
    if weasyprint.__version__ != MADE_FOR:
        return
    global applied
    applied = True
    for part in (styles, boxes, writing):
        part.apply()
    svg.TAGS.update({tag: whole_text for tag, draw in svg.TAGS.items() if draw is original_text})
    svg.text = whole_text
    HTMLUnicodeInputStream.chars_until = chars_until
    for kind in (ElementWrapper, css.Style):
        for name, member in list(vars(kind).items()):
            if isinstance(member, functools.cached_property):
                setattr(kind, name, Once(name, member.func))
    Layout.deactivate = lambda self: None
    Layout.reactivate = reactivate
    fonts.ffi = AnyLength()
    utils.parse_color = functools.cache(utils.parse_color)


class Whole(str):
    """A text that is one piece to whoever takes it letter by letter."""

    def __iter__(self):
        yield str(self)


original_text = svg.text


def whole_text(drawing, node, font_size):
    """SVG's text line by line. WeasyPrint lays out each letter by itself, as if each could have a place of its own.

    A fifth of a report's time; and Arabic letters must meet to be joined.
    """
    text = node.text
    if text and node.tag != "textPath" and not any(name in node.attrib for name in PER_LETTER):
        if len(node.get("x", "").split()) <= 1 and len(node.get("y", "").split()) <= 1:
            node._etree_node.text = Whole(text)
    return original_text(drawing, node, font_size)


def reactivate(self, style):
    """A line that was laid out is drawn as it is: WeasyPrint lays each out again, to hold fewer of them in memory."""
    if self.style is not style or self.justification_spacing:
        original_reactivate(self, style)


original_reactivate = Layout.reactivate


class Once:
    """`functools.cached_property` without its lock, which Python took out of it later, too."""

    def __init__(self, name, function):
        self.name, self.function = name, function

    def __get__(self, owner, kind=None):
        if owner is None:
            return self
        value = owner.__dict__[self.name] = self.function(owner)
        return value


class AnyLength:
    """cffi with one type for arrays of glyphs of any length: it reads a type with a parser for C, each length anew."""

    def __getattr__(self, name):
        return getattr(original_ffi, name)

    def new(self, kind, *rest):
        return original_ffi.new("hb_codepoint_t[]" if kind.startswith("hb_codepoint_t[") else kind, *rest)


original_ffi = fonts.ffi


def with_room(function, *arguments):
    """Calls it where Python's stack of frames has room.

    Python 3.11 takes 16 KB for frames at a time and gives them back on return, each time by a call of the kernel: a layout that
    comes and goes over such an edge does so four thousand times. This frame is so large that what follows shares its piece.
    """
    return function(*arguments)


with_room.__code__ = with_room.__code__.replace(co_stacksize=40_000)


NOTES = {"footnote-call", "footnote-marker", "note-call", "note-marker", "note-callback"}


@functools.cache
def lean_rules(sheet, notes: bool, markers: bool):
    """WeasyPrint's own rules without those that can concern no element of a document.

    Its five for notes and the one for lists' markers match each element and make a style for each: 7,000 of a report's 8,300,
    a fifth of its time. A document that says nothing of notes has none; without "list-item" only `li` has a marker.
    """
    if not applied or (notes and markers):
        return sheet
    lean = copy.copy(sheet)
    lean.matcher = matcher = copy.copy(sheet.matcher)
    dropped = (set() if notes else NOTES) | (set() if markers else {"marker"})
    matcher.other_selectors = [entry for entry in matcher.other_selectors if entry[3] not in dropped]
    if not markers:
        of_lists = [entry for entry in sheet.matcher.other_selectors if entry[3] == "marker"]
        names = matcher.lower_local_name_selectors
        matcher.lower_local_name_selectors = {**names, "li": names.get("li", []) + of_lists}
    return lean


original_until = HTMLUnicodeInputStream.chars_until
EXPRESSIONS: dict = {}


def chars_until(self, characters, opposite=False):
    """The parser's own cache of expressions has the wrong key, so it writes each of them anew a few thousand times."""
    key = (characters, opposite)
    expression = EXPRESSIONS.get(key)
    if expression is None:
        listed = "".join(f"\\x{ord(character):02x}" for character in characters)
        expression = EXPRESSIONS[key] = re.compile(f"[{'' if opposite else '^'}{listed}]+")
        inputstream.characters_until_regex[(expression, opposite)] = expression
    return original_until(self, expression, opposite)
