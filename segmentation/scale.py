"""How large the writing on a page is, and how wide its strokes: measured, never assumed."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from segmentation.frames import find_frames
from segmentation.labelling import labelled

__all__ = ["WritingSize", "lie_in_margins", "measure_stroke", "measure_writing"]

#: What is longer than so many times its height, or higher than so many times its width, is a rule: ones are
#: slim too.
LYING, STANDING = 5, 12
#: A symbol is at least so high, in px and over the width of a stroke, and has so many px of ink.
LEAST_HEIGHT_PX, LEAST_HEIGHT, LEAST_AREA_PX = 5.0, 2.0, 12
#: What fills more than this share of its box, and is longer than that share of the page's longer side, is a
#: patch.
SOLID, LARGE = 0.75, 0.3
#: What is so long, as a share of the page, and lies wholly in margins of this share of it is no writing.
LONG, MARGIN = 0.25, 0.12
#: What touches a side of the page, is as long as that and fills less of its box than this is a table, or
#: the frame of a part of one; and so is what is so empty and goes over more than that share of the page.
EMPTY, ACROSS = 0.2, 0.5
#: What is as long, and encloses so many areas, none of them higher than this share of it, which take up that
#: share of its box, is a table: bold rules are no emptier than writing.
LEAST_AREAS, HIGHEST_AREA, ENCLOSED = 4, 0.6, 0.5
#: They count all the same where nothing else is writing: less than this share of the ink.
LEAST_INK = 0.05


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
    thin = (width > LYING * height) | (height > STANDING * width)
    large = np.maximum(width, height) > LARGE * max(mask.shape)
    hollow = (fill < EMPTY) & (np.maximum(width / mask.shape[1], height / mask.shape[0]) > ACROSS)
    solid = (fill > SOLID) & large
    framed = np.zeros(len(width), bool)
    frames = find_frames(labels, stats, stroke)
    framed[[frame.label - 1 for frame in frames]] = True
    symbols = (height >= max(LEAST_HEIGHT_PX, LEAST_HEIGHT * stroke)) & (area >= LEAST_AREA_PX)
    symbols &= ~thin & ~hollow & ~solid & ~framed
    around = lie_in_margins(labels, stats[1:]) | (_reach_a_side(stats[1:], mask.shape) & (fill < EMPTY))
    inner = symbols & ~around & ~_tables(labels, stats[1:], symbols)
    if area[inner].sum() >= LEAST_INK * area[symbols].sum():
        symbols = inner
    if not symbols.any():
        return fallback
    order = np.argsort(height[symbols])
    heights, weights = height[symbols][order], area[symbols][order]
    share = np.cumsum(weights) / weights.sum()
    return WritingSize(float(heights[np.searchsorted(share, 0.5)]), stroke, float(weights.sum() / area.sum()))


def lie_in_margins(labels: NDArray[np.int32], stats: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Tell of pieces whether a table or a scanner left them, along the sides of a page and in its corners.

    Parameters
    ----------
    labels : (H, W) int32 ndarray
        Which piece a pixel belongs to, 0 on paper. Not modified.
    stats : (N, 5) int32 ndarray
        Left, top, width, height and area of each piece in px, the paper left out. Not modified.

    Returns
    -------
    (N,) bool ndarray
        True for what is long and goes nowhere but along the sides.
    """
    down, across = labels.shape
    y, x = round(MARGIN * down), round(MARGIN * across)
    found = np.zeros(len(stats), bool)
    for piece in np.flatnonzero(_are_long(stats, labels.shape)):
        left, top, width, height = (int(v) for v in stats[piece, :4])
        rows = slice(max(top, y), min(top + height, down - y))
        columns = slice(max(left, x), min(left + width, across - x))
        found[piece] = not (labels[rows, columns] == piece + 1).any()
    return found


def _are_long(stats: NDArray[np.int32], shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """Tell of pieces whether they are a large part of the page wide or high."""
    across, down = stats[:, cv2.CC_STAT_WIDTH] / shape[1], stats[:, cv2.CC_STAT_HEIGHT] / shape[0]
    return np.asarray(np.maximum(across, down) > LONG)


def _reach_a_side(stats: NDArray[np.int32], shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """Tell of pieces whether they are long and touch a side of the page."""
    left, top, width, height, _ = stats.T
    touches = (left == 0) | (top == 0) | (left + width == shape[1]) | (top + height == shape[0])
    return np.asarray(touches & _are_long(stats, shape))


def _tables(
    labels: NDArray[np.int32], stats: NDArray[np.int32], symbols: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Tell of pieces that seem to be symbols whether they enclose as much as tables do, in rows."""
    found = np.zeros(len(stats), bool)
    for piece in np.flatnonzero(symbols & _are_long(stats, labels.shape)):
        left, top, width, height = (int(v) for v in stats[piece, :4])
        own = labels[top : top + height, left : left + width] == piece + 1
        _, _, enclosed, _ = cv2.connectedComponentsWithStats((~np.pad(own, 1)).view(np.uint8), connectivity=4)
        # The piece itself and the outside come before what it encloses, of which the largest count.
        areas = enclosed[2:][np.argsort(-enclosed[2:, cv2.CC_STAT_AREA], kind="stable")]
        rows = areas[:LEAST_AREAS, cv2.CC_STAT_HEIGHT] <= HIGHEST_AREA * height
        filled = areas[:, cv2.CC_STAT_AREA].sum() >= ENCLOSED * width * height
        found[piece] = len(rows) == LEAST_AREAS and rows.all() and filled
    return found
