"""Ink beside a number that may be its sign, though nothing was read there: a minus, or the point of ``.58``.

Whoever accepts ``12`` where ``-12`` is written has a wrong number that looks right.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import median

import cv2
import numpy as np
from numpy.typing import NDArray

from segmentation.candidates import Strip
from segmentation.cells import Cell
from segmentation.dashes import RISE
from segmentation.geometry import Box, union
from worker.digit_parts import parts_of
from worker.number_records import Found
from worker.sign_text import Sign

__all__ = ["may_lack_sign", "took_point"]

Mask = NDArray[np.bool_]

#: A sign before a number begins within this many heights of its digits, and ends within so many of them;
FAR, NEAR = 1.6, 1.0
#: it may hang this far below them, and what reaches as far above is none.
BELOW, ABOVE = 0.3, 0.15
#: A minus is this wide at least, over the digits' height, and this high at most,
WIDE, FLAT = 0.2, 0.35
#: and its middle lies between these shares of their height.
HIGHEST, LOWEST = 0.2, 0.8
#: A point is so wide and high at most, and its middle lies below this share of their height; a comma is as
#: wide and this high.
SPECK, LOW, COMMA = 0.3, 0.75, 0.5
#: A minus may stand behind a number, too, as in ledgers: what is longer there, over the digits' height, fills
#: the line,
BEHIND = 0.6
#: but not where it is at most so many times as long as a dash in the number: it is another one.
AS_OWN = 1.3
#: Less ink than this, in squares of the stroke's width, is dust. A point before a number is looked for with
#: more care than one inside, where dust between digits is usual.
DUST = 0.4
#: The dots or dashes of a row differ by no more than this in their ink, smaller over larger, and lie on one
#: level, over the digits' height.
ALIKE, LEVEL = 0.6, 0.12
_FEWEST_DASHES, _FEWEST_POINTS = 2, 3


def may_lack_sign(
    digits: Sequence[Found],
    unread: Mask,
    stroke_px: float,
    cells: Sequence[Cell] = (),
    signs: Sequence[Sign] = (),
) -> bool:
    """Tell whether something beside a number has place and shape of its minus, or of a point before it.

    Parameters
    ----------
    digits : sequence of Found
        Of one number, from left to right; at least one.
    unread : (H, W) bool ndarray
        Ink of the page that was read as nothing, and that was left out before. Not modified.
    stroke_px : float
        Width of a typical stroke.
    cells : sequence of Cell
        Areas enclosed by rules: the sign of what stands in one of them stands there as well.
    signs : sequence of Sign
        That were read in the number: a second dash behind it is about as long as its own.

    Returns
    -------
    bool
        False where there is nothing but dust, or something else.
    """
    first, last = digits[0].placed, digits[-1].placed
    height = float(median(digit.placed.box.height for digit in digits))
    reach = round(FAR * height)
    left, right = first.box.left - reach, last.box.right + reach
    if first.cell >= 0:
        left = max(left, min(first.box.left, cells[first.cell].box.left))
    if last.cell >= 0:
        right = min(right, max(last.box.right, cells[last.cell].box.right))
    # A digit beside it may be low, or the whole number slope: on the level of either a minus is one.
    whole = union([digit.placed.box for digit in digits])
    for box in {first.box, whole}:
        if _alone(_window(unread, box, max(0, left), first.box.left, height), height, stroke_px):
            return True
    dashes = (sign.box.width for sign in signs if sign.text == "-")
    longest = max(BEHIND * height, AS_OWN * max(dashes, default=0))
    for box in {last.box, whole}:
        after = _window(unread, box, last.box.right, right, height)
        behind = _alone(replace(after, ink=after.ink[:, ::-1]), height, stroke_px)
        if any(sign.is_minus and sign.length_px <= longest for sign in behind):
            return True
    return False


def took_point(digits: Sequence[Found], strips: Sequence[Strip]) -> bool:
    """Tell whether a digit of a number was read together with what may be a point before or beside it.

    Parameters
    ----------
    digits : sequence of Found
        Of one number, from left to right, as they were read; at least one.
    strips : sequence of Strip
        That the page's digits were read from.

    Returns
    -------
    bool
        True for a point low before the first digit, and for points of any height between two digits.
    """
    last = len(digits) - 1
    return any(
        (beside.is_left and (place > 0 or beside.is_low)) or (not beside.is_left and place < last)
        for place, digit in enumerate(digits)
        for beside in _specks_in(digit, strips)
    )


@dataclass(frozen=True, slots=True)
class _Speck:
    """Something as small as a point that was read as a part of a digit, and stands beside the rest of it."""

    is_left: bool
    is_low: bool


def _specks_in(digit: Found, strips: Sequence[Strip]) -> list[_Speck]:
    body, *others = parts_of(digit, strips)
    found = []
    for box in others:
        is_speck = max(box.width, box.height) <= SPECK * body.height
        middle = (box.left + box.right) / 2
        if is_speck and not body.left < middle < body.right:
            level = ((box.top + box.bottom) / 2 - body.top) / body.height
            found.append(_Speck(middle <= body.left, level > LOW))
    return found


@dataclass(frozen=True, slots=True)
class _Window:
    """Unread ink beside a number, which ends at its right side.

    Attributes
    ----------
    ink : (H, W) bool ndarray
        Of the window.
    above_px : int
        How far it reaches above the digit beside it.
    """

    ink: Mask
    above_px: int


@dataclass(frozen=True, slots=True)
class _Mark:
    """What may be a sign.

    Attributes
    ----------
    is_minus : bool
        It looks like a minus, and not like a point or a comma.
    length_px, area_px : int
        How long it is, and of how much ink.
    level_px : float
        Where its middle lies below the top of the digit beside it.
    """

    is_minus: bool
    length_px: int
    area_px: int
    level_px: float

    def is_like(self, other: "_Mark", height_px: float) -> bool:
        """Tell whether this and another one are of one row of dots or dashes."""
        small, large = sorted((self.area_px, other.area_px))
        is_alike = self.is_minus == other.is_minus and small >= ALIKE * large
        return is_alike and abs(self.level_px - other.level_px) <= LEVEL * height_px


def _window(unread: Mask, box: Box, left: int, right: int, height_px: float) -> _Window:
    """Return the ink between two columns, on the level of a digit."""
    top = max(0, round(box.top - ABOVE * height_px))
    return _Window(unread[top : round(box.bottom + BELOW * height_px), left:right], box.top - top)


def _alone(window: _Window, height_px: float, stroke_px: float) -> list[_Mark]:
    """Return what may be a sign and leads the eye to no number, as several of its kind in a row do."""
    if not window.ink.any():
        return []
    ink = np.ascontiguousarray(window.ink).view(np.uint8)
    pieces = cv2.connectedComponentsWithStats(ink, connectivity=8)[2][1:]
    signs = [_sign_of(piece, window.above_px, height_px, stroke_px) for piece in pieces]
    found = [(sign, piece) for sign, piece in zip(signs, pieces, strict=True) if sign is not None]
    leading = _leaders([sign for sign, _ in found], height_px)
    return [sign for sign, piece in found if sign not in leading and _is_near(piece, ink.shape[1], height_px)]


def _leaders(signs: Sequence[_Mark], height_px: float) -> list[_Mark]:
    """Return those that are the dots or dashes of one row: alike, and on one level.

    Two dashes are a row; of two points one may be the number's, and the other dust.
    """
    found = []
    for sign in signs:
        row = sum(sign.is_like(other, height_px) for other in signs)  # itself, too
        if row >= (_FEWEST_DASHES if sign.is_minus else _FEWEST_POINTS):
            found.append(sign)
    return found


def _sign_of(piece: NDArray[np.int32], above_px: int, height_px: float, stroke_px: float) -> _Mark | None:
    """Return what a piece, as OpenCV measures it, may be: a minus, a point or comma; None for neither."""
    _, top, width, height, area = piece.tolist()
    if area < DUST * stroke_px**2:
        return None
    middle = top + height / 2 - above_px
    level = middle / height_px
    if width <= SPECK * height_px and height <= COMMA * height_px and level > LOW:
        return _Mark(False, width, area, middle)
    is_flat = height <= max(FLAT * height_px, RISE * width)
    if is_flat and width >= WIDE * height_px and HIGHEST < level < LOWEST:
        return _Mark(True, width, area, middle)
    return None


def _is_near(piece: NDArray[np.int32], room_px: int, height_px: float) -> bool:
    """Tell whether a piece ends near the number, and lies in the window as a whole."""
    left, top, width, _, _ = piece.tolist()
    return bool(left > 0 and top > 0 and room_px - (left + width) <= NEAR * height_px)
