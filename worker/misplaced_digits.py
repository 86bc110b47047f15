"""Digits that stand as none of their number would: brackets, slashes, powers, and fours that hang low.

Whoever accepts ``1561`` where ``(56)`` is written, or ``562`` for the square of 56, has a wrong number that
looks right.
"""

from collections.abc import Sequence
from itertools import pairwise
from statistics import median

import numpy as np
from numpy.typing import NDArray

from segmentation.geometry import Box
from worker.number_records import Found

__all__ = ["hangs_low", "is_of_two_rows", "is_raised", "is_tall_stroke_inside", "may_be_bracketed"]

#: A bracket is this many times as high as the digits that it encloses, at least,
TALLER = 1.1
#: and bends outward by this share of its height; of two, each by less.
BOW, BOW_OF_TWO = 0.055, 0.03
#: The ends and the middle of a stroke, as shares of its height, that its bow is measured between.
_END, _MIDDLE = 0.15, 0.3
#: A stroke between two digits that is so many times as high as the others, and reaches beyond both, is none.
TALL_STROKE = 1.2
#: A digit is raised whose foot stands this far above that of the one before, over that one's height,
RAISED = 0.35
#: and that is no higher than this share of it.
SMALL = 0.8
#: Its top is no lower than that of the one before by more than this share of that one's height.
TOP_BELOW = 0.15
#: A four hangs whose foot lies this far below those of the digits beside it, over their height, and whose top
#: lies no further from theirs than this.
LOW_FOOT, LOW_TOP = 0.35, 0.3


def may_be_bracketed(digits: Sequence[Found], labels: NDArray[np.int32]) -> bool:
    """Tell whether a one at an end of a number may be a bracket.

    Parameters
    ----------
    digits : sequence of Found
        Of one number, from left to right; at least one.
    labels : (H, W) int32 ndarray
        Which piece of ink a pixel belongs to, 0 on paper. Not modified.

    Returns
    -------
    bool
        True where both ends are ones that enclose the others, or one end is a one that is higher than the
        others and bent around them.
    """
    if _has_inner_bracket(digits, labels):
        return True
    ends = [digits[0], digits[-1]]
    ones = [end.read.digit == 1 for end in ends]
    if len(digits) < 2 or not any(ones):
        return False
    inner = [digit.placed.box for digit in digits[ones[0] : len(digits) - ones[1]]]
    if not inner:
        return False
    boxes = [end.placed.box for end in ends]
    height = float(median(box.height for box in inner))
    bows = [-_bow(boxes[0], labels), _bow(boxes[1], labels)]
    if all(ones):
        taller = all(box.height >= TALLER * height and _encloses(box, inner) for box in boxes)
        return taller or all(bow >= BOW_OF_TWO for bow in bows)
    return any(
        is_one and box.height >= TALLER * height and bow >= BOW
        for is_one, box, bow in zip(ones, boxes, bows, strict=True)
    )


def _has_inner_bracket(digits: Sequence[Found], labels: NDArray[np.int32]) -> bool:
    """Tell whether a one between two digits is higher than the others and bent, as in ``49(0)30``."""
    others = [digit.placed.box.height for digit in digits if digit.read.digit != 1]
    inner = [digit.placed.box for digit in digits[1:-1] if digit.read.digit == 1]
    if not others:
        return False
    height = float(median(others))
    return any(box.height >= TALLER * height and abs(_bow(box, labels)) >= BOW for box in inner)


def is_tall_stroke_inside(digits: Sequence[Found]) -> bool:
    """Tell whether a one between two digits is higher than any digit: the slash of ``3 1/2``, perhaps.

    Parameters
    ----------
    digits : sequence of Found
        Of one number, from left to right.
    """
    boxes = [digit.placed.box for digit in digits]
    for place in range(1, len(digits) - 1):
        box, others = boxes[place], boxes[:place] + boxes[place + 1 :]
        is_high = box.height >= TALL_STROKE * median(other.height for other in others)
        if digits[place].read.digit == 1 and is_high and _encloses(box, [boxes[place - 1], boxes[place + 1]]):
            return True
    return False


def is_raised(digits: Sequence[Found]) -> bool:
    """Tell whether a digit is written small above the line of the one before: a power, or pence.

    Parameters
    ----------
    digits : sequence of Found
        Of one number, from left to right.
    """
    boxes = [digit.placed.box for digit in digits]
    return any(
        box.height <= SMALL * before.height
        and before.bottom - box.bottom >= RAISED * before.height
        and box.top - before.top <= TOP_BELOW * before.height
        for before, box in pairwise(boxes)
    )


def is_of_two_rows(digits: Sequence[Found]) -> bool:
    """Tell whether a digit lies wholly below or above the one before it.

    Rows that stand close are woven into one now and then.

    Parameters
    ----------
    digits : sequence of Found
        Of one number, from left to right.
    """
    return any(a.placed.box.overlap_y(b.placed.box) <= 0 for a, b in pairwise(digits))


def hangs_low(digits: Sequence[Found]) -> bool:
    """Tell whether a four hangs below the digits beside it: a seven with a hook, or an open nine, perhaps.

    Parameters
    ----------
    digits : sequence of Found
        Of one number, from left to right.
    """
    boxes = [digit.placed.box for digit in digits]
    for place, digit in enumerate(digits):
        beside = boxes[max(0, place - 1) : place] + boxes[place + 1 : place + 2]
        if digit.read.digit == 4 and beside and all(_hangs_beside(boxes[place], box) for box in beside):
            return True
    return False


def _hangs_beside(box: Box, other: Box) -> bool:
    """Tell whether a digit begins about where another one does, and ends well below it."""
    lower = box.bottom - other.bottom >= LOW_FOOT * other.height
    return lower and abs(box.top - other.top) <= LOW_TOP * other.height


def _encloses(box: Box, inner: Sequence[Box]) -> bool:
    """Tell whether a piece reaches as far as the digits beside it, above and below."""
    return box.top <= min(b.top for b in inner) and box.bottom >= max(b.bottom for b in inner)


def _bow(box: Box, labels: NDArray[np.int32]) -> float:
    """Return how far a stroke bends to the right of the line between its ends, over its height."""
    own = labels[box.top : box.bottom, box.left : box.right]
    inked = own[own > 0]
    if not len(inked):
        return 0.0
    rows, columns = np.nonzero(own == np.bincount(inked).argmax())
    height = rows[-1] - rows[0] + 1
    along = (rows - rows[0]) / height
    top, bottom = along < _END, along >= min(1 - _END, along.max())  # a low piece has no row so near its end
    middle = abs(along - 0.5) < _MIDDLE / 2
    ends = (columns[top].mean() + columns[bottom].mean()) / 2
    return float((columns[middle].mean() - ends) / height) if middle.any() else 0.0
