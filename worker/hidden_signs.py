"""Signs that a digit or a rule swallowed: a minus that touches the digit behind it."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from segmentation.candidates import Strip
from segmentation.geometry import Box
from worker.digit_parts import parts_of
from worker.number_records import Found

__all__ = ["took_dash"]

#: A dash that touches a digit from the left is this long at least, over the digit's height and in strokes, so
#: many strokes high at most, lies between these shares of the digit's height, and on one level, in strokes.
LONG, STROKES, THIN, HIGHEST, LOWEST, LEVEL = 0.3, 3.0, 1.6, 0.25, 0.72, 0.5
#: One that was read with a digit is no higher than this, over the height of the rest of it, reaches into it
#: over no more than this share of its width, and its middle lies between these shares of its height.
FLAT, INTO, TOP, FOOT = 0.3, 0.25, 0.2, 0.8


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
