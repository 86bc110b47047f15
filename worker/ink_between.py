"""Ink between digits, or just below them, that was read as nothing: a point or a comma, perhaps.

Whoever accepts ``1770`` where ``17,70`` is written has a wrong number that looks right.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np
from numpy.typing import NDArray

from segmentation.candidates import Strip
from segmentation.geometry import Box, union
from worker.number_records import Found
from worker.sign_ink import labels_of

__all__ = ["InkBetween", "ReadInk", "read_ink"]

#: A comma hangs this far below the digits, as a share of their height.
BELOW = 0.3
#: Less ink than this, in squares of the stroke's width, is dust.
POINT = 0.6
#: Rows that stand close reach into each other. What was read as a digit of the row above or below is no comma
#: where it is at least this high, over the height of the number's own digits,
DIGIT = 0.6
#: and stands this near to another digit, and no higher than it by more than this, both over its height.
BESIDE, HIGHER = 1.5, 0.15
#: A digit that stands alone in its row is wider than a comma is, over its height.
NARROW = 0.4


@dataclass(frozen=True, slots=True)
class ReadInk:
    """What a digit was read from: the components that it holds, and where it stands."""

    box: Box
    labels: frozenset[int]


def read_ink(digits: Iterable[Found], strips: Sequence[Strip]) -> tuple[ReadInk, ...]:
    """Return what each of a page's digits was read from."""
    return tuple(ReadInk(digit.placed.box, frozenset(labels_of(digit, strips))) for digit in digits)


@dataclass(frozen=True, slots=True)
class InkBetween:
    """The ink of a page that may be a sign inside a number.

    Attributes
    ----------
    labels : (H, W) int32 ndarray
        Which component a pixel belongs to, 0 on paper and where there is a sign.
    left_out : (H, W) int32 ndarray, optional
        Pieces of ink that the network of ink left out, numbered; None where it left out none.
    stroke_px : float
        Width of a typical stroke.
    read : tuple of ReadInk
        All digits of the page.
    """

    labels: NDArray[np.int32]
    left_out: NDArray[np.int32] | None
    stroke_px: float
    read: tuple[ReadInk, ...] = ()

    def is_in(self, digits: Sequence[Box]) -> bool:
        """Tell whether something as large as a point stands between digits, or hangs below them.

        Parameters
        ----------
        digits : sequence of Box
            The digits of one number, in px of the working page.

        Returns
        -------
        bool
            False for a single digit: nothing stands between.
        """
        if len(digits) < 2:
            return False
        if self.left_out is not None and self._holds_sign(_between(digits, self.left_out)):
            return True
        rest = _between(digits, self.labels)
        # Whose the ink is, is asked only where there is any: seldom.
        return self._holds_sign(rest) and self._holds_sign(self._without_other_rows(rest, digits))

    def _holds_sign(self, rest: NDArray[np.int32]) -> bool:
        """Tell whether one piece of ink is as large as a point."""
        inked = rest[rest > 0]
        return bool(len(inked)) and int(np.bincount(inked).max()) >= max(4.0, POINT * self.stroke_px**2)

    def _without_other_rows(self, rest: NDArray[np.int32], digits: Sequence[Box]) -> NDArray[np.int32]:
        """Return ink between the digits of a number without the digits of the rows above and below."""
        whole = union(digits)
        rest = rest.copy()
        least_px = DIGIT * float(median(box.height for box in digits))
        for other in self.read:
            box = other.box
            if not _reaches(box, whole, rest.shape[0]):
                continue
            if box.height < least_px or whole.top <= box.centre[1] < whole.bottom:
                continue
            # What begins above the feet of the number, as commas do, may be its comma, alone or with a digit
            # below that it touches.
            if box.centre[1] >= whole.bottom and box.top < _feet_near(digits, box):
                continue
            top, left = max(0, box.top - whole.top), max(0, box.left - whole.left)
            part = rest[top : max(0, box.bottom - whole.top), left : max(0, box.right - whole.left)]
            found = np.intersect1d(part, list(other.labels)).tolist()
            if not found or not self._stands_in_row(box):
                continue
            for label in found:
                if self._height_in(box, label) >= least_px:
                    part[part == label] = 0
        return rest

    def _stands_in_row(self, box: Box) -> bool:
        """Tell whether a digit stands beside others, and begins no higher than they do."""
        beside = [
            other.box.top
            for other in self.read
            if other.box != box
            and other.box.overlap_y(box) > 0.5 * min(other.box.height, box.height)
            and -other.box.overlap_x(box) < BESIDE * box.height
        ]
        if not beside:
            return box.width > NARROW * box.height
        return box.top >= min(beside) - HIGHER * box.height

    def _height_in(self, box: Box, label: int) -> int:
        """Return how high a component is inside of a digit's box, in px."""
        rows = (self.labels[box.top : box.bottom, box.left : box.right] == label).any(axis=1)
        return int(np.ptp(np.flatnonzero(rows))) + 1 if rows.any() else 0


def _reaches(box: Box, whole: Box, height_px: int) -> bool:
    """Tell whether a box has a part between the sides of a number, down to so far below its top."""
    return box.overlap_x(whole) > 0 and box.top < whole.top + height_px and box.bottom > whole.top


def _feet_near(digits: Sequence[Box], box: Box) -> int:
    """Return how far down the two digits of a number reach that are nearest to a box, aside."""
    nearest = sorted(digits, key=lambda digit: abs(digit.centre[0] - box.centre[0]))
    return max(digit.bottom for digit in nearest[:2])


def _between(digits: Sequence[Box], labels: NDArray[np.int32]) -> NDArray[np.int32]:
    """Return the ink between the digits of a number, and just below, without that in their boxes."""
    whole = union(digits)
    bottom = min(labels.shape[0], whole.bottom + round(BELOW * whole.height))
    rest = labels[whole.top : bottom, whole.left : whole.right].copy()
    for box in digits:
        rows = slice(box.top - whole.top, box.bottom - whole.top)
        rest[rows, box.left - whole.left : box.right - whole.left] = 0
    return rest
