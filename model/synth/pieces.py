"""What over-segmentation makes of digits: halves, pairs and digits with a neighbour's remains.

The network must know them, or every wrong cut would be read as a digit.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

__all__ = ["draw_pairs", "draw_parts"]

Images = NDArray[np.uint8]

#: Side of the images that are returned, px: room for two digits side by side.
SIDE = 56


def _trimmed(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    rows, columns = np.flatnonzero(image.max(axis=1) > 64), np.flatnonzero(image.max(axis=0) > 64)
    if not len(rows):
        return image
    return image[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def _placed(parts: list[tuple[NDArray[np.uint8], int, int]]) -> NDArray[np.uint8]:
    canvas = np.zeros((SIDE, SIDE), np.uint8)
    for part, left, top in parts:
        left, top = max(0, left), max(0, top)
        height, width = min(part.shape[0], SIDE - top), min(part.shape[1], SIDE - left)
        window = canvas[top : top + height, left : left + width]
        np.maximum(window, part[:height, :width], out=window)
    return canvas


def draw_pairs(rng: np.random.Generator, images: Images) -> Images:
    """Draw neighbours that touch or nearly touch: no digit, but two.

    Parameters
    ----------
    rng : numpy.random.Generator
        The same state gives the same bytes.
    images : (2 K, S, S) uint8 ndarray
        Digits, 0 = paper, 255 = ink. Not modified.

    Returns
    -------
    (K, 56, 56) uint8 ndarray
        One pair each.
    """
    pairs = []
    for left, right in zip(images[0::2], images[1::2], strict=True):
        first, second = _trimmed(left), _trimmed(right)
        size = rng.uniform(0.8, 1.2)
        second = np.asarray(
            cv2.resize(
                second, (max(2, round(second.shape[1] * size)), max(4, round(second.shape[0] * size)))
            ),
            np.uint8,
        )
        gap = int(rng.integers(-3, 3))
        middle = SIDE // 2
        top = middle - first.shape[0] // 2
        shift = round(rng.normal(0, 2))
        start = max(0, middle - (first.shape[1] + second.shape[1] + gap) // 2)
        pairs.append(
            _placed(
                [
                    (first, start, top),
                    (second, start + first.shape[1] + gap, middle - second.shape[0] // 2 + shift),
                ]
            )
        )
    return np.stack(pairs) if pairs else np.zeros((0, SIDE, SIDE), np.uint8)


def draw_parts(rng: np.random.Generator, images: Images) -> Images:
    """Cut digits along a slanted line and keep one side.

    Ones are left whole by nobody: half a one is a one, so callers should not pass them.

    Parameters
    ----------
    rng : numpy.random.Generator
        The same state gives the same bytes.
    images : (K, S, S) uint8 ndarray
        Digits, 0 = paper, 255 = ink. Not modified.

    Returns
    -------
    (K, S, S) uint8 ndarray
        One part each.
    """
    if not len(images):
        return images.copy()
    side = images.shape[1]
    ys, xs = np.mgrid[:side, :side].astype(np.float32)
    parts = images.copy()
    for k, image in enumerate(images):
        rows, columns = np.flatnonzero(image.max(axis=1) > 64), np.flatnonzero(image.max(axis=0) > 64)
        if not len(rows):
            continue
        upright = rng.random() < 0.75
        low, high = (columns[0], columns[-1]) if upright else (rows[0], rows[-1])
        at = low + (high - low) * rng.uniform(0.3, 0.7)
        along, across = (xs, ys) if upright else (ys, xs)
        line = along - at - rng.normal(0, 0.15) * (across - side / 2)
        keep = line < 0 if rng.random() < 0.5 else line > 0
        parts[k] = np.where(keep, image, 0)
    return parts
