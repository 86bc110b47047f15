"""Glyphs cut out of the page: their ink with its soft edges, and nothing of their neighbours."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from segmentation.components import Component
from segmentation.cuts import may_be_cut
from segmentation.geometry import Box, union
from segmentation.normalize import normalize_glyph

__all__ = ["cut_out", "cut_specimen", "cut_wholes", "frame_of", "tight_box", "window_of"]

#: A pixel and those around it.
_AROUND = np.ones((3, 3), np.uint8)


def tight_box(mask: NDArray[np.bool_], left: int, top: int) -> Box:
    """Return the box around the ink of a mask whose corner lies at `left`, `top`, in px of the page."""
    x, y, width, height = cv2.boundingRect(mask.view(np.uint8))
    return Box(left + x, top + y, left + x + width, top + y + height)


def window_of(image: NDArray[np.int32], frame: Box, box: Box) -> NDArray[np.int32]:
    """Return the part of a frame's image that a box covers."""
    return image[box.top - frame.top : box.bottom - frame.top, box.left - frame.left : box.right - frame.left]


def _soft(strength: NDArray[np.uint8], own: NDArray[np.uint8], blank: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return a glyph's ink with its soft edges and nothing of its neighbours; masks are 0 and 255."""
    grown = cv2.bitwise_and(cv2.dilate(own, _AROUND), cv2.bitwise_or(own, blank))
    return np.asarray(cv2.bitwise_and(strength, grown), np.uint8)


def frame_of(line: Sequence[Component], labels: NDArray[np.int32]) -> Box:
    """Return the box around a line and a pixel more, as far as the page goes."""
    tight = union(component.box for component in line)
    height, width = labels.shape
    return Box(tight.left - 1, tight.top - 1, tight.right + 1, tight.bottom + 1).clipped(width, height)


def cut_out(
    strength: NDArray[np.uint8], image: NDArray[np.int32], frame: Box, tight: Box, start: int, stop: int
) -> NDArray[np.uint8]:
    """Cut the pieces ``start <= k < stop`` of a line out of the page; `tight` is the box around them."""
    left, top = max(tight.left - 1, frame.left), max(tight.top - 1, frame.top)
    right, bottom = min(tight.right + 1, frame.right), min(tight.bottom + 1, frame.bottom)
    window = image[top - frame.top : bottom - frame.top, left - frame.left : right - frame.left]
    own = np.asarray(cv2.inRange(window, start + 1, stop), np.uint8)
    blank = np.asarray(cv2.inRange(window, 0, 0), np.uint8)
    return _soft(strength[top:bottom, left:right], own, blank)


def cut_specimen(
    components: Sequence[Component], labels: NDArray[np.int32], strength: NDArray[np.uint8]
) -> NDArray[np.uint8]:
    """Cut out and normalize components that are known to be one symbol.

    Parameters
    ----------
    components : sequence of Component
        At least one.
    labels : (H, W) int32 ndarray
        Label image of the page. Not modified.
    strength : (H, W) uint8 ndarray
        Soft ink of the page. Not modified.

    Returns
    -------
    (28, 28) uint8 ndarray
        As the network sees it in reading.
    """
    tight = union(component.box for component in components)
    height, width = labels.shape
    box = Box(tight.left - 1, tight.top - 1, tight.right + 1, tight.bottom + 1).clipped(width, height)
    window = labels[box.top : box.bottom, box.left : box.right]
    own = np.isin(window, [component.label for component in components]).view(np.uint8) * np.uint8(255)
    blank = np.asarray(cv2.inRange(window, 0, 0), np.uint8)
    return normalize_glyph(_soft(strength[box.top : box.bottom, box.left : box.right], own, blank))


def cut_wholes(
    line: Sequence[Component], labels: NDArray[np.int32], strength: NDArray[np.uint8]
) -> dict[int, NDArray[np.uint8]]:
    """Normalize the components of a line that may be cut and may be one symbol, as they are.

    Parameters
    ----------
    line : sequence of Component
        From left to right, at least one.
    labels : (H, W) int32 ndarray
        Label image of the page. Not modified.
    strength : (H, W) uint8 ndarray
        Soft ink of the page. Not modified.

    Returns
    -------
    dict of int to (28, 28) uint8 ndarray
        By their numbers in the label image.
    """
    frame = frame_of(line, labels)
    image = np.zeros((frame.height, frame.width), np.int32)
    masks = []
    for number, component in enumerate(line, start=1):
        box = component.box
        mask = labels[box.top : box.bottom, box.left : box.right] == component.label
        window_of(image, frame, box)[mask] = number
        masks.append(mask)
    wholes = {}
    for number, (component, mask) in enumerate(zip(line, masks, strict=True), start=1):
        if may_be_cut(mask):
            box = tight_box(mask, component.box.left, component.box.top)
            wholes[component.label] = normalize_glyph(
                cut_out(strength, image, frame, box, number - 1, number)
            )
    return wholes
