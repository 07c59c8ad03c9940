"""Styles by shorter ways than WeasyPrint's: most of what a style is asked for, no rule has set."""

from tinycss2.color4 import Color
from weasyprint import css
from weasyprint.css.properties import Dimension

# What margin-left may also be called, in either direction of writing.
LOGICAL = {
    key: (function(block="ttb", inline="ltr"), function(block="ttb", inline="rtl"))
    for key, function in css.PHYSICAL_FUNCTIONS.items()
}
# How a box is placed: each of the three looks at what the others were said to be.
PLACE = {"position", "float", "display"}
# Not inherited, but taken from the parent all the same where no rule sets it.
PASSED_ON = {"page", *(key for key in css.INITIAL_VALUES if key.startswith("text_decoration_"))}
# What has no width without a style, and by which.
LINES = {"outline_width": "outline_style"} | {
    f"border_{side}_width": f"border_{side}_style" for side in ("top", "right", "bottom", "left")
}
# What a style has when no rule sets it and its parent does not matter.
PLAIN = {
    key: value
    for key, value in css.INITIAL_VALUES.items()
    if key not in css.INHERITED
    and key not in css.INITIAL_NOT_COMPUTED
    and key not in PLACE
    and key not in PASSED_ON
    and key[:2] != "__"
}
UNPLACED = {"position": "static", "float": "none"}
INLINE = css.INITIAL_VALUES["display"]
# Those that a rule may set by another name, by that name: `margin-inline-start` is either side's, by the writing.
OTHER_NAMES: dict[str, list[str]] = {}
for key, names in LOGICAL.items():
    for name in names:
        OTHER_NAMES.setdefault(name, []).append(key)
# Classes whose values need no more than their property's own function; `inherit` and its like are said by words.
SIMPLE = {int, float, Dimension, Color}

missing_in_full = css.ComputedStyle.__missing__
computed_in_full = css.ComputedStyle.__init__
anonymous_in_full = css.AnonymousStyle.__init__


def apply() -> None:
    css.ComputedStyle.__missing__ = missing
    css.ComputedStyle.__init__ = computed
    css.AnonymousStyle.__init__ = anonymous


def computed(self, parent_style, cascaded, *rest):
    """Eight of ten properties at once, instead of one by one when they are asked for."""
    computed_in_full(self, parent_style, cascaded, *rest)
    if parent_style is None:
        return
    self.update(PLAIN)
    for key in cascaded:
        self.pop(key, None)
        for other in OTHER_NAMES.get(key, ()):
            self.pop(other, None)
    if "position" not in cascaded and "float" not in cascaded:
        self.update(UNPLACED)
        self.specified.update(UNPLACED)
        if "display" not in cascaded:
            self["display"] = self.specified["display"] = INLINE


def anonymous(self, parent_style):
    self.update(PLAIN)
    anonymous_in_full(self, parent_style)


def missing(self, key):
    cascaded, parent = self.cascaded, self.parent_style
    if parent is None or key in PLACE:
        return missing_in_full(self, key)
    names = LOGICAL.get(key)
    if names and (names[0] in cascaded or names[1] in cascaded):
        return missing_in_full(self, key)
    if key in cascaded:
        value = cascaded[key][0]
        if type(value) not in SIMPLE or key in PASSED_ON:
            return missing_in_full(self, key)
        if function := css.COMPUTER_FUNCTIONS.get(key):
            value = function(self, key, value)
    elif key in css.INHERITED or key in PASSED_ON or key[:2] == "__":
        value = parent[key]
    elif key in css.INITIAL_NOT_COMPUTED:
        if key not in LINES or self[LINES[key]] != "none":
            return missing_in_full(self, key)
        value = 0
    else:
        value = css.INITIAL_VALUES[key]
    self[key] = value
    return value
