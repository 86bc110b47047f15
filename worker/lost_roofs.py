"""Roofs of sevens that lie on a level rule and were taken out with it: what is left of the seven is a one."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from segmentation.geometry import Box
from worker.number_records import Found

__all__ = ["may_lack_roof"]

Mask = NDArray[np.bool_]

#: A rule is looked for so far above and below the top of a one, over its height, and as near as this, in px;
#: it runs along this share of what is around the one, so many heights on either side.
ABOVE, BELOW, AT_PX, ALONG, AROUND = 0.35, 0.15, 3, 0.7, 2.0
#: Before the one it is thicker by so many px, over this share of the one's height, no further away than that.
THICKER_PX, LONG, FAR = 2.0, 0.25, 0.6


def may_lack_roof(digits: Sequence[Found], rules: Mask) -> bool:
    """Tell whether a one of a number ends at a rule above it that is thicker before the one.

    Parameters
    ----------
    digits : sequence of Found
        Of one number, from left to right; at least one.
    rules : (H, W) bool ndarray
        Ink that was taken out as rules. Not modified.
    """
    starts = [0, *(digit.placed.box.right for digit in digits[:-1])]
    return any(
        digit.read.digit == 1 and _has_roof(digit.placed.box, start, rules)
        for digit, start in zip(digits, starts, strict=True)
    )


def _has_roof(one: Box, start: int, rules: Mask) -> bool:
    """Tell whether the rule above a one is thicker before it, but not before the column `start`."""
    height = one.height
    if not rules[max(0, one.top - AT_PX) : one.top + 1, one.left : one.right].any():
        return False
    band = rules[max(0, round(one.top - ABOVE * height)) : round(one.top + BELOW * height)].sum(axis=0)
    reach = round(AROUND * height)
    around = band[max(0, one.left - reach) : one.right + reach]
    if np.mean(around > 0) < ALONG:
        return False
    before = band[max(start, round(one.left - FAR * height), 0) : one.left]
    thick = int((before >= np.median(around[around > 0]) + THICKER_PX).sum())
    return thick >= LONG * height
