"""Upright rules at digits: ones that are hidden in them."""

from collections.abc import Sequence
from itertools import pairwise
from statistics import median

import numpy as np
from numpy.typing import NDArray

from worker.number_records import Found

__all__ = ["has_one_on_rule"]

Mask = NDArray[np.bool_]

#: A one that lies on a rule stands as near as this to a digit, over the number's height.
NEAR = 1.2
#: A rule is looked at so far above and below the number, over its height, and is inked over this share of that.
AROUND, ALONG = 1.2, 0.6
#: A one makes it thicker by so many strokes, and by so many px, over this share of the number's height.
THICKER, LEAST_PX, OVER = 0.35, 1.5, 0.55


def has_one_on_rule(digits: Sequence[Found], rules: Mask, ink: Mask, stroke_px: float) -> bool:
    """Tell whether an upright rule beside or between the digits of a number is thicker over their height.

    Parameters
    ----------
    digits : sequence of Found
        Of one number, from left to right; at least one.
    rules, ink : (H, W) bool ndarray
        Ink that was taken out as rules, and all ink. Not modified.
    stroke_px : float
        Width of a typical stroke.
    """
    if len({digit.placed.cell for digit in digits}) > 1:
        return False
    boxes = [digit.placed.box for digit in digits]
    reach = round(NEAR * median(box.height for box in boxes))
    first, last = boxes[0].left, boxes[-1].right
    gaps = [
        (max(0, first - reach), first),
        *((one.right, other.left) for one, other in pairwise(boxes)),
        (last, last + reach),
    ]
    top, bottom = min(box.top for box in boxes), max(box.bottom for box in boxes)
    return any(
        _holds_one(rules[:, left:right], ink[:, left:right], top, bottom, stroke_px)
        for left, right in gaps
        if left < right
    )


def _holds_one(rules: Mask, ink: Mask, top: int, bottom: int, stroke_px: float) -> bool:
    """Tell whether one of the upright rules among some columns is thicker between two rows than beyond."""
    rise = round(AROUND * (bottom - top))
    first = max(0, top - rise)
    part = rules[first : bottom + rise]
    upright = np.flatnonzero(part.mean(axis=0) >= ALONG) if part.size else np.array([], np.intp)
    side = max(2, round(stroke_px))
    for rule in np.split(upright, np.flatnonzero(np.diff(upright) > 2) + 1):
        if len(rule):
            around = ink[first : bottom + rise, max(0, rule[0] - side) : rule[-1] + side + 1]
            if _is_thicker(around, slice(top - first, bottom - first), stroke_px):
                return True
    return False


def _is_thicker(rule: Mask, inside: slice, stroke_px: float) -> bool:
    """Tell whether an upright rule is thicker in some rows than in the others, but for those it is crossed in."""
    thick = rule.sum(axis=1)
    is_outside = (thick > 0) & (thick < rule.shape[1])
    is_outside[inside] = False
    if not is_outside.any():
        return False
    least = np.median(thick[is_outside]) + max(LEAST_PX, THICKER * stroke_px)
    return bool(np.mean(thick[inside] >= least) >= OVER)
