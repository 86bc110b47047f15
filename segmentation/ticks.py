"""Ticks of a comb: short strokes that stand on a frame's side and part it into places for digits."""

import numpy as np
from numpy.typing import NDArray

from segmentation.medians import median_of

__all__ = ["find_ticks"]

#: A tick is at least this high, and at most, as a share of the frame's height,
LEAST_HEIGHT, MOST_HEIGHT = 0.12, 0.75
#: at most this many strokes wide, and this many away from the frame's ends.
WIDEST_STROKES, OFF_ENDS = 2.0, 2.0
#: Ticks of one frame are as high as each other, but for this share,
ALIKE = 0.18
#: and stand evenly, but for this share of the distance between two.
EVEN = 0.3
#: A side may bend, and ink be broken by grain, by the frame's height over this.
SLACK = 16
#: So many of them make a comb: one could be a digit's foot.
LEAST_TICKS = 2


def find_ticks(frame: NDArray[np.bool_], stroke_px: float) -> NDArray[np.bool_]:
    """Find the ticks that stand on the lower side of an upright frame.

    A one that is written onto the side is no tick: it is not as high as others that stand evenly
    between the frame's ends.

    Parameters
    ----------
    frame : (H, W) bool ndarray
        A frame and what is in it, set upright and cut tight. Not modified.
    stroke_px : float
        Width of a typical stroke.

    Returns
    -------
    (H, W) bool ndarray
        The ink of the ticks; all False where there are none.
    """
    height, width = frame.shape
    rises = _rises(frame)
    side = median_of(rises[rises > 0]) if (rises > 0).any() else 0.0
    standing = (rises >= side + LEAST_HEIGHT * height) & (rises <= MOST_HEIGHT * height)
    ticks = [
        columns
        for columns in _groups(standing)
        if len(columns) <= WIDEST_STROKES * max(2.0, stroke_px)
        and columns[0] > OFF_ENDS * stroke_px
        and columns[-1] < width - 1 - OFF_ENDS * stroke_px
    ]
    found = np.zeros(frame.shape, bool)
    for columns in _regular(ticks, rises, width):
        for column in range(max(0, columns[0] - 1), min(width, columns[-1] + 2)):
            found[height - int(rises[columns].max()) :, column] = True
    return found & frame


def _rises(frame: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return how high ink stands on the bottom in each column, grain and a slightly bent side passed over."""
    height = len(frame)
    slack = max(1, height // SLACK)
    bottom = frame[::-1]
    first = np.where(bottom[: 2 * slack].any(axis=0), bottom[: 2 * slack].argmax(axis=0), height)
    rows = np.arange(height)[:, None]
    gone = ~bottom & (rows > first)
    ends = np.where(gone.any(axis=0), gone.argmax(axis=0), height)
    return np.asarray(np.where(first < height, ends, 0), np.int64)


def _groups(columns: NDArray[np.bool_]) -> list[NDArray[np.int64]]:
    """Return the runs of neighbouring columns."""
    places = np.flatnonzero(columns)
    if not len(places):
        return []
    return list(np.split(places, np.flatnonzero(np.diff(places) > 1) + 1))


def _regular(ticks: list[NDArray[np.int64]], rises: NDArray[np.int64], width: int) -> list[NDArray[np.int64]]:
    """Return the ticks that are alike in height and part the width evenly, or none."""
    heights = [float(rises[columns].max()) for columns in ticks]
    best: list[NDArray[np.int64]] = []
    for height in heights:
        alike = [t for t, own in zip(ticks, heights, strict=True) if abs(own - height) <= ALIKE * height]
        if len(alike) > len(best):
            best = alike
    if len(best) < LEAST_TICKS:
        return []
    middles = [0.0, *(float(columns.mean()) for columns in best), float(width - 1)]
    gaps = np.diff(middles)
    # One tick may be hidden by a digit: gaps are once or several times as wide as the least.
    pitch = float(gaps.min())
    counts = np.maximum(1, np.rint(gaps / pitch))
    pitch = float(gaps.sum() / counts.sum())
    if np.abs(gaps - counts * pitch).max() > EVEN * pitch or (counts > 1).sum() > len(counts) / 2:
        return []
    return best
