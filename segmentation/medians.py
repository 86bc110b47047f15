"""Medians and quantiles of some dozens to thousands of values, without what NumPy does beside that."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

__all__ = ["median_of", "quantile_of", "quantile_within"]


def median_of(values: NDArray[Any]) -> float:
    """Return the median, as `numpy.median` does for one axis without NaN, in a fifth of its time.

    Parameters
    ----------
    values : (N,) ndarray
        Numbers, at least one. Not modified.
    """
    middle = len(values) // 2
    if len(values) % 2:
        return float(np.partition(values, middle)[middle])
    ordered = np.partition(values, (middle - 1, middle))
    return (float(ordered[middle - 1]) + float(ordered[middle])) / 2


def quantile_of(levels: NDArray[np.uint8], share: float) -> float:
    """Return a quantile, as `numpy.quantile` gives it for these levels as float32, in a quarter of its time.

    Parameters
    ----------
    levels : (N,) uint8 ndarray
        At least one. Not modified.
    share : float
        Which quantile, 0..1.
    """
    ordered = np.sort(levels)
    at = share * (len(ordered) - 1)
    below = int(at)
    lower, upper = np.float32(ordered[below]), np.float32(ordered[min(below + 1, len(ordered) - 1)])
    beyond = np.float32(at - below)
    if beyond < 0.5:
        return float(lower + (upper - lower) * beyond)
    return float(upper - (upper - lower) * (1 - beyond))


def quantile_within(levels: NDArray[np.uint8], mask: NDArray[np.bool_], share: float) -> float:
    """Return a quantile of the levels on a mask, as `numpy.quantile` gives it for them, from a histogram.

    Parameters
    ----------
    levels : (H, W) uint8 ndarray
        Of the page. Not modified.
    mask : (H, W) bool ndarray
        True on at least one pixel. Not modified.
    share : float
        Which quantile, 0..1.
    """
    # Picked out first: OpenCV looks at each pixel of a mask, and it is mostly paper.
    histogram = cv2.calcHist([levels[mask].reshape(-1, 1)], [0], None, [256], [0, 256])
    counts = histogram.ravel().astype(np.int64).cumsum()
    last = int(counts[-1]) - 1
    at = share * last
    below = int(at)
    lower, upper = (float(v) for v in np.searchsorted(counts, (below, min(below + 1, last)), side="right"))
    beyond = at - below
    return lower + (upper - lower) * beyond if beyond < 0.5 else upper - (upper - lower) * (1 - beyond)
