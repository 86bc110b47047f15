"""Components to lines of writing: chains of neighbours, however the line slopes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np
from numpy.typing import NDArray

from segmentation.components import Component
from segmentation.geometry import Box

__all__ = ["chain_lines", "line_height"]


#: A component lower than this share of its neighbour is a fragment or a mark,
FRAGMENT = 0.45
#: which has to lie within the neighbour's height by this share of its own,
WITHIN = 0.6
#: no farther from it than this share of the neighbour's height.
NEAR = 0.6
#: So many neighbours on a line, the last of them beyond the component, are enough.
NEIGHBOURS = 3
#: Pieces of a digit that broke stand above each other, alone in their cell: so many at most, with this share
#: of the narrower one's width in common, no farther apart than this share of the page's writing height,
PIECES, COMMON, APART = 3, 0.6, 0.25
#: none of them as high as this many, two of them together no higher than this many.
PIECE_HEIGHT, WHOLE_HEIGHT = 0.75, 1.15
#: Pairs that are looked at together; more take more memory, and are no faster.
PAIRS_AT_ONCE = 400_000
#: Others stand level with each other by this share of the lower one's height.
LEVEL = 0.45


def line_height(boxes: Sequence[Box]) -> float:
    """Return the height that the tall members of a line agree on, in px.

    Dots, dashes and fragments do not pull it down, one long tail does not pull it up.
    """
    heights = [box.height for box in boxes]
    least = 0.5 * max(heights)
    return float(median(height for height in heights if height >= least))


@dataclass(frozen=True, slots=True)
class _Boxes:
    """Edges, heights and cells of components as arrays, in their order."""

    left: NDArray[np.int64]
    top: NDArray[np.int64]
    right: NDArray[np.int64]
    bottom: NDArray[np.int64]
    cell: NDArray[np.int64]

    @classmethod
    def of(cls, components: Sequence[Component]) -> "_Boxes":
        rows = [(c.box.left, c.box.top, c.box.right, c.box.bottom, c.cell) for c in components]
        return cls(*np.array(rows, np.int64).reshape(-1, 5).T)

    @property
    def height(self) -> NDArray[np.int64]:
        return self.bottom - self.top


def _pairs(stops: NDArray[np.int64]) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Yield each component with each that comes after it and before its stop, some pairs at a time."""
    counts = np.maximum(stops - np.arange(len(stops)) - 1, 0)
    parts = np.cumsum(counts) // PAIRS_AT_ONCE
    for part in np.unique(parts):
        firsts = np.flatnonzero(parts == part)
        own = counts[firsts]
        first = np.repeat(firsts, own)
        yield first, first + 1 + np.arange(len(first)) - np.repeat(np.cumsum(own) - own, own)


def _of_one_digit(
    boxes: _Boxes, a: NDArray[np.int64], b: NDArray[np.int64], writing_px: float
) -> NDArray[np.bool_]:
    """Tell which pairs are pieces of a digit that broke across: alone in a cell they are nothing else."""
    cells, counts = np.unique(boxes.cell, return_counts=True)
    few = counts[np.searchsorted(cells, boxes.cell)] <= PIECES
    alone = few[a] & (boxes.cell[a] == boxes.cell[b]) & (boxes.cell[a] >= 0)
    width = boxes.right - boxes.left
    common = np.minimum(boxes.right[a], boxes.right[b]) - np.maximum(boxes.left[a], boxes.left[b])
    apart = np.maximum(boxes.top[a], boxes.top[b]) - np.minimum(boxes.bottom[a], boxes.bottom[b])
    whole = np.maximum(boxes.bottom[a], boxes.bottom[b]) - np.minimum(boxes.top[a], boxes.top[b])
    above = (common >= COMMON * np.minimum(width[a], width[b])) & (apart <= APART * writing_px)
    low = (np.maximum(boxes.height[a], boxes.height[b]) < PIECE_HEIGHT * writing_px) & (
        whole <= WHOLE_HEIGHT * writing_px
    )
    return np.asarray(alone & above & low)


def _linked(
    boxes: _Boxes, a: NDArray[np.int64], b: NDArray[np.int64], reach: float, writing_px: float
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return those of the pairs, each from left to right, that stand beside each other on a line."""
    height = boxes.height
    taller, lower = np.maximum(height[a], height[b]), np.minimum(height[a], height[b])
    gap = boxes.left[b] - np.minimum(boxes.right[a], boxes.right[b])
    level = np.minimum(boxes.bottom[a], boxes.bottom[b]) - np.maximum(boxes.top[a], boxes.top[b])
    near = (boxes.cell[a] == boxes.cell[b]) & (gap <= reach * taller)
    mark = (level > WITHIN * lower) & (gap < NEAR * taller)
    linked = near & np.where(lower < FRAGMENT * taller, mark, level > LEVEL * lower)
    linked |= _of_one_digit(boxes, a, b, writing_px)
    a, b = a[linked], b[linked]
    # The nearest neighbours decide; farther ones are reached through them.
    begins = np.searchsorted(a, a)
    enough = (np.arange(len(a)) - begins >= NEIGHBOURS - 1) & (boxes.left[b] > boxes.right[a])
    before = np.asarray(np.cumsum(enough) - enough, np.int64)
    kept = before == before[begins] if len(a) else enough
    return a[kept], b[kept]


def chain_lines(
    components: Sequence[Component], *, writing_px: float = 0.0, reach: float = 2.5
) -> list[list[Component]]:
    """Chain components into lines.

    Two components belong together when they stand side by side, about equally tall and
    less than `reach` of their height apart; a line is what such links connect. Components
    of different cells never link. In a cell, the pieces of a digit that broke across belong
    together as well.

    Parameters
    ----------
    components : sequence of Component
        Of one page.
    writing_px : float
        Height of the page's writing; 0 where it is not known.
    reach : float
        Widest gap within a line, as a share of the taller neighbour's height.

    Returns
    -------
    list of list of Component
        Lines in no particular order, each from left to right.
    """
    ordered = sorted(components, key=lambda c: c.box.left)
    boxes = _Boxes.of(ordered)
    farthest = boxes.right + reach * boxes.height.max(initial=0)
    stops = np.searchsorted(boxes.left, farthest, side="right")
    parent = list(range(len(ordered)))

    def root(k: int) -> int:
        while parent[k] != k:
            parent[k] = parent[parent[k]]
            k = parent[k]
        return k

    for first, second in _pairs(stops):
        for k, m in zip(
            *(side.tolist() for side in _linked(boxes, first, second, reach, writing_px)), strict=True
        ):
            parent[root(m)] = root(k)
    lines: dict[int, list[Component]] = {}
    for k, component in enumerate(ordered):
        lines.setdefault(root(k), []).append(component)
    return list(lines.values())
