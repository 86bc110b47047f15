"""Rows of writing that touch: a component that spans two of them is parted between them."""

import numpy as np
from numpy.typing import NDArray

from segmentation.parting import Parting

__all__ = ["part_rows"]

#: A component that spans two rows is this many times as high as its neighbours in them.
SPANS = 1.5
#: Neighbours are as near as this many of its heights, and as high as each other within this factor.
NEAR, ALIKE = 2.0, 2.1
#: A neighbour stands in the upper or lower part by this share of its height,
STANDS = 0.8
#: which leaves this share of the component to the other part.
LEAST_PART = 0.3
#: Besides it so few components reach over the rows' border, as a share of those in the rows.
FEW = 0.2
#: A part holds symbols where it is this many strokes wide in this share of its rows: a tail is slim. Tails
#: hang down, so that the upper part may be slim but for its head, as a long 7 is.
BROAD, UPPER_SHARE, LOWER_SHARE = 2.2, 0.12, 0.5
#: The cut lies where there is least ink, this share of the neighbours' height around their rows' border.
SEARCHED = 0.25


def part_rows(parting: Parting, plausible: NDArray[np.bool_], stroke_px: float) -> None:
    """Part components that span two rows of writing, in place, at the thinnest level between the rows.

    Rows are what the neighbours stand in: the upper ones beside the upper part, the lower ones
    beside the lower part. The long tail of a digit reaches into the next row as well, but is slim.

    Parameters
    ----------
    parting : Parting
        The page's components.
    plausible : (N,) bool ndarray
        Those that can be writing. Not modified.
    stroke_px : float
        Width of a typical stroke.
    """
    stats = parting.stats
    kept = np.flatnonzero(plausible)
    if len(kept) < 3:
        return
    boxes = stats[kept].astype(np.float64)
    usual = float(np.median(boxes[:, 3]))
    for label in kept[boxes[:, 3] >= SPANS * usual]:
        border = _border(stats[label].astype(np.float64), boxes)
        if border is None:
            continue
        level, height = border
        ink = parting.mask(int(label))
        cut = _thinnest(ink, level - float(stats[label][1]), SEARCHED * height)
        if cut is not None and _both_hold_symbols(ink[:cut], ink[cut:], stroke_px):
            lower = np.zeros(ink.shape, bool)
            lower[cut:] = True
            parting.take(int(label), lower)


def _border(own: NDArray[np.float64], boxes: NDArray[np.float64]) -> tuple[float, float] | None:
    """Return the level between the rows that a component spans, and their height; None if it spans one."""
    left, top, width, height = own[:4]
    x, y, wide, high = boxes[:, :4].T
    apart = np.maximum(x - (left + width), left - (x + wide))
    beside = apart < NEAR * height
    bottom, end = y + high, top + height
    upper = beside & (high * SPANS <= height) & (high >= height / (2 * ALIKE))
    upper &= np.minimum(bottom, end) - np.maximum(y, top) > STANDS * high
    lower = upper & (bottom > end - LEAST_PART * height)
    upper &= y < top + LEAST_PART * height
    if not upper.any() or not lower.any():
        return None
    above, below = float(np.median(bottom[upper])), float(np.median(y[lower]))
    rows = float(np.median(high[upper | lower]))
    if below < above - SEARCHED * rows or height < SPANS * rows:
        return None
    level, margin = (above + below) / 2, SEARCHED * rows
    # Where others reach over that level, too, the parts are the pieces of broken symbols.
    across = beside & (y < level - margin) & (bottom > level + margin)
    if across.sum() - 1 > FEW * (upper | lower).sum():
        return None
    return level, rows


def _thinnest(ink: NDArray[np.bool_], level: float, reach: float) -> int | None:
    """Return the row with least ink near a level, None where that leaves nothing to either side."""
    first, last = max(1, round(level - reach)), min(len(ink) - 1, round(level + reach) + 1)
    if last <= first:
        return None
    rows = np.arange(first, last)
    # Of rows alike in ink the one nearest to the level.
    cost = ink[first:last].sum(axis=1) + np.abs(rows - level) / (reach + 1)
    return int(rows[cost.argmin()])


def _both_hold_symbols(upper: NDArray[np.bool_], lower: NDArray[np.bool_], stroke_px: float) -> bool:
    """Tell whether both parts are more than a slim tail."""
    least_px = BROAD * stroke_px
    return _broad(upper, least_px) >= UPPER_SHARE and _broad(lower, least_px) >= LOWER_SHARE


def _broad(ink: NDArray[np.bool_], least_px: float) -> float:
    """Return in which share of its rows a part is as wide as that."""
    inked = ink.any(axis=1)
    if not inked.any():
        return 0.0
    first = ink.argmax(axis=1)
    last = ink.shape[1] - ink[:, ::-1].argmax(axis=1)
    return float(((last - first)[inked] >= least_px).mean())
