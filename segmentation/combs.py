"""Cells side by side: rows of a table, and combs, whose boxes hold one number together."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import pairwise
from statistics import fmean, median

import numpy as np
from numpy.typing import NDArray

from segmentation.cells import Cell

__all__ = ["beside_each", "find_combs", "row_gaps", "rows_of_cells", "stacked_cells"]

#: Boxes in a row that are a comb for sure; two may be the halves of one.
COMB_BOXES = 3
#: Stacked rows of more single-digit cells than this are a table, not combs.
COMB_COLUMNS = 5
#: Boxes of one number stand this close, and are alike in width this far, as a share of a box's width.
WALL, ALIKE = 0.5, 0.35
#: With a piece of a box between them, they stand this close, as a share of a box's height.
OVER = 0.75
#: Rows of a table are parted by a rule, rows of boxes by more than this share of their height,
ROW_GAP = 0.3
#: or by so many times what parts the boxes of a row: rules of a table are as bold, or as far apart, both
#: ways.
AS_WIDE = 1.2
#: What parts rows by no more than this share of their height is a rule; what is wider is one where the walls
#: of the boxes above and below go on into it, to within so many px.
THIN_RULE, SLACK_PX = 0.12, 3
#: Headings are print, on average more of their ink than the first share, each of them more than the second;
#: what stands under them is less.
HEADINGS, HARDLY = 0.7, 0.4
#: So many cells at once are held against all others.
AT_ONCE = 256
#: A cell wider than this, over its height, holds a number of its own.
ONE_DIGIT = 1.45


def _edges(cells: Sequence[Cell]) -> NDArray[np.float64]:
    """Return left, top, right and bottom of all cells: (N, 4)."""
    sides = [(c.box.left, c.box.top, c.box.right, c.box.bottom) for c in cells]
    return np.array(sides, np.float64).reshape(-1, 4)


def _turned(cells: Sequence[Cell]) -> NDArray[np.float64]:
    """Return the edges of all cells turned by a quarter: what stands above comes to stand beside."""
    return _edges(cells)[:, [1, 0, 3, 2]]


def _beside(
    edges: NDArray[np.float64], some: NDArray[np.intp], reach: float | NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Tell which boxes stand beside some of them, on their height, less than `reach` of their width away.

    Returns
    -------
    (len(some), N) bool ndarray
        Rows are the ones asked for.
    """
    left, top, right, bottom = edges.T
    own_left, own_top, own_right, own_bottom = edges[some].T[:, :, None]
    wall = np.maximum(left - own_right, own_left - right)
    shared = np.minimum(bottom, own_bottom) - np.maximum(top, own_top)
    near = np.abs(wall) <= reach * (own_right - own_left)
    near &= shared > 0.5 * np.minimum(bottom - top, own_bottom - own_top)
    near[np.arange(len(some)), some] = False
    return np.asarray(near)


def _some_at_once(members: Sequence[int]) -> Iterator[NDArray[np.intp]]:
    """Yield indices, so many at once as can be held against all cells without much memory."""
    yield from (np.array(members[k : k + AT_ONCE], np.intp) for k in range(0, len(members), AT_ONCE))


def _right_neighbours(cells: Sequence[Cell]) -> dict[int, int]:
    """Find the nearest cell beside each on its right that is about as wide."""
    edges = _edges(cells)
    widths = edges[:, 2] - edges[:, 0]
    neighbours: dict[int, int] = {}
    for some in _some_at_once(range(len(cells))):
        own = widths[some, None]
        right = (np.abs(widths - own) < ALIKE * own) & (edges[:, 0] > edges[some, None, 0])
        right &= _beside(edges, some, WALL)
        nearest = np.where(right, edges[:, 0], np.inf).argmin(axis=1)
        found = right.any(axis=1)
        neighbours.update(zip(some[found].tolist(), nearest[found].tolist(), strict=True))
    return neighbours


def stacked_cells(cells: Sequence[Cell]) -> set[int]:
    """Find the cells that have another right above or below them, as those of tables have."""
    return {index for index, others in _above_and_below(cells, _right_neighbours(cells)).items() if others}


def row_gaps(cells: Sequence[Cell]) -> NDArray[np.float64]:
    """Tell how far above or below each cell another row of its table may begin.

    Parameters
    ----------
    cells : sequence of Cell
        Of one page.

    Returns
    -------
    (N,) float64 ndarray
        As shares of a cell's height.
    """
    return _row_gaps(cells, _right_neighbours(cells))


def _above_and_below(cells: Sequence[Cell], following: Mapping[int, int]) -> dict[int, list[int]]:
    """Find the cells right above and below each, of the same table."""
    near = _near_each(_turned(cells), range(len(cells)), _row_gaps(cells, following))
    return {
        index: [other for other in others if _is_joined(cells[index], cells[other])]
        for index, others in near.items()
    }


def _is_joined(cell: Cell, other: Cell) -> bool:
    """Tell whether no more than a rule parts two cells, one above the other: paper parts boxes."""
    upper, lower = sorted((cell, other), key=lambda c: c.box.top)
    gap = lower.box.top - upper.box.bottom
    thin = gap <= THIN_RULE * min(upper.box.height, lower.box.height)
    return thin or gap <= upper.below_px + lower.above_px + SLACK_PX


def _row_gaps(cells: Sequence[Cell], following: Mapping[int, int]) -> NDArray[np.float64]:
    """Return how far from each cell another row of its table may begin, as shares of its height: (N,)."""
    edges = _edges(cells)
    gaps = np.full(len(cells), ROW_GAP)
    for chain in _followed(following, range(len(cells))):
        if len(chain) > 1:
            wall = median(edges[after, 0] - edges[before, 2] for before, after in pairwise(chain))
            height = median(edges[index, 3] - edges[index, 1] for index in chain)
            gaps[chain] = max(ROW_GAP, AS_WIDE * wall / height)
    return gaps


def _followed(following: Mapping[int, int], members: Collection[int]) -> list[list[int]]:
    """Return the chains that follow from each member that follows none."""
    chains = []
    for first in sorted(set(members) - set(following.values())):
        chain, at = {first: None}, first
        while at in following and following[at] not in chain:
            at = following[at]
            chain[at] = None
        chains.append(list(chain))
    return chains


def rows_of_cells(cells: Sequence[Cell]) -> list[list[int]]:
    """Chain cells that stand side by side, however their row slopes.

    Parameters
    ----------
    cells : sequence of Cell
        Of one page.

    Returns
    -------
    list of list of int
        Indices into `cells`, each row from left to right.
    """
    return _followed(_right_neighbours(cells), range(len(cells)))


def beside_each(cells: Sequence[Cell], members: Collection[int]) -> dict[int, list[int]]:
    """Find the boxes beside each, on either side, also over one that a crease has cut in two.

    Parameters
    ----------
    cells : sequence of Cell
        Of one page.
    members : collection of int
        Indices into `cells`: what is looked at, and looked for.

    Returns
    -------
    dict of int to list of int
        The boxes beside each member.
    """
    edges = _edges(cells)
    return _near_each(edges, members, OVER * _squareness(edges))


def _near_each(
    edges: NDArray[np.float64], members: Collection[int], reach: NDArray[np.float64]
) -> dict[int, list[int]]:
    """Find which of some boxes stand beside each of them, as far as each one's `reach`: (N,)."""
    inside = np.zeros(len(edges), bool)
    inside[list(members)] = True
    found: dict[int, list[int]] = {}
    for some in _some_at_once(list(members)):
        near = _beside(edges, some, reach[some, None]) & inside
        found.update(zip(some.tolist(), (np.flatnonzero(row).tolist() for row in near), strict=True))
    return found


def _squareness(edges: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the height of cells over their width."""
    left, top, right, bottom = edges.T
    return np.asarray((bottom - top) / (right - left))


def find_combs(cells: Sequence[Cell]) -> dict[int, int]:
    """Find rows of small equal boxes that hold one number.

    Parameters
    ----------
    cells : sequence of Cell
        Of one page.

    Returns
    -------
    dict of int to int
        Index of a cell to the number of its comb; cells of no comb are missing.
    """
    narrow = {index for index, cell in enumerate(cells) if cell.box.width <= ONE_DIGIT * cell.box.height}
    neighbours = _right_neighbours(cells)
    following = {a: b for a, b in neighbours.items() if a in narrow and b in narrow}
    chains = [chain for chain in _followed(following, narrow) if len(chain) > 1]
    stacked = _above_and_below(cells, neighbours)
    combs: dict[int, int] = {}
    headings = [_are_headings(chain, cells, stacked) for chain in chains]
    for number, (chain, is_table) in enumerate(
        zip(chains, _in_tables(chains, stacked, headings), strict=True)
    ):
        if not is_table:
            combs.update(dict.fromkeys(chain, number))
    return combs


def _are_headings(chain: Sequence[int], cells: Sequence[Cell], stacked: Mapping[int, Sequence[int]]) -> bool:
    """Tell whether a row of boxes is printed, and those right above and below are not: a heading a column."""
    printed = [cells[index].printed for index in chain]
    beside = [cells[other].printed for index in chain for other in stacked[index]]
    is_printed = min(printed) > HARDLY and fmean(printed) > HEADINGS
    return is_printed and bool(beside) and fmean(beside) < HARDLY


def _in_tables(
    chains: Sequence[Sequence[int]], stacked: Mapping[int, Sequence[int]], headings: Sequence[bool]
) -> list[bool]:
    """Tell which rows of boxes belong to a table: those piled on each other, if one is long, or of headings.

    A page may have a table, and combs elsewhere; a row with gaps belongs to the table that it is a part of.
    """
    row_of = {index: row for row, chain in enumerate(chains) for index in chain}
    of_table, new = set[int](), {k for k, row in enumerate(chains) if len(row) > COMB_COLUMNS or headings[k]}
    while new:
        of_table |= new
        piled = {other for row in new for index in chains[row] for other in stacked[index]}
        new = {row_of[index] for index in piled if index in row_of} - of_table
    # A long row that is piled on nothing, not on a heading either, is a comb.
    return [row in of_table and any(stacked[index] for index in chain) for row, chain in enumerate(chains)]
