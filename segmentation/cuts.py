"""Cuts through components that may hold more than one digit: cheapest seams from top to bottom."""

import numpy as np
from numpy.typing import NDArray

from segmentation.config import DEFAULT, SegmentationConfig

__all__ = ["cut_pieces", "find_seams"]

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
    """Return, for each pixel, the cheapest way from the top row to it, and its last step."""
    rows, width = ink.shape
    cost = np.empty((rows, width), np.float32)
    step = np.zeros((rows, width), np.int8)
    cost[0] = ink[0]
    choices = np.full((3, width), np.inf, np.float32)
    for y in range(1, rows):
        above = cost[y - 1]
        choices[0, 1:] = above[:-1] + SIDE_STEP
        choices[1] = above
        choices[2, :-1] = above[1:] + SIDE_STEP
        step[y] = choices.argmin(axis=0) - 1
        cost[y] = choices.min(axis=0) + ink[y]
    return cost, step


def _trace(step: NDArray[np.int8], x: int) -> NDArray[np.int32]:
    """Follow the steps from the last row at column `x` up to the first row."""
    path = np.empty(len(step), np.int32)
    for y in range(len(step) - 1, -1, -1):
        path[y] = x
        x = min(max(x + int(step[y, x]), 0), step.shape[1] - 1)
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
    down, down_step = _sweep(ink[: half + 1])
    up, up_step = _sweep(ink[half:][::-1])
    through = down[-1] + up[-1] - ink[half]
    order = np.argsort(through, kind="stable")
    chosen: list[int] = []
    for x in order:
        if through[x] > dearest_px or len(chosen) >= most:
            break
        inside = apart_px <= x <= width - 1 - apart_px
        if inside and all(abs(x - other) >= apart_px for other in chosen):
            chosen.append(int(x))
    seams = []
    for x in sorted(chosen):
        upper, lower = _trace(down_step, x), _trace(up_step, x)[::-1]
        seams.append(np.concatenate([upper, lower[1:]]))
    return seams


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
    if width < max(LEAST_WIDTH_PX, NARROW * height):
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
    present = np.unique(pieces[mask])
    renumbered = np.zeros(int(pieces.max()) + 1, np.int32)
    renumbered[present] = np.arange(1, len(present) + 1)
    return np.asarray(renumbered[pieces], np.int32)
