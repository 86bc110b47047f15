"""Long lists within a line, folded for people; JSON has all of them."""

import re

__all__ = ["clipped", "folded"]

#: A count of fonts, and their names behind it.
_FONTS = re.compile(r"\b([0-9,]+ fonts) \((?:[^()]|\([^()]*\))*\)")


def folded(text: str) -> str:
    """Return a text with how many fonts there are, and without their names.

    Examples
    --------
    >>> folded("mnist + fonts, 65 fonts (Caveat 5.3.0, Kalam 5.3.0), 20% held out")
    'mnist + fonts, 65 fonts (--json for their names), 20% held out'
    """
    return _FONTS.sub(r"\1 (--json for their names)", text)


def clipped(text: str, most: int) -> str:
    """Return the beginning of a text, with an ellipsis where it goes on.

    Examples
    --------
    >>> clipped("default", 9), clipped("a recipe of many words", 9)
    ('default', 'a recipe…')
    """
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
