"""Digits to numbers: what belongs together is decided by the page's own spacing and cells."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

import numpy as np

from segmentation.cells import Cell
from segmentation.combs import find_combs, rows_of_cells, stacked_cells
from segmentation.geometry import Box, union
from segmentation.reading_order import line_of_each, slope_of
from segmentation.spacing import between_numbers

__all__ = ["PlacedDigit", "group_numbers"]

#: The spacing of two digits is so much that of their middles, the rest that of their edges, to which
#: the usual width of a digit is added: hands keep either even, and the digits' widths differ.
BY_MIDDLES, DIGIT_WIDTH = 0.4, 0.58
#: Runs of one line go on in each other over a gap of so many heights, and
#: when one is at most so many times as high as the other.
REACH, ALIKE = 3.5, 1.6
#: A cell so many times as wide as its digits are high is a line to write on, such as ruled paper with a
#: margin has: it holds as many numbers as anybody likes.
LINE_CELL = 8.0
#: Boxes in a row are one number where more than this share of those that hold anything hold one digit.
SINGLE_SHARE = 0.7
#: A gap of a cell stands out when pitches jump at least by this factor there,
JUMP = 1.42
#: and it is wider than this share of the height.
CELL_GAP = 1.2
#: In a cell any gap wider than this share of the height parts numbers.
MOST_CELL_GAP = 4.4


@dataclass(frozen=True, slots=True)
class PlacedDigit:
    """A digit where it was read.

    Attributes
    ----------
    box : Box
        In px of the working page.
    strip : int
        The strip it was read from.
    cell : int
        The cell it lies in, -1 outside of all cells.
    index : int
        The caller's own number for it; nothing here looks at it.
    """

    box: Box
    strip: int
    cell: int
    index: int = 0


def _heights(digits: Sequence[PlacedDigit]) -> float:
    return float(median(digit.box.height for digit in digits))


def _spacings(run: Sequence[PlacedDigit]) -> tuple[np.ndarray, np.ndarray]:
    """Return pitches (middle to middle) and gaps (edge to edge) over the height of the run."""
    height = _heights(run)
    pitch = [(b.box.centre[0] - a.box.centre[0]) / height for a, b in pairwise(run)]
    gap = [-a.box.overlap_x(b.box) / height for a, b in pairwise(run)]
    return np.array(pitch), np.array(gap)


def _jump(values: np.ndarray) -> tuple[float, float]:
    """Return the widest jump between sorted values, as a factor, and the threshold inside it."""
    ordered = np.sort(np.maximum(values, 0.15))
    if len(ordered) < 2:
        return 1.0, float("inf")
    factors = ordered[1:] / ordered[:-1]
    at = int(factors.argmax())
    return float(factors[at]), float(np.sqrt(ordered[at] * ordered[at + 1]))


def _spacing(run: Sequence[PlacedDigit]) -> np.ndarray:
    """Return how far each digit of a run stands from the one before, over the height of the run."""
    if len(run) < 2:
        return np.zeros(0)
    pitch, gap = _spacings(run)
    return np.asarray(BY_MIDDLES * pitch + (1 - BY_MIDDLES) * (gap + DIGIT_WIDTH))


def _goes_on(run: Sequence[PlacedDigit], other: Sequence[PlacedDigit]) -> bool:
    """Tell whether a run of digits may be the next part of what another begins."""
    heights = sorted((_heights(run), _heights(other)))
    gap = other[0].box.left - run[-1].box.right
    if run[-1].cell != other[0].cell:
        return False
    return 0 <= gap <= REACH * heights[0] and heights[1] <= ALIKE * heights[0]


def _runs(digits: Sequence[PlacedDigit], slope: float) -> list[list[PlacedDigit]]:
    """Return the digits that stand side by side on a line, though it was chained in parts."""
    strips = defaultdict(list)
    homes = line_of_each([digit.box for digit in digits], [digit.strip for digit in digits], slope)
    for digit, home in zip(digits, homes, strict=True):
        strips[home, digit.strip].append(digit)
    ordered = [(home, sorted(run, key=lambda d: d.box.centre[0])) for (home, _), run in strips.items()]
    ordered.sort(key=lambda pair: (pair[0], pair[1][0].box.left))
    runs: list[tuple[int, list[PlacedDigit]]] = []
    for home, run in ordered:
        if runs and runs[-1][0] == home and _goes_on(runs[-1][1], run):
            runs[-1][1].extend(run)
        else:
            runs.append((home, run))
    return [run for _, run in runs]


def _parted(runs: Sequence[Sequence[PlacedDigit]]) -> list[list[PlacedDigit]]:
    """Part the runs of digits on the lines of a page into numbers."""
    numbers = []
    between = between_numbers([_spacing(run) for run in runs])
    for run, parts in zip(runs, between, strict=True):
        numbers.append([run[0]])
        for digit, part in zip(run[1:], parts, strict=True):
            if part > 0.5:
                numbers.append([])
            numbers[-1].append(digit)
    return numbers


def _rows_of(digits: Sequence[PlacedDigit]) -> list[list[PlacedDigit]]:
    """Sort the digits of one cell into rows, each from left to right."""
    rows: list[list[PlacedDigit]] = []
    for digit in sorted(digits, key=lambda d: d.box.left):
        for row in rows:
            last = row[-1].box
            if last.overlap_y(digit.box) > 0.4 * min(last.height, digit.box.height):
                row.append(digit)
                break
        else:
            rows.append([digit])
    return rows


def _split_in_cell(run: Sequence[PlacedDigit]) -> list[list[PlacedDigit]]:
    """Part the digits of one row of a cell: they are one number unless a gap stands out."""
    groups = [[run[0]]]
    if len(run) == 1:
        return groups
    pitch, gap = _spacings(run)
    factor, threshold = _jump(pitch)
    for k, digit in enumerate(run[1:]):
        stands_out = gap[k] > CELL_GAP and factor >= JUMP and pitch[k] > threshold
        if stands_out or gap[k] > MOST_CELL_GAP:
            groups.append([])
        groups[-1].append(digit)
    return groups


def _one_a_box(boxes: Sequence[Sequence[PlacedDigit]]) -> bool:
    """Tell whether boxes of a comb hold one digit each, but for a few in which one was taken for two."""
    return sum(len(held) <= 1 for held in boxes) > SINGLE_SHARE * len(boxes)


def _row_of_comb(
    boxes: Sequence[list[PlacedDigit]],
) -> tuple[list[PlacedDigit], Sequence[list[PlacedDigit]]]:
    """Return the number that a comb holds, and what else lies in its boxes: specks, and print beneath.

    The number is the row whose digits' boxes cover most, if nearly every box that it fills holds one.
    """
    rows = _rows_of([digit for held in boxes for digit in held])
    row = max(rows, key=lambda digits: sum(digit.box.width * digit.box.height for digit in digits))
    inside = set(row)
    written = [[digit for digit in held if digit in inside] for held in boxes]
    if not _one_a_box([held for held in written if held]):
        return [], boxes
    rest = [[digit for digit in held if digit not in inside] for held in boxes]
    return row, [held for held in rest if held]


def _in_cells(digits: Sequence[PlacedDigit], cells: Sequence[Cell]) -> list[list[PlacedDigit]]:
    """Group the digits that lie in cells: by comb, or by cell."""
    by_cell = defaultdict(list)
    for digit in digits:
        by_cell[digit.cell].append(digit)
    combs = find_combs(cells)
    by_comb = defaultdict(list)
    for index, held in by_cell.items():
        ticked = ("ticked", cells[index].comb) if cells[index].comb >= 0 else None
        by_comb[ticked or (("comb", combs[index]) if index in combs else ("cell", index))].append(held)
    numbers: list[list[PlacedDigit]] = []
    for (kind, _), boxes in by_comb.items():
        if kind == "ticked":
            joined = [digit for held in boxes for digit in held]
            numbers.append(sorted(joined, key=lambda d: d.box.centre[0]))
            continue
        rest: Sequence[list[PlacedDigit]] = boxes
        while kind == "comb" and 2 * len(rest) > len(boxes):
            # What stands in most of the boxes below, or above, is a number of its own, and no specks.
            written, others = _row_of_comb(rest)
            if not written or (rest is not boxes and 2 * len(written) <= len(boxes)):
                break
            numbers.append(written)
            rest = others
        for held in rest:
            for run in _rows_of(held):
                numbers.extend(_split_in_cell(run))
    return numbers


def _on_lines(digits: Sequence[PlacedDigit], cells: Sequence[Cell]) -> set[int]:
    """Return which cells are lines to write on, and -1, which is none.

    Lines to write on lie one above the other; a wide box that stands by itself is there for one number.
    """
    heights, piled = defaultdict(list), stacked_cells(cells)
    for digit in digits:
        heights[digit.cell].append(digit.box.height)
    wide = {
        index
        for index, own in heights.items()
        if index in piled
        and cells[index].comb < 0
        and cells[index].box.width >= LINE_CELL * float(median(own))
    }
    return wide | {-1}


def _rows_seen(digits: Sequence[PlacedDigit], cells: Sequence[Cell]) -> list[list[Box]]:
    """Return what shows the slope of the page: rows of cells, and strips of digits."""
    strips = defaultdict(list)
    for digit in digits:
        strips[digit.strip].append(digit.box)
    rows = [sorted(boxes, key=lambda box: box.left) for boxes in strips.values()]
    return rows + [[cells[index].box for index in row] for row in rows_of_cells(cells)]


def _into_lines(numbers: Sequence[list[PlacedDigit]], slope: float) -> list[list[list[PlacedDigit]]]:
    """Sort numbers into lines from top to bottom, each from left to right."""
    boxes = [union(digit.box for digit in number) for number in numbers]
    homes = line_of_each(boxes, [number[0].strip for number in numbers], slope)
    lines: list[list[list[PlacedDigit]]] = [[] for _ in range(max(homes, default=-1) + 1)]
    for number, home in zip(numbers, homes, strict=True):
        lines[home].append(number)
    return [sorted(line, key=lambda number: number[0].box.left) for line in lines]


def group_numbers(digits: Sequence[PlacedDigit], cells: Sequence[Cell]) -> list[list[list[PlacedDigit]]]:
    """Group the digits of a page into numbers and lines.

    Outside of cells, and in those that are as long as lines, the spacing of the whole page says which gaps
    part two numbers, see :func:`segmentation.spacing.between_numbers`; evenly spaced digits are one number.
    A comb of boxes with one digit each is one number, a table's cell holds its own.

    Parameters
    ----------
    digits : sequence of PlacedDigit
        All digits of the page, in any order.
    cells : sequence of Cell
        Of the page.

    Returns
    -------
    list of lines, each a list of numbers, each a list of PlacedDigit
        In reading order.
    """
    slope = slope_of(_rows_seen(digits, cells))
    lines = _on_lines(digits, cells)
    numbers = _parted(_runs([digit for digit in digits if digit.cell in lines], slope))
    numbers.extend(_in_cells([digit for digit in digits if digit.cell not in lines], cells))
    return _into_lines(numbers, slope)
