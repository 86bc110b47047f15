"""Pages scaled by one factor."""

import cv2
import numpy as np
from numpy.typing import NDArray

__all__ = ["glimpsed", "reduced", "scaled"]


def scaled(pixels: NDArray[np.uint8], scale: float) -> NDArray[np.uint8]:
    """Scale a page, each side at least one pixel long.

    Parameters
    ----------
    pixels : (H, W) uint8 ndarray
        The page. Not modified.
    scale : float
        New length over old length.

    Returns
    -------
    (H', W') uint8 ndarray
        `pixels` itself where the scale is 1.
    """
    if scale == 1.0:
        return pixels
    height, width = pixels.shape
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(pixels, size, interpolation=how), np.uint8)


def reduced(pixels: NDArray[np.uint8], side_px: int) -> NDArray[np.uint8]:
    """Scale a page down until its longer side has `side_px`; smaller pages stay as they are."""
    return scaled(pixels, min(1.0, side_px / max(pixels.shape)))


def glimpsed(pixels: NDArray[np.uint8], side_px: int) -> NDArray[np.uint8]:
    """Scale a page down as :func:`reduced` does, in a tenth of its time, for what needs no exact levels.

    A large page is halved a few times first; of sides that are odd then the last pixel is left out. Over
    what is left to do, less than twofold, two neighbours are as good as an average.
    """
    if max(pixels.shape) <= side_px:
        return pixels
    size = tuple(max(1, round(side * side_px / max(pixels.shape))) for side in pixels.shape)
    while max(pixels.shape) >= 2 * side_px and min(pixels.shape) > 1:
        even = pixels[: pixels.shape[0] // 2 * 2, : pixels.shape[1] // 2 * 2]
        pixels = np.asarray(cv2.resize(even, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), np.uint8)
    return np.asarray(cv2.resize(pixels, size[::-1], interpolation=cv2.INTER_LINEAR), np.uint8)
