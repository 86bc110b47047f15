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
#: Grey value (of 255) above which a pixel is ink.
INK_LEVEL = 64
#: Share of its ink that a part of a digit keeps.
KEPT = (0.25, 0.6)
#: Share of the cuts that run from top to bottom.
UPRIGHT_CUTS = 0.75
#: A part that is narrower than this share of its height is taken for a lone stroke,
STROKE_ASPECT = 0.4
#: and so many other cuts are tried.
TRIES = 4


def _trimmed(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    rows, columns = (
        np.flatnonzero(image.max(axis=1) > INK_LEVEL),
        np.flatnonzero(image.max(axis=0) > INK_LEVEL),
    )
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
    """Cut digits along a slanted line and keep one side: neither all that matters nor next to nothing.

    What is left is no lone upright stroke where that can be helped, because such a stroke is a one to
    everybody. Half a one always is, so callers should not pass ones.

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
    parts = images.copy()
    for k, image in enumerate(images):
        for _ in range(TRIES):
            parts[k] = _part(rng, image)
            if not _is_upright_stroke(parts[k]):
                break
    return parts


def _part(rng: np.random.Generator, image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Keep a share of a digit's ink on one side of a line; blank paper stays blank."""
    ys, xs = np.nonzero(image > INK_LEVEL)
    if not len(xs):
        return image
    tilt = rng.normal(0, 0.15)
    rows, columns = np.mgrid[: image.shape[0], : image.shape[1]].astype(np.float32)
    along = columns - tilt * rows if rng.random() < UPRIGHT_CUTS else rows - tilt * columns
    ink = along[ys, xs]
    share = rng.uniform(*KEPT)
    kept = along < np.quantile(ink, share) if rng.random() < 0.5 else along > np.quantile(ink, 1 - share)
    return np.where(kept, image, np.uint8(0))


def _is_upright_stroke(image: NDArray[np.uint8]) -> bool:
    height, width = _trimmed(image).shape
    return bool(width < STROKE_ASPECT * height)
