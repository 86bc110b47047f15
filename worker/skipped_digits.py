"""Ink beside a number that was read as nothing, and is as high as its digits: one that was skipped, perhaps.

Whoever accepts ``993`` and ``437`` where ``9935437`` is written has two numbers that look right.
"""

from collections.abc import Sequence
from itertools import pairwise
from statistics import median

import cv2
import numpy as np
from numpy.typing import NDArray

from segmentation.cells import Cell
from segmentation.geometry import union
from worker.number_records import Found

__all__ = ["may_skip_digit"]

#: A digit of a number begins as near as this, over the height of its digits,
BESIDE = 0.7
#: or as so many times the widest gap between its digits.
AS_OWN = 1.3
#: It is at least so high and at most, over their height,
LOWEST, HIGHEST = 0.7, 1.5
#: and no wider than this.
WIDEST = 1.3
#: It reaches no farther above or below them.
BEYOND = 0.3


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
    whole, height = union(boxes), float(median(box.height for box in boxes))
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


def _begins_digit(ink: NDArray[np.bool_], near: int, height_px: float) -> bool:
    """Tell whether a piece as high as a digit begins in the first columns, and lies in the ink as a whole."""
    if not ink[:, :near].any():
        return False
    pieces = cv2.connectedComponentsWithStats(np.ascontiguousarray(ink).view(np.uint8), connectivity=8)[2]
    for left, top, width, height, _ in pieces[1:].tolist():
        is_whole = top > 0 and top + height < ink.shape[0]
        is_digit = LOWEST * height_px <= height <= HIGHEST * height_px and width <= WIDEST * height_px
        if left < near and is_whole and is_digit:
            return True
    return False
