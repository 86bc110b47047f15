"""The straight part of a run of ink: the rule itself, without what is written onto it."""

import numpy as np
from numpy.typing import NDArray

from segmentation.medians import median_of

__all__ = ["UNBROKEN", "straight_part"]

#: Slopes that are tried, as rise over run: a little over eight degrees either way.
SLOPES = np.linspace(-0.15, 0.15, 31)
#: Pixels that vote for a line; more make it slower, not better.
VOTERS = 400
#: They are this share of the run apart, the golden section: evenly spread, and in no rhythm.
HOP = (5**0.5 - 1) / 2
#: A rule without dashes is inked over this share of its length,
UNBROKEN = 0.85
#: a dashed or dotted one over this share,
DASHED = 0.4
#: and has one side that is this much emptier than itself.
EMPTY_SIDE = 0.45


def _best_line(x: NDArray[np.int64], y: NDArray[np.int64], thickness_px: int) -> tuple[float, float]:
    """Return slope and offset of the band of that thickness that holds most pixels."""
    # Every k-th pixel would often be the same row of each column.
    hops = (np.arange(VOTERS) * HOP % 1 * len(x)).astype(np.int64)
    some = hops if len(x) > VOTERS else np.arange(len(x))
    # Where each pixel lies on each slope: one row of levels a slope.
    levels = np.rint(y[some] - SLOPES[:, None] * x[some]).astype(np.intp)
    lows = levels.min(axis=1)
    # Room for the band beyond either end of a row keeps the rows apart.
    span = int((levels.max(axis=1) - lows).max()) + thickness_px
    levels += (span * np.arange(len(SLOPES)) - lows)[:, None]
    # What lies in the middle of the band counts most, or a thin line would fit at many slopes.
    window = np.bartlett(thickness_px + 2)[1:-1]
    votes = np.convolve(np.bincount(levels.ravel(), minlength=span * len(SLOPES)), window)
    best, at = divmod(int(votes.argmax()), span)
    return float(SLOPES[best]), int(lows[best]) + at - (thickness_px - 1) / 2


def _columns(x: NDArray[np.int64]) -> int:
    """Return how many columns have a pixel."""
    return int(np.count_nonzero(np.bincount(x - x.min()))) if len(x) else 0


def _coverage(x: NDArray[np.int64], width: int) -> float:
    return _columns(x) / max(1, width)


def straight_part(
    x: NDArray[np.int64], y: NDArray[np.int64], *, thickness_px: int, broken: bool
) -> NDArray[np.bool_]:
    """Tell which pixels of a run lie on one straight rule.

    Parameters
    ----------
    x, y : (N,) int64 ndarray
        Pixels of the run, at least one. Not modified.
    thickness_px : int
        Thickest that a rule can be.
    broken : bool
        Whether the rule may be dashed or dotted.

    Returns
    -------
    (N,) bool ndarray
        All False where the run is no rule but, say, the feet of a few digits.
    """
    none = np.zeros(len(x), bool)
    slope, offset = _best_line(x, y, thickness_px)
    distance = y - slope * x - offset
    inside = np.abs(distance) <= thickness_px / 2 + 0.5
    if not inside.any():
        return none
    # The band is as thick as any rule may be: close in on this one's ink.
    middle = median_of(distance[inside])
    columns = _columns(x[inside])
    half = min(thickness_px / 2, 0.75 * inside.sum() / columns) + 1.0
    inside = np.asarray(np.abs(distance - middle) <= half)
    width = int(x.max() - x.min()) + 1
    covered = _coverage(x[inside], width)
    if covered >= UNBROKEN:
        return inside
    if not broken or covered < DASHED:
        return none
    sides = [
        _coverage(x[(side * (distance - middle) > half) & (side * (distance - middle) <= 3 * half)], width)
        for side in (-1, 1)
    ]
    return inside if min(sides) < EMPTY_SIDE * covered else none
