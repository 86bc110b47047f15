"""Upright rules at digits: ones that lie on them, numbers that they part, walls that were read as ones."""

from collections.abc import Sequence
from itertools import pairwise
from statistics import median

import cv2
import numpy as np
from numpy.typing import NDArray

from segmentation.geometry import Box
from worker.number_records import Found

__all__ = ["ends_in_wall", "has_one_on_rule", "is_parted_by_rule"]

Mask = NDArray[np.bool_]

#: A one that lies on a rule stands as near as this to a digit, over the number's height.
NEAR = 1.2
#: A rule is looked at so far above and below the number, over its height, and is ink over this share of that.
AROUND, ALONG = 1.2, 0.6
#: A one makes it thicker by so many strokes, and by so many px, over this share of the number's height.
THICKER, LEAST_PX, OVER = 0.35, 1.5, 0.55
#: A rule that parts two numbers goes on above and below them by so much of their height, is inked over this
#: share of that, and stands no more than so many px inside of either.
ON, INKED, INSIDE_PX = 0.6, 0.7, 3
#: A wall that was read as a one is so many strokes wide at most, so many times as high as the other digits,
#: and goes on as near as this to either end, over its height.
SLIM, HIGHER, AT_INK = 1.2, 1.2, 0.12


def has_one_on_rule(digits: Sequence[Found], rules: Mask, ink: Mask, stroke_px: float) -> bool:
    """Tell whether an upright rule beside, between or in the digits of a number is thicker over their height.

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
    places = [
        (max(0, first - reach), first, ink),
        *((one.right, other.left, ink) for one, other in pairwise(boxes)),
        (last, last + reach, ink),
        # In a digit only the rule's own ink tells; and a one that was read may well lie on it.
        *(
            (digit.placed.box.left, digit.placed.box.right, rules)
            for digit in digits
            if digit.read.digit != 1
        ),
    ]
    top, bottom = min(box.top for box in boxes), max(box.bottom for box in boxes)
    return any(
        _holds_one(rules[:, left:right], shown[:, left:right], top, bottom, stroke_px)
        for left, right, shown in places
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
    """Tell whether a rule is thicker in some rows than in the others, but for those that it is crossed in."""
    thick = rule.sum(axis=1)
    is_outside = (thick > 0) & (thick < rule.shape[1])
    is_outside[inside] = False
    if not is_outside.any():
        return False
    least = np.median(thick[is_outside]) + max(LEAST_PX, THICKER * stroke_px)
    return bool(np.mean(thick[inside] >= least) >= OVER)


def is_parted_by_rule(digits: Sequence[Found], rules: Mask) -> bool:
    """Tell whether an upright rule runs between two digits of a number that stand in no two cells.

    Parameters
    ----------
    digits : sequence of Found
        Of one number, from left to right; at least one.
    rules : (H, W) bool ndarray
        Ink that was taken out as rules. Not modified.

    Returns
    -------
    bool
        False on squared paper, whose rules run through digits, too.
    """
    boxes = [digit.placed.box for digit in digits]
    if any(_runs_through(box, rules) for box in boxes):
        return False
    return any(
        one.placed.cell == other.placed.cell and _runs_between(one.placed.box, other.placed.box, rules)
        for one, other in pairwise(digits)
    )


def _runs_through(box: Box, rules: Mask) -> bool:
    """Tell whether upright rules end at a digit from above and from below."""
    rise, inner = round(ON * box.height), slice(box.left + INSIDE_PX, max(0, box.right - INSIDE_PX))
    above, below = (
        rules[max(0, box.top - rise) : box.top, inner],
        rules[box.bottom : box.bottom + rise, inner],
    )
    return all(part.size and (part.mean(axis=0) > INKED).any() for part in (above, below))


def _runs_between(one: Box, other: Box, rules: Mask) -> bool:
    """Tell whether an upright rule goes from above two digits to below them, between one and the other."""
    rise = round(ON * max(one.height, other.height))
    top, bottom = min(one.top, other.top), max(one.bottom, other.bottom)
    left, right = sorted((one.right, other.left))
    columns = slice(max(0, left - INSIDE_PX), right + INSIDE_PX)
    long = rules[max(0, top - rise) : bottom + rise, columns]
    if not long.size or rules[top:bottom, columns].any(axis=1).mean() < INKED:
        return False
    leaning = cv2.dilate(long.view(np.uint8), np.ones((1, 5), np.uint8))
    return bool(leaning.mean(axis=0).max() >= INKED)


def ends_in_wall(digits: Sequence[Found], ink: Mask, stroke_px: float) -> bool:
    """Tell whether a one at an end of a number is thin, higher than the rest, and goes on above and below.

    Parameters
    ----------
    digits : sequence of Found
        Of one number, from left to right; at least one.
    ink : (H, W) bool ndarray
        All ink of the page, rules as well. Not modified.
    stroke_px : float
        Width of a typical stroke.
    """
    ends = ((digits[0], digits[1:]), (digits[-1], digits[:-1]))
    return any(
        end.read.digit == 1
        and end.placed.box.width <= SLIM * stroke_px
        and bool(others)
        and end.placed.box.height >= HIGHER * median(other.placed.box.height for other in others)
        and _goes_on(end.placed.box, ink)
        for end, others in ends
    )


def _goes_on(box: Box, ink: Mask) -> bool:
    """Tell whether there is more ink right above a one, and right below it."""
    reach, columns = max(3, round(AT_INK * box.height)), slice(max(0, box.left - 2), box.right + 2)
    above, below = ink[max(0, box.top - reach) : box.top, columns], ink[box.bottom :, columns]
    return bool(above.any() and below[:reach].any())
