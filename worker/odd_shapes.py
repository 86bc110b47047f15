"""What is no digit by how it is drawn: rings around digits, circles of forms, points that lie on rules."""

from collections.abc import Sequence
from itertools import pairwise, permutations
from statistics import median

import cv2
import numpy as np
from numpy.typing import NDArray

from segmentation.cells import Cell
from segmentation.geometry import Box
from worker.number_records import Found

__all__ = ["has_point_on_rule", "is_ringed", "may_be_circle", "may_be_cut"]

Mask = NDArray[np.bool_]

#: A digit that lies so far inside of another one's box is enclosed by it.
INSIDE = 0.8
#: The outline of a drawn circle strays from its mean radius by less than this; of written noughts hardly
#: one in a thousand does.
ROUND = 0.03
#: A rule is looked for so far above and below the feet of a number, over its digits' height, and lies under
#: this share of it.
AROUND, UNDER = 0.3, 0.7
#: What ends a number this near to the side of its page, over its digits' height, may go on beyond it, where
#: ink touches the side over no more than this share of the number's height: along more runs the page's edge.
BESIDE, ALONG = 1.0, 0.9
#: The side is so many px wide, and feet and heads of digits are left out by this share: other lines reach in.
_SIDE_PX, _LEVEL = 2, 0.1
#: A point makes a rule thicker by so many strokes, and is this many of them wide at least and at most.
THICKER, NARROW, WIDE = 0.5, 0.5, 3.0


def is_ringed(digits: Sequence[Found]) -> bool:
    """Tell whether a digit of a number lies inside of another one: that is the ring around the number."""
    boxes = [digit.placed.box for digit in digits]
    return any(_shared(a, b) >= INSIDE * b.width * b.height for a, b in permutations(boxes, 2))


def _shared(one: Box, other: Box) -> int:
    width = min(one.right, other.right) - max(one.left, other.left)
    height = min(one.bottom, other.bottom) - max(one.top, other.top)
    return max(0, width) * max(0, height)


def may_be_circle(digits: Sequence[Found], ink: Mask) -> bool:
    """Tell whether a nought of a number is as round as circles that forms print and punches leave."""
    return any(digit.read.digit == 0 and _strays(digit.placed.box, ink) < ROUND for digit in digits)


def _strays(box: Box, ink: Mask) -> float:
    """Return how far the outline in a box is from a circle: the spread of its radius over the mean."""
    inside = np.pad(ink[box.top : box.bottom, box.left : box.right], 1).view(np.uint8)
    contours, _ = cv2.findContours(inside, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    outline = max(contours, key=len, default=None)
    moments = {"m00": 0.0} if outline is None else cv2.moments(outline)
    if outline is None or moments["m00"] <= 0:
        return 1.0
    middle = np.array([moments["m10"], moments["m01"]]) / moments["m00"]
    radii = np.linalg.norm(outline[:, 0] - middle, axis=1)
    return float(radii.std() / radii.mean())


def has_point_on_rule(
    digits: Sequence[Found], rules: Mask, stroke_px: float, cells: Sequence[Cell] = ()
) -> bool:
    """Tell whether the rule under a number is thicker between two digits: by a point that lies on it.

    Parameters
    ----------
    digits : sequence of Found
        Of one number, from left to right.
    rules : (H, W) bool ndarray
        Ink that was taken out as rules.
    stroke_px : float
        Width of a typical stroke.
    cells : sequence of Cell
        Of the page: in a frame with ticks the rule is thicker between all digits.
    """
    boxes = [digit.placed.box for digit in digits]
    height, foot = median(box.height for box in boxes), max(box.bottom for box in boxes)
    left = max(0, boxes[0].left - round(height))
    top, bottom = max(0, round(foot - AROUND * height)), round(foot + AROUND * height)
    thick = rules[top:bottom, left : boxes[-1].right + round(height)].sum(axis=0)
    own = thick[boxes[0].left - left : boxes[-1].right - left]
    own_cells = {digit.placed.cell for digit in digits}
    ticked = any(cells[cell].comb >= 0 for cell in own_cells if 0 <= cell < len(cells))
    walled = len(own_cells) > 1 or ticked  # walls make rules thicker, too, and so do ticks
    if len(boxes) < 2 or walled or not len(own) or np.mean(own > 0) <= UNDER:
        return False
    least = np.median(thick[thick > 0]) + max(2.0, THICKER * stroke_px)
    for before, after in pairwise(boxes):
        start, stop = sorted((before.right, after.left))
        wide = int((thick[max(0, start - 2 - left) : stop + 2 - left] >= least).sum())
        if max(2.0, NARROW * stroke_px) <= wide <= WIDE * stroke_px:
            return True
    return False


def may_be_cut(digits: Sequence[Found], ink: Mask, stroke_px: float) -> bool:
    """Tell whether a number may go on beyond the left or right side of its page.

    Parameters
    ----------
    digits : sequence of Found
        Of one number, from left to right; at least one.
    ink : (H, W) bool ndarray
        All ink of the page, before rules were taken out.
    stroke_px : float
        Width of a typical stroke.
    """
    boxes = [digit.placed.box for digit in digits]
    height = median(box.height for box in boxes)
    margin = round(_LEVEL * height)
    rows = slice(min(box.top for box in boxes) + margin, max(box.bottom for box in boxes) - margin)
    sides = []
    if boxes[0].left <= BESIDE * height:
        sides.append(ink[rows, :_SIDE_PX])
    if boxes[-1].right >= ink.shape[1] - BESIDE * height:
        sides.append(ink[rows, -_SIDE_PX:])
    touched = [(side.any(axis=1).sum(), len(side)) for side in sides]
    return any(max(2.0, stroke_px / 2) <= inked < ALONG * length for inked, length in touched)
