"""Boxes of one row: what is in the box beside a number may belong to it."""

from collections.abc import Collection, Sequence

import numpy as np
from numpy.typing import NDArray

from segmentation.cells import Cell
from segmentation.combs import ALIKE, ONE_DIGIT, beside_each, rows_of_cells, stacked_cells
from segmentation.geometry import Box
from worker.number_records import Found

__all__ = ["RowBoxes"]

#: Boxes up to so many times as wide as high may be for one digit each, where as many of a row are alike.
WIDE_BOX, FEWEST = 2.5, 3
#: Ink this near to a box's walls may be the wall's, as a share of its width and height.
MARGIN = 0.12
#: Squared paper has more squares in a row than a sudoku, more such rows than a form, and more than this share
#: of them are empty.
LONGEST, MANY_ROWS, EMPTY = 9, 5, 0.4
#: A box with less ink than this, in squares of the stroke's width, is empty.
FILLED = 4.0


class RowBoxes:
    """The boxes for one digit each that stand in rows of their own, not in tables, and squared paper.

    Parameters
    ----------
    cells : sequence of Cell
        Of the page.
    ink : (H, W) bool ndarray
        All ink of the page, also what was left out of it. Not modified.
    stroke_px : float
        Width of a typical stroke.
    """

    def __init__(self, cells: Sequence[Cell], ink: NDArray[np.bool_], stroke_px: float) -> None:
        piled = stacked_cells(cells)
        wide = [
            index
            for index, cell in enumerate(cells)
            if index not in piled and cell.box.width <= WIDE_BOX * cell.box.height
        ]
        self._cells, self._ink = cells, ink
        self._least = FILLED * stroke_px**2
        self._narrow = {index for index in wide if self._is_narrow(index)}
        self._beside = beside_each(cells, wide)
        self._beside_squares = beside_each(cells, self._squares(piled))

    def one_is_left_out(self, digits: Sequence[Found]) -> bool:
        """Tell whether a box beside those of a number holds something that is not in it.

        Parameters
        ----------
        digits : sequence of Found
            Of one number, from left to right; at least one.
        """
        own = {digit.placed.cell for digit in digits}
        beside = {index for cell in own & self._narrow for index in self._beside[cell]} & self._narrow - own
        if len(digits) == 1 and len(own) == 1:
            beside |= self._alike_beside(*own) | set(self._beside_squares.get(digits[0].placed.cell, ()))
        return any(self._is_filled(index, [digit.placed.box for digit in digits]) for index in beside)

    def _squares(self, piled: Collection[int]) -> list[int]:
        """Return the squares of squared paper, where a number may be written with one digit a square."""
        rows = [row for row in rows_of_cells(self._cells) if len(row) > LONGEST]
        long = [row for row in rows if sum(map(self._is_narrow, row)) > len(row) / 2]
        if len(long) <= MANY_ROWS:
            return []
        squares = [index for row in long for index in row if index in piled]
        empty = sum(not self._is_filled(index, ()) for index in squares)
        return squares if empty > EMPTY * len(squares) else []

    def _is_narrow(self, index: int) -> bool:
        box = self._cells[index].box
        return box.width <= ONE_DIGIT * box.height

    def _alike_beside(self, cell: int) -> set[int]:
        """Return the boxes beside one, where it is one of three or more of a row that are equally wide."""
        row, new = {cell}, {cell}
        while new:
            beside = {index for own in new for index in self._beside.get(own, ())}
            new = {index for index in beside - row if self._is_as_wide(index, cell)}
            row |= new
        return row & set(self._beside.get(cell, ())) if len(row) >= FEWEST else set()

    def _is_as_wide(self, index: int, other: int) -> bool:
        width, others = self._cells[index].box.width, self._cells[other].box.width
        return abs(width - others) < ALIKE * others

    def _is_filled(self, index: int, without: Sequence[Box]) -> bool:
        """Tell whether a box holds ink, but for that of some digits, which may reach into it."""
        box = self._cells[index].box
        x, y = round(MARGIN * box.width), round(MARGIN * box.height)
        top, left = box.top + y, box.left + x
        inside = self._ink[top : box.bottom - y, left : box.right - x].copy()
        for digit in without:
            rows = slice(max(0, digit.top - top), max(0, digit.bottom - top))
            inside[rows, max(0, digit.left - left) : max(0, digit.right - left)] = False
        return int(np.count_nonzero(inside)) >= self._least
