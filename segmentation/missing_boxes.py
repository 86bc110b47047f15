"""Boxes of a row that nothing encloses: a wall is torn, or was taken for a stroke, and its area runs out.

How a row goes from box to box is told by the boxes that were found.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from statistics import median

import cv2
import numpy as np
from numpy.typing import NDArray

from segmentation.cells import Cell, CellMap, comb_of
from segmentation.combs import rows_of_cells
from segmentation.geometry import Box

__all__ = ["completed_rows"]

#: A row of one box goes on as others of its page do, when that many steps from box to box are known.
STEPS = 3
#: Boxes are alike when they differ by no more than this share of their width and height.
ALIKE = 0.15
#: A box has so much of each side drawn, and of all four on average.
SIDE, AROUND = 0.35, 0.75
#: What is found has no more than the first share in common with a cell that is there; one that holds more
#: than the second of it, and has no room for another box, is this box and walls that were not taken out.
COMMON, HELD = 0.1, 0.9
#: How far a side may lie from where it is looked for, as a share of the box's shorter side.
ASTRAY = 0.08


@dataclass(frozen=True, slots=True)
class _Step:
    """From one box of a row to the next."""

    right: float
    down: float

    @property
    def back(self) -> "_Step":
        return _Step(-self.right, -self.down)

    def wall_px(self, box: Box) -> int:
        """Return how much lies between two boxes of the row."""
        return max(1, round(abs(self.right)) - box.width)


@dataclass(slots=True)
class _Rows:
    """The cells of a page while its rows are completed."""

    ink: NDArray[np.bool_]
    boxes: list[Box]
    #: Which cells got another box, and walls of what was found: (box, their width).
    changed: set[int] = field(default_factory=set)
    walls: list[tuple[Box, int]] = field(default_factory=list)
    _sides: NDArray[np.int64] = field(init=False)

    def __post_init__(self) -> None:
        self._sides = np.array([_sides(box) for box in self.boxes], np.int64).reshape(-1, 4)

    def go_on(self, box: Box, step: _Step) -> None:
        """Find the boxes that follow one, step by step, until a place is taken or has no box."""
        wall_px = step.wall_px(box)
        for following in self._places(box, step):
            if not _is_drawn(following, wall_px, self.ink):
                return
            held = self._held(following)
            if not self._is_free(following, held, step):
                return
            if held:
                self.boxes[held[0]] = following
                self._sides[held[0]] = _sides(following)
            else:
                self.boxes.append(following)
                self._sides = np.vstack([self._sides, _sides(following)])
            self.changed.add(held[0] if held else len(self.boxes) - 1)
            self.walls.append((following, wall_px))

    def _held(self, place: Box) -> list[int]:
        """Return which cells have a part in common with a place."""
        left, top, right, bottom = self._sides.T
        across = np.minimum(right, place.right) - np.maximum(left, place.left)
        along = np.minimum(bottom, place.bottom) - np.maximum(top, place.top)
        common = np.maximum(across, 0) * np.maximum(along, 0)
        return [int(k) for k in np.flatnonzero(common > COMMON * (place.width * place.height))]

    def _places(self, box: Box, step: _Step) -> Iterator[Box]:
        """Yield where the boxes after one would lie, as far as the page goes."""
        height, width = self.ink.shape
        count = 1
        while True:
            right, down = round(count * step.right), round(count * step.down)
            place = Box(box.left + right, box.top + down, box.right + right, box.bottom + down)
            if min(place.left, place.top) < 0 or place.right > width or place.bottom > height:
                return
            yield place
            count += 1

    def _is_free(self, place: Box, held: Sequence[int], step: _Step) -> bool:
        """Tell whether no cell is at a place, or one that is this box with its walls."""
        if not held:
            return True
        other = self.boxes[held[0]]
        widest = 2 * abs(step.right) - place.width
        return (
            len(held) == 1
            and held[0] not in self.changed
            and (1 + ALIKE) * place.width < other.width <= widest
            and _common(place, other) > HELD
        )


def completed_rows(
    cells: CellMap, ink: NDArray[np.bool_], combs: Sequence[Box] = ()
) -> tuple[CellMap, NDArray[np.bool_] | None]:
    """Find the boxes with which rows of boxes go on, where their four sides are drawn for the most part.

    Parameters
    ----------
    cells : CellMap
        What rules enclose. Not modified.
    ink : (H, W) bool ndarray
        All strokes of the page, rules among them. Not modified.
    combs : sequence of Box
        Frames that ticks part: what is found in one belongs to it.

    Returns
    -------
    cells : CellMap
        With these boxes, sorted anew; the same object where none is found.
    walls : (H, W) bool ndarray or None
        Where their walls are; None where none is found.
    """
    rows = [[cells.cells[index].box for index in row] for row in rows_of_cells(cells.cells)]
    steps = [_step_of(row) for row in rows]
    known = [(row[0], step) for row, step in zip(rows, steps, strict=True) if step is not None]
    found = _Rows(ink, [cell.box for cell in cells.cells])
    for row, own in zip(rows, steps, strict=True):
        step = own or _step_like(row[0], known)
        if step is not None:
            found.go_on(row[-1], step)
            found.go_on(row[0], step.back)
    return (_anew(cells, found, combs), _drawn_walls(found)) if found.changed else (cells, None)


def _step_of(row: Sequence[Box]) -> _Step | None:
    """Return how a row goes from box to box, None where it has one alone."""
    if len(row) < 2:
        return None
    return _Step(
        median(after.left - before.left for before, after in pairwise(row)),
        median(after.top - before.top for before, after in pairwise(row)),
    )


def _step_like(box: Box, known: Sequence[tuple[Box, _Step]]) -> _Step | None:
    """Return how rows of like boxes go from one to the next, None where the page has too few."""
    like = [step for other, step in known if _is_like(box, other)]
    if len(like) < STEPS:
        return None
    return _Step(median(step.right for step in like), median(step.down for step in like))


def _is_like(box: Box, other: Box) -> bool:
    return (
        abs(box.width - other.width) <= ALIKE * other.width
        and abs(box.height - other.height) <= ALIKE * other.height
    )


def _sides(box: Box) -> tuple[int, int, int, int]:
    return box.left, box.top, box.right, box.bottom


def _common(box: Box, other: Box) -> float:
    """Return how much of a box another one covers, 0..1."""
    across, along = box.overlap_x(other), box.overlap_y(other)
    return max(0, across) * max(0, along) / (box.width * box.height)


def _is_drawn(box: Box, wall_px: int, ink: NDArray[np.bool_]) -> bool:
    """Tell whether there is ink along most of the four sides of an area with walls of that width."""
    inward = 1 + round(ASTRAY * min(box.width, box.height))
    outward = wall_px + inward
    across, along = slice(box.left, box.right), slice(box.top, box.bottom)
    sides = (
        ink[max(0, box.top - outward) : box.top + inward, across].any(axis=0),
        ink[box.bottom - inward : box.bottom + outward, across].any(axis=0),
        ink[along, max(0, box.left - outward) : box.left + inward].any(axis=1),
        ink[along, box.right - inward : box.right + outward].any(axis=1),
    )
    shares = [float(side.mean()) for side in sides]
    return min(shares) >= SIDE and sum(shares) / len(shares) >= AROUND


def _anew(cells: CellMap, found: _Rows, combs: Sequence[Box]) -> CellMap:
    """Return the cells with those that were found, sorted by their upper edges."""
    before = [*cells.cells, *(Cell(box, comb_of(box, combs)) for box in found.boxes[len(cells.cells) :])]
    every = [replace(cell, box=box) for cell, box in zip(before, found.boxes, strict=True)]
    order = sorted(range(len(every)), key=lambda k: (every[k].box.top, every[k].box.left))
    place = np.empty(len(every) + 1, np.int32)
    place[order] = np.arange(len(every), dtype=np.int32)
    place[-1] = -1
    labels = cells.labels.copy()
    for index in sorted(found.changed):
        if index < len(cells.cells):
            old = cells.cells[index].box
            window = labels[old.top : old.bottom, old.left : old.right]
            window[window == index] = -1
    for index in sorted(found.changed):
        box = found.boxes[index]
        window = labels[box.top : box.bottom, box.left : box.right]
        window[window < 0] = index
    return CellMap(np.asarray(place[labels], np.int32), tuple(every[k] for k in order))


def _drawn_walls(found: _Rows) -> NDArray[np.bool_]:
    """Return where the walls of all boxes are that were found."""
    walls = np.zeros(found.ink.shape, np.uint8)
    for box, wall_px in found.walls:
        outer = (box.left - wall_px, box.top - wall_px), (box.right + wall_px - 1, box.bottom + wall_px - 1)
        cv2.rectangle(walls, *outer, 1, cv2.FILLED)
    for box in found.boxes:
        walls[box.top : box.bottom, box.left : box.right] = 0
    return walls > 0
