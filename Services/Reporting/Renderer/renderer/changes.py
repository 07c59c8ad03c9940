"""What is done otherwise than by WeasyPrint 70.0. Each was measured; tests/test_renderer.py says what must hold."""

import re
import types
import zlib

import pydyf
import weasyprint
from tinyhtml5 import inputstream
from tinyhtml5.inputstream import HTMLUnicodeInputStream
from weasyprint import css, svg

MADE_FOR = "70.0"
PER_LETTER = ("dx", "dy", "rotate", "letter-spacing", "textLength")


def apply() -> None:
    """Once, before the first document. Another version stays as it is: slower, and right."""
    if weasyprint.__version__ != MADE_FOR:
        return
    svg.TAGS.update({tag: whole_text for tag, draw in svg.TAGS.items() if draw is original_text})
    svg.text = whole_text
    # Level 6 is as small within a hundredth as 9, in half of the time.
    pydyf.zlib = types.SimpleNamespace(compressobj=lambda level: zlib.compressobj(6), crc32=zlib.crc32)
    css.ComputedStyle.__missing__ = style_missing
    HTMLUnicodeInputStream.chars_until = chars_until


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


original_missing = css.ComputedStyle.__missing__
# What margin-left may also be called, in either direction of writing.
LOGICAL = {
    key: (function(block="ttb", inline="ltr"), function(block="ttb", inline="rtl"))
    for key, function in css.PHYSICAL_FUNCTIONS.items()
}
SPECIAL = {"page", "position", "float", "display"}


def style_missing(self, key):
    """A property that no rule sets is its parent's or the initial one: eight of ten are."""
    cascaded, parent = self.cascaded, self.parent_style
    if parent is None or key in cascaded or key in SPECIAL or key[:16] == "text_decoration_":
        return original_missing(self, key)
    names = LOGICAL.get(key)
    if names and (names[0] in cascaded or names[1] in cascaded):
        return original_missing(self, key)
    if key in css.INHERITED or key[:2] == "__":
        value = self[key] = parent[key]
        return value
    if key in css.INITIAL_NOT_COMPUTED:
        return original_missing(self, key)
    value = self[key] = css.INITIAL_VALUES[key]
    return value


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
