"""Reading order: numbers to lines from top to bottom, along the slope of the page."""

from collections.abc import Sequence

import numpy as np

from segmentation.geometry import Box

__all__ = ["line_of_each", "slope_of"]

#: Steepest slope of the writing, as fall over run, that lines are sorted by.
MOST_SLOPE = 0.25
#: How many lines back a number may belong to.
LINES_BACK = 3


def slope_of(runs: Sequence[Sequence[Box]]) -> float:
    """Return the slope that rows of boxes agree on, as fall over run.

    It is the median of their slopes from end to end, weighted by the square of their lengths:
    what is written unevenly matters little over a long row.

    Parameters
    ----------
    runs : sequence of sequence of Box
        Rows of cells or digits, each from left to right.

    Returns
    -------
    float
        Positive where rows fall to the right; 0.0 where nothing shows it.
    """
    slopes, weights = [], []
    for run in runs:
        (x, y), (end_x, end_y) = run[0].centre, run[-1].centre
        if end_x > x:
            slopes.append((end_y - y) / (end_x - x))
            weights.append((end_x - x) ** 2)
    if not slopes:
        return 0.0
    order = np.argsort(slopes)
    share = np.cumsum(np.array(weights)[order]) / sum(weights)
    return float(np.clip(slopes[order[np.searchsorted(share, 0.5)]], -MOST_SLOPE, MOST_SLOPE))


def line_of_each(boxes: Sequence[Box], strips: Sequence[int], slope: float) -> list[int]:
    """Assign numbers to lines.

    Parameters
    ----------
    boxes : sequence of Box
        Around each number.
    strips : sequence of int
        The strip that each was read from: numbers of one strip share a line.
    slope : float
        Of the page, as :func:`slope_of` gives it.

    Returns
    -------
    list of int
        The line of each number, counted from 0 at the top.
    """
    middles = [box.centre[1] - slope * box.centre[0] for box in boxes]
    line_of_strip: dict[int, int] = {}
    lines: list[tuple[float, float]] = []
    found = [0] * len(boxes)
    for place in np.argsort(middles, kind="stable").tolist():
        middle, height = middles[place], float(boxes[place].height)
        home = line_of_strip.get(strips[place])
        if home is None:
            home = _line_beside(lines, middle, height)
        if home == len(lines):
            lines.append((middle, height))
        line_of_strip.setdefault(strips[place], home)
        found[place] = home
    return found


def _line_beside(lines: Sequence[tuple[float, float]], middle: float, height: float) -> int:
    """Return the last line (middle, height) that shares half its height, or the number of a new one."""
    for k in range(len(lines) - 1, max(-1, len(lines) - 1 - LINES_BACK), -1):
        other, other_height = lines[k]
        shared = (height + other_height) / 2 - abs(middle - other)
        if shared > 0.5 * min(height, other_height):
            return k
    return len(lines)
