"""Boxes of one row: what is in the box beside a number may belong to it, and each may hold one of its own."""

from collections.abc import Sequence
from functools import cached_property

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
#: In an account book so many rows or more, of so many boxes or more, are filled from the right without a gap:
#: this share of those that hold anything, or more; no more than the next share are filled to the left end.
BOOK_ROWS, BOOK_COLUMNS, FROM_RIGHT, FULL = 4, 4, 0.9, 0.6
#: A box with less ink than this, in squares of the stroke's width, is empty.
FILLED = 4.0


class RowBoxes:
    """The boxes for one digit each: in rows of their own, on squared paper, in account books, across tables.

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
        self._piled = stacked_cells(cells)
        boxes = [k for k, cell in enumerate(cells) if cell.box.width <= WIDE_BOX * cell.box.height]
        narrow = [k for k in boxes if cells[k].box.width <= ONE_DIGIT * cells[k].box.height]
        self._cells, self._ink = cells, ink
        self._narrow = set(narrow)
        self._beside = beside_each(cells, boxes)
        self._least = FILLED * stroke_px**2

    @cached_property
    def _rows(self) -> set[int]:
        # A frame with ticks is one row whatever stands near it.
        loose = [k for k in sorted(self._narrow) if self._cells[k].comb < 0]
        return {loose[k] for k in stacked_cells([self._cells[k] for k in loose])}

    @cached_property
    def _apart(self) -> set[int]:
        return self._narrow - self._piled

    @cached_property
    def _squares(self) -> set[int]:
        return self._squared_paper() | self._account_book()

    def one_is_left_out(self, digits: Sequence[Found]) -> bool:
        """Tell whether a box beside those of a number holds something that is not in it.

        Parameters
        ----------
        digits : sequence of Found
            Of one number, from left to right; at least one.
        """
        own = {digit.placed.cell for digit in digits}
        # In a table each cell has a number of its own, but where one was read across several.
        boxes = self._narrow if len(own) > 1 else self._apart
        beside = {k for cell in own & boxes for k in self._beside[cell] if k in boxes and k not in own}
        if len(digits) == 1 and not own & self._piled:
            beside |= self._alike_beside(*own)
        elif len(digits) == 1 and own <= self._squares:
            beside |= self._squares.intersection(*(self._beside[cell] for cell in own))
        return any(self._is_filled(index, [digit.placed.box for digit in digits]) for index in beside)

    def may_be_of_table(self, digits: Sequence[Found]) -> bool:
        """Tell whether a number in several boxes has another row of such boxes right above or below it.

        Nothing but the digits tells such rows from those of a table with a number a cell.

        Parameters
        ----------
        digits : sequence of Found
            Of one number, from left to right.
        """
        own = {digit.placed.cell for digit in digits}
        return len(own) > 1 and bool(own & self._rows)

    def _squared_paper(self) -> set[int]:
        """Return the squares of squared paper, where a number may be written with one digit a square."""
        rows = [row for row in rows_of_cells(self._cells) if len(row) > LONGEST]
        long = [row for row in rows if sum(index in self._narrow for index in row) > len(row) / 2]
        if len(long) <= MANY_ROWS:
            return set()
        squares = {index for row in long for index in row} & self._piled & self._narrow
        empty = sum(not self._is_filled(index, ()) for index in squares)
        return squares if empty > EMPTY * len(squares) else set()

    def _account_book(self) -> set[int]:
        """Return the boxes of rows that are filled from the right, as numbers are with a column a digit."""
        rows = [row for row in rows_of_cells(self._cells) if len(row) >= BOOK_COLUMNS]
        rows = [row for row in rows if self._narrow.issuperset(row) and self._piled.issuperset(row)]
        filled = [[self._is_filled(index, ()) for index in row] for row in rows]
        held = [boxes for boxes in filled if any(boxes)]
        from_right = [boxes for boxes in held if all(boxes[boxes.index(True) :])]
        full = sum(all(boxes) for boxes in from_right)
        if len(from_right) < max(BOOK_ROWS, FROM_RIGHT * len(held)) or full > FULL * len(held):
            return set()
        return {index for row in rows for index in row}

    def _alike_beside(self, cell: int) -> set[int]:
        """Return the boxes beside one, where it is one of three or more of a row that are equally wide."""
        row, new = {cell}, {cell}
        while new:
            beside = {index for own in new for index in self._beside.get(own, ())} - self._piled
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
