"""Pictures that were enlarged by repeating pixels: enlarged anew, or steps would be read as strokes.

Small pictures of digits are often shown so. A digit of eight pixels that stands two hundred high has stairs
for curves; enlarged as a camera would have it, it is a digit.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

__all__ = ["without_blocks"]

#: Rows that are looked at first: in nearly all pages neighbours differ in one of them.
GLIMPSED = 32
#: Levels change at so many columns at least, and at so many rows: a frame or a sign has fewer.
LEAST_CHANGES = 6


def without_blocks(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return a page enlarged anew, smoothly, if it was enlarged by repeating its pixels.

    Parameters
    ----------
    pixels : (H, W) uint8 ndarray
        The page. Not modified.

    Returns
    -------
    (H, W) uint8 ndarray
        `pixels` itself where they are no blocks.
    """
    across = _runs(pixels)
    down = None if across is None else _runs(pixels.T)
    if across is None or down is None:
        return pixels
    if not (across.even and down.even):
        # Blocks of uneven sides have no pixels that could be enlarged anew.
        soft = (across.least, down.least)
        return np.asarray(cv2.blur(cv2.blur(pixels, soft), soft), np.uint8)
    return _enlarged_anew(pixels, across, down)


@dataclass(frozen=True, slots=True)
class _Runs:
    """Columns that are alike: how many in a row at least, where the first run ends, whether all fit that."""

    least: int
    first: int
    even: bool

    @property
    def missing(self) -> int:
        """How many columns the first run lacks."""
        return -self.first % self.least


def _runs(pixels: NDArray[np.uint8]) -> _Runs | None:
    """Measure the columns that are alike; None where some stand alone, or hardly any differ."""
    glimpsed = _changes(pixels[:: max(1, len(pixels) // GLIMPSED)])
    if len(glimpsed) > 1 and np.diff(glimpsed).min() < 2:
        return None
    changes = _changes(pixels)
    if len(changes) < LEAST_CHANGES:
        return None
    widths = np.diff(changes)
    least = int(widths.min())
    return None if least < 2 else _Runs(least, int(changes[0]), bool((widths % least == 0).all()))


def _changes(rows: NDArray[np.uint8]) -> NDArray[np.intp]:
    """Return which columns differ from the one before."""
    return np.flatnonzero((rows[:, 1:] != rows[:, :-1]).any(axis=0)) + 1


def _enlarged_anew(pixels: NDArray[np.uint8], across: _Runs, down: _Runs) -> NDArray[np.uint8]:
    """Take one pixel of each block, and enlarge these by cubic interpolation to where the blocks were."""
    height, width = pixels.shape
    left, top = across.missing, down.missing
    right, bottom = -(left + width) % across.least, -(top + height) % down.least
    whole = cv2.copyMakeBorder(pixels, top, bottom, left, right, cv2.BORDER_REPLICATE)
    small = whole[down.least // 2 :: down.least, across.least // 2 :: across.least]
    smooth = cv2.resize(np.ascontiguousarray(small), whole.shape[::-1], interpolation=cv2.INTER_CUBIC)
    return np.ascontiguousarray(smooth[top : top + height, left : left + width], np.uint8)
