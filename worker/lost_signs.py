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
from worker.number_records import Found

__all__ = ["may_lack_sign", "took_point"]

Mask = NDArray[np.bool_]

#: A sign before a number begins within this many heights of its digits, and ends within so many of them;
FAR, NEAR = 1.3, 0.7
#: it may hang this far below them, and what reaches as far above is none.
BELOW, ABOVE = 0.3, 0.15
#: A minus is this wide at least, over the digits' height, and this high at most,
WIDE, FLAT = 0.2, 0.35
#: and its middle lies between these shares of their height.
HIGHEST, LOWEST = 0.2, 0.8
#: A point is so wide and high at most, and its middle lies below this share of their height.
SPECK, LOW = 0.3, 0.75
#: A minus may stand behind a number, too, as in ledgers: what is longer there, over the digits' height, fills
#: the line.
BEHIND = 0.6
#: Less ink than this, in squares of the stroke's width, is dust.
DUST = 0.4


def may_lack_sign(
    digits: Sequence[Found], unread: Mask, stroke_px: float, cells: Sequence[Cell] = ()
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
    before = _alone(_window(unread, first.box, max(0, left), first.box.left, height), height, stroke_px)
    after = _window(unread, last.box, last.box.right, right, height)
    behind = _alone(replace(after, ink=after.ink[:, ::-1]), height, stroke_px)
    return bool(before) or any(sign.is_minus and sign.length_px <= BEHIND * height for sign in behind)


def took_point(first: Found, strips: Sequence[Strip]) -> bool:
    """Tell whether the first digit of a number was read together with what may be a point before it.

    Parameters
    ----------
    first : Found
        As it was read.
    strips : sequence of Strip
        That the page's digits were read from.
    """
    strip = strips[first.placed.strip]
    whole = strip.candidates[first.read.edge]
    pieces = range(whole.start, whole.stop)
    own = [k for k in pieces if strip.labels[k] == strip.labels[whole.start]]
    rest = [k for k in pieces if k not in own]
    if not rest:
        return False
    point, digit = union([strip.pieces[k] for k in own]), union([strip.pieces[k] for k in rest])
    height = digit.height
    is_speck = max(point.width, point.height) <= SPECK * height
    is_low = (point.top + point.bottom) / 2 > digit.top + LOW * height
    return bool(is_speck and is_low and point.right <= digit.left + point.width)


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
class _Sign:
    """What may be a sign."""

    is_minus: bool
    length_px: int


def _window(unread: Mask, box: Box, left: int, right: int, height_px: float) -> _Window:
    """Return the ink between two columns, on the level of a digit."""
    top = max(0, round(box.top - ABOVE * height_px))
    return _Window(unread[top : round(box.bottom + BELOW * height_px), left:right], box.top - top)


def _alone(window: _Window, height_px: float, stroke_px: float) -> list[_Sign]:
    """Return what may be a sign and is the only one of its kind: two and more lead the eye to a number."""
    if not window.ink.any():
        return []
    ink = np.ascontiguousarray(window.ink).view(np.uint8)
    pieces = cv2.connectedComponentsWithStats(ink, connectivity=8)[2][1:]
    shapes = [_is_minus(piece, window.above_px, height_px, stroke_px) for piece in pieces]
    return [
        _Sign(shape, int(piece[cv2.CC_STAT_WIDTH]))
        for shape, piece in zip(shapes, pieces, strict=True)
        if shape is not None and shapes.count(shape) == 1 and _is_near(piece, ink.shape[1], height_px)
    ]


def _is_minus(piece: NDArray[np.int32], above_px: int, height_px: float, stroke_px: float) -> bool | None:
    """Tell whether a piece, as OpenCV measures it, looks like a minus or like a point; None for neither."""
    _, top, width, height, area = piece.tolist()
    if area < DUST * stroke_px**2:
        return None
    middle = (top + height / 2 - above_px) / height_px
    if max(width, height) <= SPECK * height_px and middle > LOW:
        return False
    is_flat = height <= max(FLAT * height_px, RISE * width)
    return True if is_flat and width >= WIDE * height_px and HIGHEST < middle < LOWEST else None


def _is_near(piece: NDArray[np.int32], room_px: int, height_px: float) -> bool:
    """Tell whether a piece ends near the number, and lies in the window as a whole."""
    left, top, width, _, _ = piece.tolist()
    return bool(left > 0 and top > 0 and room_px - (left + width) <= NEAR * height_px)
