"""Cells: the areas that rules enclose, kept as layout when the rules themselves are gone."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import permutations
from math import inf

import cv2
import numpy as np
from numpy.typing import NDArray

from segmentation.geometry import Box
from segmentation.labelling import labelled_areas
from segmentation.rules import Rules

__all__ = ["Cell", "CellMap", "comb_of", "find_cells", "with_walls"]


#: Widest gap in a rule that it goes on over, in heights of the writing.
BRIDGED = 0.5
#: A cell is at least so wide and high, in heights of the writing, fills this share of its box, is no larger
#: than that share of the page, and touches no more of its sides than this.
LEAST_SIDE, FILLS, MOST_OF_PAGE, MOST_EDGES = 0.6, 0.72, 0.4, 1
#: A cell lies above another one that begins lower by more than this share of its height, when they have more
#: than this share of the narrower one's width in common.
ABOVE = 0.5
#: A wall that goes on has no gaps longer than this, in px: dots of a dotted one.
DOT_PX = 3
#: Between two rows of boxes nothing is a cell that is lower than this, in heights of the writing, where less
#: than the first share of its side walls is ink, and of the same walls above and below more than the second.
BETWEEN, BARE, INKED = 1.2, 0.25, 0.6


@dataclass(frozen=True, slots=True)
class Cell:
    """One enclosed area.

    Attributes
    ----------
    box : Box
        In px of the page that the rules were found on.
    comb : int
        Which of the frames with ticks it lies in, whose digits are one number; -1 outside of them.
    above_px, below_px : float
        How far its side walls go on beyond it, or a rule as thick: in a table up to the next row, else no
        farther than the box itself is drawn. Infinite where nobody looked.
    printed : float
        Which share of its ink is print, rules and stains aside; 0.0 where there is none, or nobody looked.
    """

    box: Box
    comb: int = -1
    above_px: float = inf
    below_px: float = inf
    printed: float = 0.0


@dataclass(frozen=True, slots=True)
class CellMap:
    """All cells of a page and which pixel lies in which.

    Attributes
    ----------
    labels : (H, W) int32 ndarray
        Index into `cells`, or -1 outside of all cells.
    cells : tuple of Cell
        From top to bottom by their upper edges.
    """

    labels: NDArray[np.int32]
    cells: tuple[Cell, ...]


def _bridged(rules: Rules, gap_px: int) -> NDArray[np.uint8]:
    """Return the rules, each going on over gaps in its own direction: faint ones come in pieces."""
    along = cv2.getStructuringElement(cv2.MORPH_RECT, (gap_px, 3))
    level = rules.horizontal if rules.lying is None else rules.horizontal | rules.lying
    upright = rules.vertical if rules.standing is None else rules.vertical | rules.standing
    lying = cv2.morphologyEx(level.view(np.uint8), cv2.MORPH_CLOSE, along)
    standing = cv2.morphologyEx(upright.view(np.uint8), cv2.MORPH_CLOSE, along.T)
    return np.asarray(cv2.bitwise_or(lying, standing), np.uint8)


def comb_of(cell: Box, combs: Sequence[Box]) -> int:
    """Return which of the combs holds the middle of a cell, -1 where none does."""
    x, y = cell.centre
    inside = (k for k, comb in enumerate(combs) if comb.left < x < comb.right and comb.top < y < comb.bottom)
    return next(inside, -1)


def _one_row_each(cells: Sequence[Cell]) -> list[Cell]:
    """Take cells out of combs of which some lie above others: that is a table with ticks in it."""
    combs: dict[int, list[Box]] = defaultdict(list)
    for cell in cells:
        combs[cell.comb].append(cell.box)
    tables = {
        comb
        for comb, boxes in combs.items()
        if comb >= 0 and any(_is_above(upper, lower) for upper, lower in permutations(boxes, 2))
    }
    return [replace(cell, comb=-1) if cell.comb in tables else cell for cell in cells]


def _is_above(upper: Box, lower: Box) -> bool:
    """Tell whether one box lies above another one, a slope of the page aside."""
    beside = upper.overlap_x(lower) <= ABOVE * min(upper.width, lower.width)
    return not beside and lower.top - upper.top > ABOVE * upper.height


def _is_between_boxes(box: Box, rules: Rules, lowest_px: float, reach_px: int) -> bool:
    """Tell whether an area is the gap between rows of boxes, or columns, where walls seem to go on.

    Pale rules are looked for beyond the ends of inked ones, and walls of boxes that stand right above each
    other seem to be broken rules.
    """
    turned = Box(box.top, box.left, box.bottom, box.right)
    return (box.height < lowest_px and _is_bare(rules.vertical, box, reach_px)) or (
        box.width < lowest_px and _is_bare(rules.horizontal.T, turned, reach_px)
    )


def _is_bare(upright: NDArray[np.bool_], box: Box, reach_px: int) -> bool:
    """Tell whether the walls beside an area have no ink, and the same walls above and below have."""
    for wall in (box.left, box.right):
        columns = slice(max(0, wall - reach_px), wall + reach_px)
        inked = np.asarray(upright[:, columns].any(axis=1))
        above = inked[max(0, box.top - reach_px - box.height) : max(0, box.top - reach_px)]
        below = inked[box.bottom + reach_px : box.bottom + reach_px + box.height]
        if not len(above) or not len(below) or min(above.mean(), below.mean()) < INKED:
            return False
        if inked[box.top : box.bottom].mean() > BARE:
            return False
    return True


def with_walls(cells: CellMap, ink: NDArray[np.bool_], reach_px: int) -> CellMap:
    """Measure how far the side walls of each cell go on above it and below it.

    Parameters
    ----------
    cells : CellMap
        Of a page. Not modified.
    ink : (H, W) bool ndarray
        Its rules. Not modified.
    reach_px : int
        How far a wall may lie from the area beside it.

    Returns
    -------
    CellMap
        The same cells, each with what was measured, as far as a cell's own height.
    """
    measured = []
    for cell in cells.cells:
        box = cell.box
        walls = [slice(max(0, side - reach_px), side + reach_px) for side in (box.left, box.right)]
        above, below = (
            slice(max(0, box.top - box.height), box.top),
            slice(box.bottom, box.bottom + box.height),
        )
        measured.append(
            replace(
                cell,
                above_px=max(_run(ink[above, wall][::-1]) for wall in walls),
                below_px=max(_run(ink[below, wall]) for wall in walls),
            )
        )
    return replace(cells, cells=tuple(measured))


def _run(ink: NDArray[np.bool_]) -> float:
    """Return how many rows ink goes on from the first, gaps of dots aside."""
    at = np.flatnonzero(ink.any(axis=1))
    if not len(at) or at[0] > DOT_PX:
        return 0.0
    broken = np.flatnonzero(np.diff(at) > DOT_PX + 1)
    return float(at[broken[0]] if len(broken) else at[-1]) + 1.0


def find_cells(rules: Rules, height_px: float) -> CellMap:
    """Find the areas enclosed by rules.

    Small gaps in the rules are closed first. An area counts when it fills most of its own
    box, could hold a symbol, and is not the better part of the page.

    Parameters
    ----------
    rules : Rules
        Of the page.
    height_px : float
        Writing height in px: bounds what a cell can be.

    Returns
    -------
    CellMap
        Without cells where the page has no boxes.
    """
    # All of it is one number, which takes no memory.
    none = CellMap(np.broadcast_to(np.int32(-1), rules.horizontal.shape), ())
    if not (rules.horizontal.any() and rules.vertical.any()):
        return none
    walls = _bridged(rules, round(BRIDGED * height_px))
    gap = max(3, round(0.25 * height_px)) | 1
    closed = cv2.morphologyEx(walls, cv2.MORPH_CLOSE, np.ones((gap, gap), np.uint8))
    labels, stats = labelled_areas(closed == 0)
    page_height, page_width = walls.shape
    found: list[tuple[Box, int]] = []
    for label, (left, top, width, height, area) in enumerate(stats[1:].tolist(), start=1):
        edges = (left == 0) + (top == 0) + (left + width == page_width) + (top + height == page_height)
        if min(width, height) < LEAST_SIDE * height_px or area < FILLS * width * height:
            continue
        if edges > MOST_EDGES or area > MOST_OF_PAGE * labels.size:
            continue
        box = Box(left, top, left + width, top + height)
        if not _is_between_boxes(box, rules, BETWEEN * height_px, gap):
            found.append((box, label))
    if not found:
        return none
    found.sort(key=lambda item: (item[0].top, item[0].left))
    index = np.full(len(stats), -1, np.int32)
    for position, (_, label) in enumerate(found):
        index[label] = position
    cells = [Cell(box, comb_of(box, rules.combs)) for box, _ in found]
    return CellMap(np.asarray(np.take(index, labels), np.int32), tuple(_one_row_each(cells)))
