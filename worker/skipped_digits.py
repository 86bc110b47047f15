"""Ink beside a number that was read as nothing, and may be a digit that was skipped, or a part of one.

Whoever accepts ``993`` and ``437`` where ``9935437`` is written has two numbers that look right.
"""

from collections.abc import Sequence
from itertools import pairwise
from statistics import median

import cv2
import numpy as np
from numpy.typing import NDArray

from segmentation.cells import Cell
from segmentation.geometry import Box, union
from worker.number_records import Found

__all__ = ["may_end_on_wall", "may_skip_digit"]

#: A digit of a number begins as near as this, over the height of its digits,
BESIDE = 0.7
#: or as so many times the widest gap between its digits.
AS_OWN = 1.3
#: It is at least so high, over their height,
LOWEST = 0.7
#: no wider than this,
WIDEST = 1.3
#: and reaches no farther above or below them.
BEYOND = 0.3
#: A bar of a digit is at least so long, over their height, and ends this near to the wall with its stem.
SHORTEST, WALL = 0.25, 0.2


def may_skip_digit(digits: Sequence[Found], unread: NDArray[np.bool_], cells: Sequence[Cell] = ()) -> bool:
    """Tell whether unread ink stands beside a number where its next digit would, and as high.

    Parameters
    ----------
    digits : sequence of Found
        Of one number, from left to right; at least one.
    unread : (H, W) bool ndarray
        Ink of the page that was read as nothing. Not modified.
    cells : sequence of Cell
        Areas enclosed by rules: what stands in another one is no digit of the number.
    """
    boxes = [digit.placed.box for digit in digits]
    whole, height = union(boxes), _height(boxes)
    gap = max((-a.overlap_x(b) for a, b in pairwise(boxes)), default=0)
    near = round(max(BESIDE * height, AS_OWN * gap))
    far = near + round(WIDEST * height) + 1
    left, right = max(0, whole.left - far), whole.right + far
    first, last = digits[0].placed, digits[-1].placed
    if first.cell >= 0:
        left = max(left, min(whole.left, cells[first.cell].box.left))
    if last.cell >= 0:
        right = min(right, max(whole.right, cells[last.cell].box.right))
    top = max(0, round(whole.top - BEYOND * height))
    rows = unread[top : round(whole.bottom + BEYOND * height)]
    before, after = rows[:, left : whole.left][:, ::-1], rows[:, whole.right : right]
    return any(_begins_digit(side, near, height) for side in (before, after))


def may_end_on_wall(digits: Sequence[Found], unread: NDArray[np.bool_], cells: Sequence[Cell]) -> bool:
    """Tell whether unread ink runs from behind a number to the wall of its cell: a bar of a digit, perhaps.

    Its stem was taken for a part of the wall that it stands on. Longer ink fills the line.

    Parameters
    ----------
    digits : sequence of Found
        Of one number, from left to right; at least one.
    unread : (H, W) bool ndarray
        Ink of the page that was read as nothing. Not modified.
    cells : sequence of Cell
        Areas enclosed by rules.
    """
    boxes = [digit.placed.box for digit in digits]
    whole, height, cell = union(boxes), _height(boxes), digits[-1].placed.cell
    if cell < 0 or cells[cell].box.right <= whole.right:
        return False
    behind = unread[whole.top : whole.bottom, whole.right : cells[cell].box.right]
    return any(
        piece.left < BESIDE * height
        and SHORTEST * height <= piece.width <= WIDEST * height
        and piece.right >= behind.shape[1] - WALL * height
        for piece in _pieces(behind)
    )


def _begins_digit(ink: NDArray[np.bool_], near: int, height_px: float) -> bool:
    """Tell whether a piece as high as a digit begins in the first columns, and lies in the ink as a whole."""
    return any(
        piece.left < near
        and piece.top > 0
        and piece.bottom < ink.shape[0]
        and piece.height >= LOWEST * height_px
        and piece.width <= WIDEST * height_px
        for piece in _pieces(ink)
    )


def _pieces(ink: NDArray[np.bool_]) -> list[Box]:
    """Return the boxes around the pieces of ink in a window, where there is any: seldom."""
    if not ink.any():
        return []
    found = cv2.connectedComponentsWithStats(np.ascontiguousarray(ink).view(np.uint8), connectivity=8)[2]
    return [Box(x, y, x + width, y + height) for x, y, width, height, _ in found[1:].tolist()]


def _height(boxes: Sequence[Box]) -> float:
    return float(median(box.height for box in boxes))
