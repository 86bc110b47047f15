"""Pieces of ink that were read as nothing: where each lies, how large it is, and by what it is measured."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np
from numpy.typing import NDArray

from segmentation.geometry import Box

__all__ = ["Frame", "Piece", "is_cross", "is_leaning_stroke", "pieces_in"]

#: Less ink than this, in squares of the stroke's width, or in px, is dust.
LEAST_INK, LEAST_PX = 0.4, 4
#: What is larger than this, over the height of a digit, either way, is no sign.
MOST_SIZE = 1.6
#: A cross has this share of its ink on two strokes, each of which spans this share of it,
ON_STROKES, SPANNED = 0.85, 0.75
#: and which meet in its middle part, which begins at this share of its width and height.
MIDDLE = 0.25
#: It is at least this high over its width, or the other way round: a wave is flatter.
SQUARE = 0.5
#: A leaning stroke is straight to so many strokes, and leans at least so much: right over up.
STRAIGHT, LEAST_LEAN = 0.6, 0.12


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """A piece of ink.

    Attributes
    ----------
    label : int
        Its number in the label image.
    box : Box
        Around all of it, in px of the working page.
    mask : (h, w) bool ndarray
        Its ink in that box.
    """

    label: int
    box: Box
    mask: NDArray[np.bool_]

    @property
    def area_px(self) -> int:
        """Ink pixels."""
        return int(np.count_nonzero(self.mask))


@dataclass(frozen=True, slots=True)
class Frame:
    """The digits that a sign stands beside, as a measure for it.

    Attributes
    ----------
    baseline_px : float
        What the digits stand on, as a row of the working page.
    height_px : float
        Height of a digit.
    stroke_px : float
        Width of a stroke.
    """

    baseline_px: float
    height_px: float
    stroke_px: float

    @classmethod
    def of(cls, beside: Sequence[Box], heights_px: Sequence[int], stroke_px: float) -> "Frame":
        """Return that of the digits beside a place, in a line whose digits have such heights."""
        baseline = sum(box.bottom for box in beside) / len(beside)
        return cls(baseline, max(1.0, float(median(heights_px))), max(1.0, stroke_px))


def pieces_in(unread: NDArray[np.int32], window: Box, frame: Frame) -> list[Piece]:
    """Return the pieces of unread ink that reach into a part of the page, from left to right.

    Parameters
    ----------
    unread : (H, W) int32 ndarray
        Which piece of ink a pixel belongs to; 0 on paper, and where ink was read. Not modified.
    window : Box
        Inside the page.
    frame : Frame
        Tells what is dust, and what is larger than any sign.

    Returns
    -------
    list of Piece
        Whole pieces, dust left out; of those that are larger than any sign, a part that is as well.
    """
    seen = unread[window.top : window.bottom, window.left : window.right]
    inked = seen[seen > 0]
    if not len(inked):
        return []
    least = max(LEAST_PX, LEAST_INK * frame.stroke_px**2)
    reach = round(MOST_SIZE * frame.height_px) + 1
    height, width = unread.shape
    large = Box(window.left - reach, window.top - reach, window.right + reach, window.bottom + reach)
    large = large.clipped(width, height)
    around = unread[large.top : large.bottom, large.left : large.right]
    found = []
    for label in np.unique(inked).tolist():
        mask = around == label
        if np.count_nonzero(mask) < least:
            continue
        rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
        top, bottom, left, right = int(rows[0]), int(rows[-1]) + 1, int(columns[0]), int(columns[-1]) + 1
        box = Box(large.left + left, large.top + top, large.left + right, large.top + bottom)
        found.append(Piece(label, box, mask[top:bottom, left:right]))
    return sorted(found, key=lambda piece: piece.box.centre[0])


def is_cross(mask: NDArray[np.bool_], stroke_px: float) -> bool:
    """Tell whether ink is a level and an upright stroke that cross about their middles."""
    rows, columns = mask.sum(axis=1), mask.sum(axis=0)
    y, x = int(rows.argmax()), int(columns.argmax())
    height, width = mask.shape
    if min(height, width) < SQUARE * max(height, width):
        return False
    if not (MIDDLE * height < y < (1 - MIDDLE) * height and MIDDLE * width < x < (1 - MIDDLE) * width):
        return False
    reach = max(1, round(stroke_px))
    level = np.zeros_like(mask)
    level[max(0, y - reach) : y + reach + 1] = True
    upright = np.zeros_like(mask)
    upright[:, max(0, x - reach) : x + reach + 1] = True
    across = float((mask & level).any(axis=0).mean())
    down = float((mask & upright).any(axis=1).mean())
    on_strokes = float(np.mean((level | upright)[mask]))
    return min(across, down) >= SPANNED and on_strokes >= ON_STROKES


def is_leaning_stroke(mask: NDArray[np.bool_], stroke_px: float) -> bool:
    """Tell whether ink is one straight stroke that leans to the right."""
    rows, columns = np.nonzero(mask)
    if mask.shape[0] < 2 * stroke_px or len(np.unique(rows)) < 0.9 * mask.shape[0]:
        return False
    slope, start = np.polyfit(rows, columns, 1)
    aside = np.std(columns - (slope * rows + start))
    return bool(-slope >= LEAST_LEAN and aside <= STRAIGHT * stroke_px)
