"""What became of the ink of a page, pixel by pixel, and which piece of a line each pixel belongs to."""

from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from segmentation.bulk import without_bulk
from segmentation.cuts import cut_pieces
from segmentation.digit_ink import LEAST_DIGIT
from segmentation.geometry import Box, union
from segmentation.lines import chain_lines
from segmentation.segment import Segmentation, Writing
from segmentation.sorting import SortedInk

__all__ = ["Fate", "fate_at", "fates", "piece_image"]


class Fate(IntEnum):
    """What became of a pixel."""

    PAPER = 0
    WRITING = 1
    RULE = 2
    MASSIVE = 3
    DROPPED = 4
    NO_DIGIT = 5


def fates(writing: Writing) -> NDArray[np.uint8]:
    """Tell for each pixel of the working page what became of it.

    Parameters
    ----------
    writing : Writing
        Of the page. Not modified.

    Returns
    -------
    (H, W) uint8 ndarray
        Values of :class:`Fate`.
    """
    found = np.zeros(writing.labels.shape, np.uint8)
    found[writing.ink.mask] = Fate.RULE
    strokes = without_bulk(writing.ink.mask, writing.size)
    found[writing.ink.mask & ~strokes] = Fate.MASSIVE
    kept = np.zeros(int(writing.labels.max(initial=0)) + 1, np.uint8)
    kept[:] = Fate.DROPPED
    if writing.sorted_ink is not None:
        if writing.left_out is not None:
            found[writing.left_out] = Fate.NO_DIGIT
        kept[_scanty(writing, writing.sorted_ink)] = Fate.NO_DIGIT
    kept[[component.label for component in writing.components]] = Fate.WRITING
    held = writing.labels > 0
    found[held] = kept[writing.labels[held]]
    return found


def _scanty(writing: Writing, ink: SortedInk) -> NDArray[np.bool_]:
    """Tell for each label whether too little of what stands in its box belongs to digits."""
    rows, columns = np.nonzero(writing.labels)
    labels = writing.labels[rows, columns]
    first = np.full((int(writing.labels.max(initial=0)) + 1, 2), np.iinfo(np.int64).max)
    last = np.zeros_like(first)
    for side, places in enumerate((columns, rows)):
        np.minimum.at(first[:, side], labels, places)
        np.maximum.at(last[:, side], labels, places + 1)
    found = np.zeros(len(first), bool)
    held = np.flatnonzero(last[:, 0])
    boxes = [Box(*first[label].tolist(), *last[label].tolist()) for label in held]
    found[held] = ink.digit_shares(boxes) < LEAST_DIGIT
    return found


def fate_at(writing: Writing, x: float, y: float) -> Fate:
    """Tell what became of the ink nearest to a point of the working page; paper where there is none near."""
    reach = max(2, round(0.3 * writing.size.height_px))
    height, width = writing.labels.shape
    top, left = max(0, int(y) - reach), max(0, int(x) - reach)
    window = fates(writing)[top : min(height, int(y) + reach + 1), left : min(width, int(x) + reach + 1)]
    rows, columns = np.nonzero(window)
    if not len(rows):
        return Fate.PAPER
    nearest = int(np.argmin((rows + top - y) ** 2 + (columns + left - x) ** 2))
    return Fate(int(window[rows[nearest], columns[nearest]]))


def piece_image(segmentation: Segmentation, strip: int) -> tuple[NDArray[np.int32], Box]:
    """Cut one line into its pieces once more, to see which pixel belongs to which.

    Parameters
    ----------
    segmentation : Segmentation
        Of the page. Not modified.
    strip : int
        Index of the line.

    Returns
    -------
    pieces : (h, w) int32 ndarray
        0 on paper, k + 1 in the piece ``strips[strip].pieces[k]``.
    frame : Box
        Where the array lies, in px of the working page.
    """
    writing = segmentation.writing
    line = chain_lines(writing.components, writing_px=writing.size.height_px)[strip]
    labels = segmentation.strips[strip].labels
    frame = union(component.box for component in line)
    parts = []
    for component in line:
        box = component.box
        mask = writing.labels[box.top : box.bottom, box.left : box.right] == component.label
        alone = labels.count(component.label) == 1
        cut = mask.astype(np.int32) if alone else cut_pieces(mask, stroke_px=writing.size.stroke_px)
        for number in range(1, int(cut.max(initial=0)) + 1):
            columns = np.flatnonzero((cut == number).any(axis=0))
            middle = box.left + (int(columns[0]) + int(columns[-1]) + 1) / 2
            parts.append((middle, cut == number, box))
    parts.sort(key=lambda part: part[0])
    image = np.zeros((frame.height, frame.width), np.int32)
    for number, (_, piece, box) in enumerate(parts, start=1):
        top, left = box.top - frame.top, box.left - frame.left
        image[top : top + box.height, left : left + box.width][piece] = number
    return image, frame
