"""Signs that a digit or a rule swallowed: a minus that touches the digit behind it, a point on dots."""

from collections.abc import Sequence
from itertools import pairwise
from statistics import median

import cv2
import numpy as np
from numpy.typing import NDArray

from segmentation.candidates import Strip
from segmentation.geometry import Box
from worker.digit_parts import parts_of
from worker.number_records import Found

__all__ = ["ends_in_point", "has_point_on_dots", "took_dash"]

Mask = NDArray[np.bool_]

#: A dash that touches a digit from the left is this long at least, over the digit's height and in strokes, so
#: many strokes high at most, lies between these shares of the digit's height, and on one level, in strokes.
LONG, STROKES, THIN, HIGHEST, LOWEST, LEVEL = 0.3, 3.0, 1.6, 0.25, 0.72, 0.5
#: One that was read with a digit is no higher than this, over the height of the rest of it, reaches into it
#: over no more than this share of its width, and its middle lies between these shares of its height.
FLAT, INTO, TOP, FOOT = 0.3, 0.25, 0.2, 0.8
#: A point that touches a digit from the right is so many strokes wide and high, begins below this share of
#: the digit's height and ends below that one,
WIDE, HIGH, FOOT_TOP, GROUND = (1.2, 2.0), (1.25, 1.7), 0.72, 0.95
#: and is not told from the feet that these digits have.
FOOTED = frozenset((1, 2))
#: A dotted rule is looked for so far above and below the feet of a number, and beside it, over its height.
AROUND, BESIDE = 0.35, 2.0
#: A dot is no larger than this, over that height. Those of a rule are alike in their ink so far, so many at
#: least, and this share of what is there.
DOT, ALIKE, FEWEST, MOSTLY = 0.35, 0.4, 6, 0.5
#: This share of them lies on one level, so far over that height, and in steps that are even so far.
EVENLY, STRAIGHT, EVEN = 0.7, 0.1, 0.2
#: A point has so many times the ink of a dot, and reaches no more than so many px under the digits beside it.
LARGER, UNDER_PX = 1.7, 2


def took_dash(
    digits: Sequence[Found], strips: Sequence[Strip], labels: NDArray[np.int32], stroke_px: float
) -> bool:
    """Tell whether a digit of a number begins with what may be a minus, or was read together with one.

    Parameters
    ----------
    digits : sequence of Found
        Of one number, from left to right; at least one.
    strips : sequence of Strip
        That the page's digits were read from.
    labels : (H, W) int32 ndarray
        Which piece of ink a pixel belongs to, 0 on paper. Not modified.
    stroke_px : float
        Width of a typical stroke.
    """
    return any(
        _was_read_with_dash(digit, strips) or _begins_level(digit.placed.box, labels, stroke_px)
        for digit in digits
    )


def _was_read_with_dash(digit: Found, strips: Sequence[Strip]) -> bool:
    body, *others = parts_of(digit, strips)
    return any(
        part.height <= FLAT * body.height
        and part.right <= body.left + INTO * body.width
        and TOP < _level(part, body) < FOOT
        for part in others
    )


def _level(part: Box, body: Box) -> float:
    """Return at which share of a digit's height the middle of a part of it lies."""
    return ((part.top + part.bottom) / 2 - body.top) / body.height


def _begins_level(box: Box, labels: NDArray[np.int32], stroke_px: float) -> bool:
    """Tell whether the ink in a box begins with a thin level stroke of some length at half its height."""
    ink = labels[box.top : box.bottom, box.left : box.right] > 0
    long, levels = round(max(LONG * box.height, STROKES * stroke_px)), []
    for column in ink.T[:long]:
        rows = np.flatnonzero(column)
        if not len(rows) or rows[-1] - rows[0] >= THIN * stroke_px:
            return False
        levels.append(rows.mean())
    is_inside = HIGHEST * box.height < min(levels) and max(levels) < LOWEST * box.height
    return len(levels) == long and is_inside and max(levels) - min(levels) <= LEVEL * stroke_px


def ends_in_point(digits: Sequence[Found], labels: NDArray[np.int32], stroke_px: float) -> bool:
    """Tell whether a digit before another one ends in what may be a point that touches it.

    Parameters
    ----------
    digits : sequence of Found
        Of one number, from left to right; at least one.
    labels : (H, W) int32 ndarray
        Which piece of ink a pixel belongs to, 0 on paper. Not modified.
    stroke_px : float
        Width of a typical stroke.
    """
    return any(
        digit.read.digit not in FOOTED and _has_thick_foot(digit.placed.box, labels, stroke_px)
        for digit in digits[:-1]
    )


def _has_thick_foot(box: Box, labels: NDArray[np.int32], stroke_px: float) -> bool:
    """Tell whether the ink in a box ends, on its right, in something low that is thicker than a stroke."""
    ink = labels[box.top : box.bottom, box.left : box.right] > 0
    tops, bottoms = [], []
    for column in ink.T[::-1]:
        rows = np.flatnonzero(column)
        if not len(rows) or rows[0] < FOOT_TOP * box.height:
            break
        tops.append(rows[0])
        bottoms.append(rows[-1])
    if not tops:
        return False
    wide, high = len(tops) / stroke_px, (np.subtract(bottoms, tops).max() + 1) / stroke_px
    is_point = WIDE[0] <= wide <= WIDE[1] and HIGH[0] <= high <= HIGH[1]
    return bool(is_point and max(bottoms) >= GROUND * box.height)


def has_point_on_dots(digits: Sequence[Found], rules: Mask) -> bool:
    """Tell whether a dot of the dotted rule under a number is larger than the others, between two digits.

    Parameters
    ----------
    digits : sequence of Found
        Of one number, from left to right; at least one.
    rules : (H, W) bool ndarray
        Ink that was taken out as rules. Not modified.
    """
    boxes = [digit.placed.box for digit in digits]
    height, foot = median(box.height for box in boxes), max(box.bottom for box in boxes)
    top, left = max(0, round(foot - AROUND * height)), max(0, round(boxes[0].left - BESIDE * height))
    part = rules[top : round(foot + AROUND * height), left : round(boxes[-1].right + BESIDE * height)]
    if len(boxes) < 2 or not part.any():
        return False
    dots = cv2.connectedComponentsWithStats(np.ascontiguousarray(part).view(np.uint8), connectivity=8)[2][1:]
    small = dots[np.maximum(dots[:, cv2.CC_STAT_WIDTH], dots[:, cv2.CC_STAT_HEIGHT]) < DOT * height]
    usual = np.median(small[:, cv2.CC_STAT_AREA]) if len(small) else 0.0
    alike = small[np.abs(small[:, cv2.CC_STAT_AREA] - usual) <= ALIKE * usual]
    if len(alike) < max(FEWEST, MOSTLY * len(dots)) or not _are_in_line(alike, height):
        return False
    large = small[small[:, cv2.CC_STAT_AREA] >= LARGER * usual]
    starts = left + large[:, cv2.CC_STAT_LEFT]
    ends = starts + large[:, cv2.CC_STAT_WIDTH]
    return any(
        ((before.right - UNDER_PX <= starts) & (ends <= after.left + UNDER_PX)).any()
        for before, after in pairwise(boxes)
    )


def _are_in_line(dots: NDArray[np.int32], height_px: float) -> bool:
    """Tell whether dots, as OpenCV measures them, lie on one level and in even steps, all but a few."""
    left, top, width, height, _ = dots.T
    levels, steps = top + height / 2, np.diff(np.sort(left + width / 2))
    are_level = np.abs(levels - np.median(levels)) <= STRAIGHT * height_px
    are_even = np.abs(steps - np.median(steps)) <= EVEN * np.median(steps)
    return bool(min(are_level.mean(), are_even.mean()) >= EVENLY)
