"""How large the writing on a page is, and how wide its strokes: measured, never assumed."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from segmentation.frames import find_frames
from segmentation.labelling import labelled

__all__ = ["WritingSize", "measure_stroke", "measure_writing"]

#: What lies along a side of the page is longer than this share of the side, and lies so near it, as a share
#: of the page across.
LEAST_ALONG, NEAREST = 0.3, 0.12
#: What goes round a corner of the page touches a side, is so large, as a share of the page, and so empty.
LEAST_CORNER, EMPTY = 0.25, 0.2
#: They count all the same where nothing else is writing: fewer symbols, or less ink, than this.
LEAST_SYMBOLS, LEAST_INK = 3, 0.05


@dataclass(frozen=True, slots=True)
class WritingSize:
    """Size of the writing, in px of the page it was measured on.

    Attributes
    ----------
    height_px : float
        Height of a typical written symbol.
    stroke_px : float
        Width of a typical stroke.
    share : float
        How much of the ink the height was measured on, 0..1.
    """

    height_px: float
    stroke_px: float
    share: float = 1.0


def measure_stroke(mask: NDArray[np.bool_]) -> float:
    """Return the typical stroke width in px, 1.0 for a page without ink.

    Ink area over half its outline is the mean width of a stroke, whatever its shape.

    Parameters
    ----------
    mask : (H, W) bool ndarray
        True = ink. Not modified.
    """
    ink = mask.view(np.uint8)
    area = int(cv2.countNonZero(ink))
    if area == 0:
        return 1.0
    inner = int(cv2.countNonZero(cv2.erode(ink, np.ones((3, 3), np.uint8))))
    # Eroding by one pixel takes both edges of a stroke: area / lost = width / 2.
    return float(max(1.0, 2.0 * area / max(1, area - inner)))


def measure_writing(mask: NDArray[np.bool_]) -> WritingSize:
    """Estimate the height of the writing from the components that can be symbols.

    Rules and whole tables are left out by their shape: long and thin, or large and nearly
    empty; and so is what lies along the page's sides and in its corners, where a sheet ends. Of the
    rest the median height counts, weighted by ink, so that dust has no say.

    Parameters
    ----------
    mask : (H, W) bool ndarray
        True = ink. Not modified.

    Returns
    -------
    WritingSize
        With a height of ten strokes where nothing looks like a symbol.
    """
    stroke = measure_stroke(mask)
    labels, stats, _ = labelled(mask)
    fallback = WritingSize(10.0 * stroke, stroke, 0.0)
    if len(stats) <= 1:
        return fallback
    width, height, area = (
        stats[1:, k].astype(np.float64) for k in (cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT, cv2.CC_STAT_AREA)
    )
    fill = area / (width * height)
    thin = (width > 5 * height) | (height > 12 * width)
    large = np.maximum(width, height) > 0.3 * max(mask.shape)
    hollow = (fill < 0.2) & (np.maximum(width / mask.shape[1], height / mask.shape[0]) > 0.5)
    solid = (fill > 0.75) & large
    framed = np.zeros(len(width), bool)
    frames = find_frames(labels, stats, stroke)
    framed[[frame.label - 1 for frame in frames]] = True
    symbols = (height >= max(5.0, 2.0 * stroke)) & (area >= 12) & ~thin & ~hollow & ~solid & ~framed
    inner = symbols & ~_of_surroundings(stats[1:], mask.shape)
    if inner.sum() >= LEAST_SYMBOLS and area[inner].sum() >= LEAST_INK * area[symbols].sum():
        symbols = inner
    if not symbols.any():
        return fallback
    order = np.argsort(height[symbols])
    heights, weights = height[symbols][order], area[symbols][order]
    share = np.cumsum(weights) / weights.sum()
    return WritingSize(float(heights[np.searchsorted(share, 0.5)]), stroke, float(weights.sum() / area.sum()))


def _of_surroundings(stats: NDArray[np.int32], shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """Tell of pieces whether a table or a scanner left them, along a page's sides and in its corners."""
    left, top, width, height, area = (stats[:, k].astype(np.float64) for k in range(5))
    down, across = shape
    large = np.maximum(width / across, height / down) > LEAST_CORNER
    touches = (left == 0) | (top == 0) | (left + width == across) | (top + height == down)
    corner = touches & large & (area < EMPTY * width * height)
    beside = _along_a_side(left, width, height, across, down) | _along_a_side(
        top, height, width, down, across
    )
    return np.asarray(corner | beside)


def _along_a_side(
    start: NDArray[np.float64],
    depth: NDArray[np.float64],
    length: NDArray[np.float64],
    across: int,
    along: int,
) -> NDArray[np.bool_]:
    """Tell of pieces whether they lie along one of two opposite sides."""
    margin = NEAREST * across
    in_margin = (start + depth < margin) | (start > across - margin)
    return np.asarray(in_margin & (length > LEAST_ALONG * along))
