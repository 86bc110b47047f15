"""Strokes beside a number that the network of ink left out, and that may be its first or last digit.

Whoever accepts ``85`` where ``185`` is written has a wrong number that looks right.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

import cv2
import numpy as np
from numpy.typing import NDArray

from segmentation.geometry import Box
from worker.number_records import Found

__all__ = ["may_lack_digit", "may_lack_one"]

#: A one is so high, over the height of the digits, at least and at most,
LEAST, MOST = 0.7, 1.4
#: no wider than this over its own height, and shares this much of it with the digit beside it.
SLIM, SHARED = 0.45, 0.7
#: It stands as near as this to the number, over the height of its digits.
NEAR = 0.8
#: Any other digit is so high, over the height of the digits, no wider than this, and stands as near as this,
#: or reaches over the number a little.
LOWEST, HIGHEST, WIDEST, BESIDE, OVER = 0.8, 1.3, 1.3, 0.4, -0.1
#: What has something as high as this beside it, as near as this, away from the number, is a letter of a word.
LETTER, APART = 0.3, 0.7


def may_lack_one(digits: Sequence[Found], left_out: NDArray[np.int32] | None) -> bool:
    """Tell whether a stroke that was left out stands where a one of the number would.

    Parameters
    ----------
    digits : sequence of Found
        Of one number, from left to right; at least one.
    left_out : (H, W) int32 ndarray, optional
        Pieces of ink that the network of ink left out, numbered; None where it left out none.

    Returns
    -------
    bool
        False where there is nothing, something else, or a word.
    """
    return any(side.has(side.is_one) for side in _sides(digits, left_out))


def may_lack_digit(digits: Sequence[Found], left_out: NDArray[np.int32] | None) -> bool:
    """Tell whether something as large as a digit was left out right beside a number.

    Parameters
    ----------
    digits : sequence of Found
        Of one number, from left to right; at least one.
    left_out : (H, W) int32 ndarray, optional
        Pieces of ink that the network of ink left out, numbered; None where it left out none.

    Returns
    -------
    bool
        False where there is nothing, a mere stroke, something else, or a word.
    """
    return any(side.has(side.is_digit) for side in _sides(digits, left_out))


def _sides(digits: Sequence[Found], left_out: NDArray[np.int32] | None) -> list["_Side"]:
    if left_out is None:
        return []
    height = float(median(digit.placed.box.height for digit in digits))
    first, last = digits[0].placed.box, digits[-1].placed.box
    return [_Side(first, height, left_out, is_left=True), _Side(last, height, left_out, is_left=False)]


@dataclass(frozen=True, slots=True)
class _Side:
    """What was left out beside one end of a number."""

    digit: Box
    height_px: float
    left_out: NDArray[np.int32]
    is_left: bool

    def has(self, is_sought: Callable[[Box], bool]) -> bool:
        """Tell whether a piece is what is sought, and is not of a word."""
        pieces = self._pieces()
        return any(is_sought(piece) and not self._goes_on(piece, pieces) for piece in pieces)

    def is_one(self, piece: Box) -> bool:
        is_high = LEAST * self.height_px <= piece.height <= MOST * self.height_px
        is_slim = piece.width <= SLIM * piece.height
        return is_high and is_slim and self._gap(piece) <= NEAR * self.height_px and self._is_beside(piece)

    def is_digit(self, piece: Box) -> bool:
        is_high = LOWEST * self.height_px <= piece.height <= HIGHEST * self.height_px
        is_wide = SLIM * piece.height < piece.width <= WIDEST * self.height_px
        is_near = OVER * self.height_px <= self._gap(piece) <= BESIDE * self.height_px
        return is_high and is_wide and is_near and self._is_beside(piece)

    def _gap(self, piece: Box) -> int:
        return self.digit.left - piece.right if self.is_left else piece.left - self.digit.right

    def _is_beside(self, piece: Box) -> bool:
        return piece.overlap_y(self.digit) >= SHARED * piece.height

    def _pieces(self) -> list[Box]:
        """Return the pieces beside the number, as far as two digits would reach, and some way up and down."""
        reach, rise = round(2 * (NEAR + APART) * self.height_px), round(self.height_px)
        left = self.digit.left - reach if self.is_left else self.digit.right
        right = self.digit.left if self.is_left else self.digit.right + reach
        top, left = max(0, self.digit.top - rise), max(0, left)
        part = self.left_out[top : self.digit.bottom + rise, left : max(left, right)]
        if not part.any():
            return []
        ink = np.ascontiguousarray(part > 0).view(np.uint8)
        stats = cv2.connectedComponentsWithStats(ink, connectivity=8)[2][1:]
        return [Box(left + x, top + y, left + x + w, top + y + h) for x, y, w, h, _ in stats.tolist()]

    def _goes_on(self, piece: Box, pieces: Sequence[Box]) -> bool:
        """Tell whether another piece stands beside one, away from the number."""
        for other in pieces:
            away = piece.left - other.right if self.is_left else other.left - piece.right
            is_letter = other.height >= LETTER * self.height_px and other.overlap_y(piece) > 0
            if other != piece and is_letter and -piece.width <= away <= APART * self.height_px:
                return True
        return False
