"""Ink before a number that may be its sign, though nothing was read there: a minus, or the point of ``.58``.

Whoever accepts ``12`` where ``-12`` is written has a wrong number that looks right.
"""

from collections.abc import Sequence
from enum import Enum
from statistics import median

import cv2
import numpy as np
from numpy.typing import NDArray

from segmentation.candidates import Strip
from segmentation.cells import Cell
from segmentation.dashes import RISE
from segmentation.geometry import union
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
#: Less ink than this, in squares of the stroke's width, is dust.
DUST = 0.4


def may_lack_sign(
    digits: Sequence[Found], unread: Mask, stroke_px: float, cells: Sequence[Cell] = ()
) -> bool:
    """Tell whether something before a number has the place and the shape of a minus or of a point.

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
    first = digits[0].placed
    box, height = first.box, float(median(digit.placed.box.height for digit in digits))
    left = max(0, round(box.left - FAR * height))
    if first.cell >= 0:
        left = max(left, min(box.left, cells[first.cell].box.left))
    top = max(0, round(box.top - ABOVE * height))
    window = unread[top : round(box.bottom + BELOW * height), left : box.left]
    if not window.any():
        return False
    pieces = cv2.connectedComponentsWithStats(window.view(np.uint8), connectivity=8)[2][1:]
    shapes = [_shape(piece, box.top - top, height, stroke_px) for piece in pieces]
    near = [_is_near(piece, window.shape[1], height) for piece in pieces]
    # One alone: two and more lead the eye from a label to its number.
    return any(
        shapes.count(shape) == 1 and near[shapes.index(shape)] for shape in (_Shape.MINUS, _Shape.POINT)
    )


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


class _Shape(Enum):
    """What a piece of ink looks like."""

    MINUS = "minus"
    POINT = "point"


def _shape(piece: NDArray[np.int32], above_px: int, height_px: float, stroke_px: float) -> _Shape | None:
    """Return what a piece looks like, as OpenCV measures it in the window before a number."""
    _, top, width, height, area = piece.tolist()
    if area < DUST * stroke_px**2:
        return None
    middle = (top + height / 2 - above_px) / height_px
    if max(width, height) <= SPECK * height_px and middle > LOW:
        return _Shape.POINT
    is_flat = height <= max(FLAT * height_px, RISE * width)
    return _Shape.MINUS if is_flat and width >= WIDE * height_px and HIGHEST < middle < LOWEST else None


def _is_near(piece: NDArray[np.int32], room_px: int, height_px: float) -> bool:
    """Tell whether a piece ends near the number, and lies in the window as a whole."""
    left, top, width, _, _ = piece.tolist()
    return bool(left > 0 and top > 0 and room_px - (left + width) <= NEAR * height_px)
