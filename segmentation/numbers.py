"""Digits to numbers: what belongs together is decided by the page's own spacing and cells."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from segmentation.cells import Cell
from segmentation.combs import find_combs, rows_of_cells
from segmentation.geometry import Box, union
from segmentation.reading_order import line_of_each, slope_of

__all__ = ["PlacedDigit", "group_numbers"]

#: A gap parts two numbers when pitches jump at least by this factor there.
JUMP = 1.42
#: No gap smaller than this share of the height parts numbers.
LEAST_GAP = 0.3
#: Any gap wider than this share of the height parts numbers.
MOST_GAP = 2.2
#: Where fewer of the gaps than this are narrow, they tell nothing of the page.
CLOSE_SHARE = 0.12
#: In a cell a gap wider than this share of the height may part numbers.
CELL_GAP = 1.2


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
    return float(np.median([digit.box.height for digit in digits]))


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


def _page_threshold(runs: Sequence[Sequence[PlacedDigit]]) -> float:
    """Return the gap that parts numbers all over the page, infinite where gaps are all alike."""
    gaps = np.concatenate([_spacings(run)[1] for run in runs if len(run) > 1] or [np.zeros(0)])
    if len(gaps) < 4:
        return float("inf")
    # Digits that overlap are no heap of their own: below this, gaps are all alike.
    logs = np.sort(np.log(np.maximum(gaps, 0.5 * LEAST_GAP) + 0.15))
    best, threshold = 0.0, float("inf")
    for k in range(1, len(logs)):
        low, high = logs[:k], logs[k:]
        between = k * (len(logs) - k) * (high.mean() - low.mean()) ** 2
        if between > best:
            best, threshold = between, float((low[-1] + high[0]) / 2)
    low, high = logs[logs <= threshold], logs[logs > threshold]
    # A few close digits among many that stand apart are accidents, as remains of rules are.
    if not len(high) or len(low) < CLOSE_SHARE * len(logs):
        return float("inf")
    spread = np.sqrt((low.var() * len(low) + high.var() * len(high)) / len(logs)) + 0.05
    # Two heaps of gaps, far apart for their width: the page tells words from letters.
    if high.mean() - low.mean() < max(0.7, 2.6 * spread):
        return float("inf")
    gap = float(np.exp(threshold)) - 0.15
    return gap if gap >= LEAST_GAP else float("inf")


def _split(run: Sequence[PlacedDigit], page_gap: float) -> list[list[PlacedDigit]]:
    """Part a run of digits on one line into numbers."""
    if len(run) < 2:
        return [list(run)]
    pitch, gap = _spacings(run)
    factor, threshold = _jump(pitch)
    jumps = factor >= JUMP
    # A line written wider than the rest of the page follows its own spacing.
    by_page = page_gap < float("inf") and (len(gap) < 3 or float(gap.min()) <= page_gap)
    groups = [[run[0]]]
    for k, digit in enumerate(run[1:]):
        apart = gap[k] > MOST_GAP
        if by_page:
            apart = apart or gap[k] > page_gap
        elif jumps:
            apart = apart or (pitch[k] > threshold and gap[k] > LEAST_GAP)
        if apart:
            groups.append([])
        groups[-1].append(digit)
    return groups


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
        if stands_out or gap[k] > 2 * MOST_GAP:
            groups.append([])
        groups[-1].append(digit)
    return groups


def _in_cells(digits: Sequence[PlacedDigit], cells: Sequence[Cell]) -> list[list[PlacedDigit]]:
    """Group the digits that lie in cells: by comb, or by cell."""
    by_cell = defaultdict(list)
    for digit in digits:
        by_cell[digit.cell].append(digit)
    combs = find_combs(cells)
    by_comb = defaultdict(list)
    for index, held in by_cell.items():
        by_comb[("comb", combs[index]) if index in combs else ("cell", index)].append(held)
    numbers: list[list[PlacedDigit]] = []
    for (kind, _), boxes in by_comb.items():
        if kind == "comb" and all(len(held) <= 1 for held in boxes):
            joined = [digit for held in boxes for digit in held]
            numbers.append(sorted(joined, key=lambda d: d.box.centre[0]))
            continue
        for held in boxes:
            for run in _rows_of(held):
                numbers.extend(_split_in_cell(run))
    return numbers


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

    Outside of cells a gap parts two numbers where the gaps of the page, or else the
    pitches of the line, fall into two heaps; evenly spaced digits are one number. A comb
    of boxes with one digit each is one number, a table's cell holds its own.

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
    runs = defaultdict(list)
    for digit in digits:
        if digit.cell < 0:
            runs[digit.strip].append(digit)
    ordered = [sorted(run, key=lambda d: d.box.centre[0]) for run in runs.values()]
    page_gap = _page_threshold(ordered)
    numbers = [number for run in ordered for number in _split(run, page_gap)]
    numbers.extend(_in_cells([digit for digit in digits if digit.cell >= 0], cells))
    return _into_lines(numbers, slope_of(_rows_seen(digits, cells)))
