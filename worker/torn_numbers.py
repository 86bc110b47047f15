"""Numbers that may be parts of one, and digits that may be numbers of their own, by what stands beside them.

Whoever accepts ``21`` and ``30`` where ``21:30`` is written has two numbers that look right.
"""

from collections.abc import Sequence
from itertools import pairwise
from statistics import median

import numpy as np

from segmentation.geometry import union
from segmentation.numbers import PlacedDigit
from worker.ink_between import InkBetween
from worker.number_records import Found

__all__ = ["Neighbours", "is_wide"]

#: What stands beside a number shares this much of its height, or of its own where it is lower.
LEVEL = 0.5
#: Numbers that a sign parts stand no farther apart than this, over the height of their digits.
APART = 1.3
#: Digits that stand nearer than this, over their height, are of one number.
TORN = 0.45
#: Digits that stand farther apart than this, over their height, may be numbers of their own.
WIDE = 1.8


class Neighbours:
    """The digits of a page, and which of them stand right beside a number.

    Parameters
    ----------
    digits : sequence of PlacedDigit
        All of the page.
    """

    def __init__(self, digits: Sequence[PlacedDigit]) -> None:
        self._digits = digits
        boxes = [(box.left, box.top, box.right, box.bottom) for box in (digit.box for digit in digits)]
        # Each side in one piece: all digits of the page are held against each number.
        self._sides = np.ascontiguousarray(np.array(boxes, np.int64).reshape(-1, 4).T)

    def have_sign_between(self, digits: Sequence[Found], between: InkBetween) -> bool:
        """Tell whether ink as large as a point stands between a number and that beside it, in its cell.

        Parameters
        ----------
        digits : sequence of Found
            Of the number, from left to right; at least one.
        between : InkBetween
            Ink of the page that may be a sign.
        """
        height = _height(digits)
        return any(
            own.cell == other.cell
            and 0 < _gap(own, other) <= APART * height
            and between.is_in(sorted((own.box, other.box)))
            for own, other in self._beside(digits)
        )

    def stand_as_digits(self, digits: Sequence[Found]) -> bool:
        """Tell whether a number stands as near to that beside it as the digits of one number do.

        Parameters
        ----------
        digits : sequence of Found
            Of the number, from left to right; at least one.
        """
        height = _height(digits)
        return any(
            (own.cell == other.cell or min(own.cell, other.cell) < 0) and _gap(own, other) < TORN * height
            for own, other in self._beside(digits)
        )

    def _beside(self, digits: Sequence[Found]) -> list[tuple[PlacedDigit, PlacedDigit]]:
        """Return the first and the last digit of a number, each with that of another number beside it."""
        whole = union([digit.placed.box for digit in digits])
        left, top, right, bottom = self._sides
        shared = np.minimum(bottom, whole.bottom) - np.maximum(top, whole.top)
        level = shared > LEVEL * np.minimum(bottom - top, whole.height)
        before = np.flatnonzero(level & (left + right < 2 * whole.left))
        after = np.flatnonzero(level & (left + right > 2 * whole.right))
        found = []
        if len(before):
            found.append((digits[0].placed, self._digits[before[right[before].argmax()]]))
        if len(after):
            found.append((digits[-1].placed, self._digits[after[left[after].argmin()]]))
        return found


def is_wide(digits: Sequence[Found]) -> bool:
    """Tell whether digits that no boxes of their own hold stand as far apart as numbers do.

    Parameters
    ----------
    digits : sequence of Found
        Of one number, from left to right.
    """
    height = _height(digits)
    placed = [digit.placed for digit in digits]
    return any(a.cell == b.cell and _gap(a, b) > WIDE * height for a, b in pairwise(placed))


def _height(digits: Sequence[Found]) -> float:
    return float(median(digit.placed.box.height for digit in digits))


def _gap(digit: PlacedDigit, other: PlacedDigit) -> int:
    """Return how far apart two digits stand, in px; negative where one reaches over the other."""
    return -digit.box.overlap_x(other.box)
