"""Walls that are in one row of cells alone: a one as high as its row is taken for a rule.

Whoever accepts the 7 behind it, where 817 is written, has a wrong number that looks right.
"""

from collections.abc import Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from segmentation.cells import Cell
from segmentation.combs import COMB_BOXES, find_combs, row_gaps
from segmentation.geometry import Box
from worker.number_records import Found

__all__ = ["LoneWalls"]

#: A digit stands at a wall that is as near as this, over its height.
NEAR = 0.8
#: A cell reaches over a wall by so much on either side, as a share of its height.
OVER = 0.3


class LoneWalls:
    """The walls beside a page's cells that end above and below, where the next cells go on.

    Those of combs are none: their boxes stand in forms between lines of text.

    Parameters
    ----------
    cells : sequence of Cell
        Of the page.
    """

    def __init__(self, cells: Sequence[Cell]) -> None:
        self._cells = cells
        edges = [(c.box.left, c.box.top, c.box.right, c.box.bottom) for c in cells]
        self._edges = np.array(edges, np.float64).reshape(-1, 4)

    def stand_beside(self, digits: Sequence[Found]) -> bool:
        """Tell whether a number stands right beside such a wall.

        Parameters
        ----------
        digits : sequence of Found
            Of one number, from left to right; at least one.
        """
        first, last = digits[0].placed, digits[-1].placed
        return any(
            self._is_lone(cell, at)
            for placed, cell in ((first, first.cell), (last, last.cell))
            if cell >= 0 and self._cells[cell].comb < 0
            for at in self._walls_near(placed.box, self._cells[cell].box)
        )

    @cached_property
    def _combs(self) -> dict[int, int]:
        return find_combs(self._cells)

    @cached_property
    def _gaps(self) -> NDArray[np.float64]:
        return row_gaps(self._cells)

    def _walls_near(self, digit: Box, cell: Box) -> list[int]:
        sides = ((cell.left, digit.left - cell.left), (cell.right, cell.right - digit.right))
        return [at for at, gap in sides if gap <= NEAR * digit.height]

    def _is_lone(self, cell: int, at: int) -> bool:
        """Tell whether the cells above and below both go on over a wall of this one."""
        box = self._cells[cell].box
        margin = OVER * box.height
        left, top, right, bottom = self._edges.T
        over = (left < at - margin) & (right > at + margin)
        # The cell itself is alone in its row where a one parted it: those above and below tell of the table.
        gaps = self._gaps * box.height
        above = over & (np.abs(bottom - box.top) <= gaps)
        below = over & (np.abs(top - box.bottom) <= gaps)
        return bool(above.any() and below.any()) and not self._is_of_comb(cell)

    def _is_of_comb(self, cell: int) -> bool:
        """Tell whether a cell is one of three boxes or more: two may be what such a wall has made of one."""
        comb = self._combs.get(cell)
        return comb is not None and sum(each == comb for each in self._combs.values()) >= COMB_BOXES
