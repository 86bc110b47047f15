"""Cuts through components that may hold more than one digit: cheapest seams from top to bottom."""

import numpy as np
from numpy.typing import NDArray

from segmentation.config import DEFAULT, SegmentationConfig

__all__ = ["cut_pieces", "find_seams", "may_be_cut"]

#: What a step aside costs, in ink pixels: seams stay upright where nothing pulls them.
SIDE_STEP = 0.3
#: What is narrower than this, over its height or in px, is not cut.
NARROW, LEAST_WIDTH_PX = 0.62, 8
#: Seams for each height that a component is wide: two ones are half as wide as high together.
SEAMS = 3.0
#: Seams are this share of the height apart.
APART = 0.22
#: A seam crosses at most so many strokes, or ink for this share of the height.
DEAREST_STROKES, DEAREST_HEIGHT = 3.2, 0.3


def _sweep(ink: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.int8]]:
    """Return, for stacks of rows (rows, parts, width), what the cheapest ways cost and their last steps.

    The ways go from the first row to each pixel, in each part by itself.
    """
    rows, parts, width = ink.shape
    # A column that nothing goes through on either side spares the loop its cases.
    cost = np.full((rows, parts, width + 2), np.inf, np.float32)
    cost[:, :, 1:-1] = ink
    for y in range(1, rows):
        above = cost[y - 1]
        cheapest = np.minimum(above[:, :-2], above[:, 2:])
        cheapest += SIDE_STEP
        np.minimum(cheapest, above[:, 1:-1], out=cheapest)
        cost[y, :, 1:-1] += cheapest
    left, right = cost[:-1, :, :-2] + SIDE_STEP, cost[:-1, :, 2:] + SIDE_STEP
    middle = cost[:-1, :, 1:-1]
    step = np.zeros(ink.shape, np.int8)
    step[1:] = right < middle
    step[1:][left <= np.minimum(middle, right)] = -1
    return cost[:, :, 1:-1], step


def _trace(step: list[list[int]], x: int) -> list[int]:
    """Follow the steps from the last row at column `x` up to the first row."""
    path = []
    for row in reversed(step):
        path.append(x)
        x += row[x]
    path.reverse()
    return path


def find_seams(
    mask: NDArray[np.bool_], *, most: int, apart_px: float, dearest_px: float
) -> list[NDArray[np.int32]]:
    """Find the cheapest seams that part a component into left and right.

    A seam runs from the top row to the bottom row and pays for each ink pixel it crosses;
    dynamic programming from both ends gives the cheapest seam through every column at
    half height, and its local minima are the candidates.

    Parameters
    ----------
    mask : (h, w) bool ndarray
        The component in its box. Not modified.
    most : int
        At most so many seams, the cheapest first choice.
    apart_px : float
        Least distance between two seams, and from the component's sides.
    dearest_px : float
        Seams that cross more ink than this are left out.

    Returns
    -------
    list of (h,) int32 ndarray
        Column of the seam in each row, the seams from left to right.
    """
    rows, width = mask.shape
    if width < 2 * apart_px + 1 or rows < 2:
        return []
    ink = mask.astype(np.float32)
    half = rows // 2
    # The upper part downwards and the lower one upwards; a blank row before the first costs nothing.
    towards = np.zeros((max(half + 1, rows - half), 2, width), np.float32)
    towards[-half - 1 :, 0] = ink[: half + 1]
    towards[half - rows :, 1] = ink[half:][::-1]
    cost, step = _sweep(towards)
    through = cost[-1, 0] + cost[-1, 1] - ink[half]
    columns = np.arange(width)
    inside = (columns >= apart_px) & (columns <= width - 1 - apart_px) & (through <= dearest_px)
    places = columns[inside]
    chosen: list[int] = []
    for x in places[np.argsort(through[inside], kind="stable")].tolist():
        if len(chosen) >= most:
            break
        if all(abs(x - other) >= apart_px for other in chosen):
            chosen.append(x)
    if not chosen:
        return []
    down, up = step[-half - 1 :, 0].tolist(), step[half - rows :, 1].tolist()
    return [np.array(_trace(down, x) + _trace(up, x)[-2::-1], np.int32) for x in sorted(chosen)]


def may_be_cut(mask: NDArray[np.bool_]) -> bool:
    """Tell whether a component, given in its box, is wide enough to hold more than one digit."""
    height, width = mask.shape
    return bool(width >= max(LEAST_WIDTH_PX, NARROW * height))


def cut_pieces(
    mask: NDArray[np.bool_], *, stroke_px: float, config: SegmentationConfig = DEFAULT
) -> NDArray[np.int32]:
    """Part a component along its seams and number the pieces from left to right.

    Parameters
    ----------
    mask : (h, w) bool ndarray
        The component in its box. Not modified.
    stroke_px : float
        Width of a typical stroke: a seam crosses at most a few.
    config : SegmentationConfig
        Limits.

    Returns
    -------
    (h, w) int32 ndarray
        0 on paper, 1 … K in the pieces; K = 1 where there is nothing to cut.
    """
    height, width = mask.shape
    pieces = mask.astype(np.int32)
    if not may_be_cut(mask):
        return pieces
    most = min(config.max_pieces - 1, max(1, round(SEAMS * width / height)))
    dearest = max(DEAREST_STROKES * stroke_px, DEAREST_HEIGHT * height)
    seams = find_seams(mask, most=most, apart_px=max(3.0, APART * height), dearest_px=dearest)
    if not seams:
        return pieces
    columns = np.arange(width)[None, :]
    order = np.zeros((height, width), np.int32)
    for seam in seams:
        order += columns > seam[:, None]
    pieces = np.where(mask, order + 1, 0)
    present = np.bincount(pieces.ravel()) > 0
    present[0] = False
    renumbered = np.where(present, np.cumsum(present), 0)
    return np.asarray(renumbered[pieces], np.int32)
