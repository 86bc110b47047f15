"""Commas that were read as digits: what stands between two numbers, low and lower than their digits.

Each half of ``165,17`` looks like a number of its own.
"""

from collections.abc import Sequence
from statistics import median

import numpy as np

from segmentation.geometry import Box, union
from worker.number_records import Found

__all__ = ["commas_read", "holds_comma", "stands_by"]

#: A lone digit lower than this share of those of a number beside it,
LOW = 0.8
#: whose middle lies below this share of their height, and which begins no lower than this below them,
HANGING, BELOW = 0.7, 0.2
#: may be a comma, and so may a one of any height that begins below this share of it, under the number:
FEET = 0.6
#: each as near as this to the number, over its digits' height.
NEAR = 1.0


def commas_read(numbers: Sequence[Sequence[Found]]) -> tuple[Box, ...]:
    """Return the lone digits of a page that may be commas of the numbers beside them.

    Parameters
    ----------
    numbers : sequence of sequence of Found
        All numbers of the page, each from left to right.
    """
    wholes = [union(digit.placed.box for digit in number) for number in numbers]
    sides = np.array([(b.left, b.top, b.right, b.bottom) for b in wholes], np.float64).reshape(-1, 4)
    left, top, right, bottom = np.ascontiguousarray(sides.T)
    height = np.array([_height_of(number) for number in numbers])
    found = []
    for digit in (number[0] for number in numbers if len(number) == 1):
        box = digit.placed.box
        near = np.maximum(box.left - right, left - box.right) <= NEAR * height
        near &= (top <= box.bottom) & (box.top <= bottom + BELOW * height)
        # A page of lone digits has thousands of pairs, of which hardly any stand beside each other.
        beside = (numbers[k] for k in np.flatnonzero(near).tolist() if numbers[k][0] is not digit)
        if any(_hangs_beside(digit, other) for other in beside):
            found.append(box)
    return tuple(found)


def stands_by(digits: Sequence[Found], commas: Sequence[Box]) -> bool:
    """Tell whether a number is one of these commas, or stands right beside one."""
    box, height = union(digit.placed.box for digit in digits), _height_of(digits)
    return any(_is_beside(comma, box, height) for comma in commas)


def holds_comma(digits: Sequence[Found]) -> bool:
    """Tell whether a digit between two others is low and lower than these, as a comma is."""
    return any(
        _is_low(digits[place].placed.box, union(other.placed.box for other in rest), _height_of(rest))
        for place in range(1, len(digits) - 1)
        for rest in [[*digits[:place], *digits[place + 1 :]]]
    )


def _is_low(box: Box, whole: Box, height_px: float) -> bool:
    level = ((box.top + box.bottom) / 2 - whole.top) / whole.height
    return box.height < LOW * height_px and level > HANGING


def _height_of(digits: Sequence[Found]) -> float:
    return float(median(digit.placed.box.height for digit in digits))


def _hangs_beside(digit: Found, number: Sequence[Found]) -> bool:
    box, height = digit.placed.box, _height_of(number)
    whole = union(other.placed.box for other in number)
    same_cell = digit.placed.cell == number[0].placed.cell
    hangs = _is_low(box, whole, height) or _is_long_comma(digit, whole, height)
    return same_cell and hangs and _is_beside(box, whole, height)


def _is_long_comma(digit: Found, whole: Box, height_px: float) -> bool:
    """Tell whether a one begins at the feet of a number, and not beside it: a long comma, perhaps."""
    box = digit.placed.box
    begins = whole.top + FEET * height_px <= box.top < whole.bottom
    return digit.read.digit == 1 and begins and whole.left < box.centre[0] < whole.right


def _is_beside(box: Box, whole: Box, height_px: float) -> bool:
    """Tell whether a piece is as near to a number as its comma, or lies in it."""
    apart = max(box.left - whole.right, whole.left - box.right)
    return (
        apart <= NEAR * height_px
        and whole.top <= box.top + box.height
        and (box.top <= whole.bottom + BELOW * height_px)
    )
