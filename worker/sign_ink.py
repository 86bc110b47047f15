"""The ink of a page that may be signs: what was read as nothing, and what was read only by the way.

A comma that touches nothing may still be read: as part of the digit beside it, which is the same digit
without it, or as a low 1 in a line of its own. Both count as unread here.
"""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from segmentation.candidates import Strip
from segmentation.geometry import Box
from segmentation.segment import Segmentation
from worker.number_records import Found

__all__ = ["labels_of", "trimmed", "unread_by"]

#: What may be left out of a digit is lower and narrower than these shares of its height,
LOW, NARROW = 0.55, 0.8
#: and the rest has to be the same digit, nearly as surely: this share of its probability.
AS_SURE = 0.9


def labels_of(digit: Found, strips: Sequence[Strip]) -> tuple[int, ...]:
    """Return the components that a digit was read from, by their numbers in the label image."""
    strip = strips[digit.placed.strip]
    candidate = strip.candidates[digit.read.edge]
    return strip.labels[candidate.start : candidate.stop]


def trimmed(digit: Found, strip: Strip, probabilities: NDArray[np.float32]) -> tuple[Box, tuple[int, ...]]:
    """Leave out what stands beside a digit and was taken along.

    Parameters
    ----------
    digit : Found
        As it was read.
    strip : Strip
        That it was read from.
    probabilities : (N, 11) float32 ndarray
        What is said of the strip's candidates. Not modified.

    Returns
    -------
    Box
        Around the digit, smaller where something was left out.
    tuple of int
        The components that it still holds.
    """
    whole = strip.candidates[digit.read.edge]
    start, stop, box = whole.start, whole.stop, whole.box
    labels = strip.labels
    if len(set(labels[start:stop])) > 1:
        least = AS_SURE * float(probabilities[digit.read.edge, digit.read.digit])
        edges = {
            (c.start, c.stop): k
            for k, c in enumerate(strip.candidates)
            if start <= c.start and c.stop <= stop
        }

        def is_same(first: int, last: int) -> bool:
            edge = edges.get((first, last))
            return edge is not None and float(probabilities[edge, digit.read.digit]) > least

        for _ in range(2):
            low = stop - 1
            while low > start and labels[low - 1] == labels[stop - 1]:
                low -= 1
            if _is_aside(strip, range(low, stop), range(start, low), whole.box.height) and is_same(
                start, low
            ):
                stop = low
            high = start + 1
            while high < stop and labels[high] == labels[start]:
                high += 1
            if _is_aside(strip, range(start, high), range(high, stop), whole.box.height) and is_same(
                high, stop
            ):
                start = high
        if (start, stop) != (whole.start, whole.stop):
            box = strip.candidates[edges[start, stop]].box
    return box, labels[start:stop]


def _is_aside(strip: Strip, aside: range, rest: range, height: int) -> bool:
    """Tell whether small pieces are components of their own beside the rest of a digit."""
    if not len(rest) or {strip.labels[k] for k in aside} & {strip.labels[k] for k in rest}:
        return False
    boxes = [strip.pieces[k] for k in aside]
    return all(box.height < LOW * height and box.width < NARROW * height for box in boxes)


def unread_by(read: Iterable[tuple[Box, tuple[int, ...]]], segmentation: Segmentation) -> NDArray[np.int32]:
    """Return a page's pieces of ink without those that were read.

    Parameters
    ----------
    read : iterable of (Box, tuple of int)
        Where each digit stands, and the components that it holds.
    segmentation : Segmentation
        Of the page.

    Returns
    -------
    (H, W) int32 ndarray
        Which piece of ink a pixel belongs to; 0 on paper and where a digit was read.
    """
    rest = segmentation.writing.labels.copy()
    for box, labels in read:
        part = rest[box.top : box.bottom, box.left : box.right]
        for label in set(labels):
            part[part == label] = 0
    return rest
