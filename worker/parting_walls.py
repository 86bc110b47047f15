"""Walls between cells: which of them part two numbers, and which may run through one."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cached_property
from itertools import pairwise
from statistics import median

from segmentation.cells import Cell
from segmentation.combs import ONE_DIGIT, find_combs, rows_of_cells
from segmentation.geometry import union
from worker.number_records import Found

__all__ = ["PartingWalls"]

#: A sudoku has so many boxes in a row; in more than this share of its rows no digit is there twice.
SUDOKU, ONCE = 9, 0.6
#: So many digits of a row, and so many such rows, tell whether it is one; less sure ones tell nothing.
LEAST_HELD, SURE = 5, 0.95
#: Over a wall a number goes on where the gap is wider than those inside by less than this, over the height.
EVEN = 0.45


class PartingWalls:
    """The walls between the cells of a page that part numbers, however near these are.

    Not those of combs, nor those of rows of boxes for one digit each that lie one above the other: account
    books and forms have them as well as tables, and nothing tells which. Rows of nine boxes that hold no
    digit twice, and no nought, are a sudoku. A number written over a wall goes on behind it as evenly as
    before.

    Parameters
    ----------
    cells : sequence of Cell
        Of the page.
    digits : iterable of Found
        All of the page.
    """

    def __init__(self, cells: Sequence[Cell], digits: Iterable[Found]) -> None:
        self._cells = cells
        self._sure: dict[int, list[int]] = defaultdict(list)
        for digit in digits:
            if digit.read.confidence >= SURE:
                self._sure[digit.placed.cell].append(digit.read.digit)

    def part(self, number: Sequence[Found], other: Sequence[Found]) -> bool:
        """Tell whether two numbers stand in different cells and are surely no parts of one."""
        own, others = ({digit.placed.cell for digit in digits} for digits in (number, other))
        if not self._cells or min(own | others) < 0:
            return False
        if {self._comb_of(cell) for cell in own} & {self._comb_of(cell) for cell in others}:
            return False
        if self._sudoku.issuperset(own | others):
            return True
        return not self._in_narrow_row(own, others) and not _goes_on_evenly(number, other)

    @cached_property
    def _combs(self) -> dict[int, int]:
        return find_combs(self._cells)

    def _comb_of(self, cell: int) -> tuple[str, int]:
        ticked = self._cells[cell].comb
        if ticked >= 0:
            return "ticked", ticked
        return ("boxes", self._combs[cell]) if cell in self._combs else ("cell", cell)

    @cached_property
    def _narrow_rows(self) -> list[set[int]]:
        """Rows most of whose cells are narrow: a crease makes one of them low, and so none that is narrow."""
        narrow = {k for k, cell in enumerate(self._cells) if cell.box.width <= ONE_DIGIT * cell.box.height}
        rows = map(set, rows_of_cells(self._cells))
        return [row for row in rows if len(row) > 1 and 2 * len(narrow & row) > len(row)]

    def _in_narrow_row(self, own: set[int], others: set[int]) -> bool:
        return any(row & own and row & others for row in self._narrow_rows)

    @cached_property
    def _sudoku(self) -> set[int]:
        """All cells of rows of nine, where these are those of a sudoku."""
        nines = [row for row in self._narrow_rows if len(row) == SUDOKU]
        return set().union(*nines) if self._are_sudoku(nines) else set()

    def _are_sudoku(self, rows: Iterable[Iterable[int]]) -> bool:
        """Tell whether rows of nine boxes hold what those of a sudoku hold: no digit twice, and no nought."""
        held = [[digit for cell in row for digit in self._sure.get(cell, ())] for row in rows]
        full = [digits for digits in held if len(digits) >= LEAST_HELD]
        once = sum(0 not in digits and len(set(digits)) == len(digits) for digits in full)
        return len(full) >= LEAST_HELD and once > ONCE * len(full)


def _goes_on_evenly(number: Sequence[Found], other: Sequence[Found]) -> bool:
    """Tell whether two numbers stand about as near to each other as the digits inside of them."""
    inner = [-a.placed.box.overlap_x(b.placed.box) for one in (number, other) for a, b in pairwise(one)]
    height = float(median(digit.placed.box.height for digit in (*number, *other)))
    outer = -union(d.placed.box for d in number).overlap_x(union(d.placed.box for d in other))
    return outer < max(0.0, float(median(inner or [0]))) + EVEN * height
