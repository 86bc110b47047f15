"""A whole page as the reader found it: ink by its fate, cells, lines, and its numbers with their ordinals."""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from segmentation.geometry import Box, union
from worker.explain_canvas import GREY, Canvas, Colour, fitted, text_width
from worker.explain_ink import Fate
from worker.explain_job import PageAgain
from worker.explain_records import PageMap
from worker.explain_views import FATE_COLOURS, View, ink_view
from worker.explain_words import words_of_line
from worker.overlay import STATUS_COLOURS
from worker.records import Status

__all__ = ["MAP_SIDE", "draw_map"]

#: Longer side of the page on the map, at least and at most, in px.
MAP_SIDE: Final = (1000, 2600)
_MARGIN: Final = 20
_CELL: Final[Colour] = (120, 190, 140)
_LINE: Final[Colour] = (180, 200, 240)
_LEFT_OUT: Final[Colour] = (150, 150, 150)
_PRINTED: Final[Colour] = (170, 110, 190)


def draw_map(again: PageAgain, told: PageMap) -> NDArray[np.uint8]:
    """Draw the working page with all that was found on it.

    Parameters
    ----------
    again : PageAgain
        The page. Not modified.
    told : PageMap
        What was found on it.

    Returns
    -------
    (H, W, 3) uint8 ndarray
        RGB on white.
    """
    height, width = again.work.segmentation.writing.labels.shape
    least, most = MAP_SIDE
    scale = min(max(1.0, least / max(height, width)), most / max(height, width))
    view = View(Box(0, 0, width, height), scale)
    canvas = Canvas(max(view.size[0] + 2 * _MARGIN, 900))
    top = _draw_head(canvas, told)
    canvas.picture(_pale(ink_view(again.work, view)), _MARGIN, top)
    _draw_layout(canvas, again, view, top)
    _draw_numbers(canvas, again, view, top)
    return canvas.cut(top + view.size[1] + _MARGIN)


def _draw_head(canvas: Canvas, told: PageMap) -> int:
    """Say what the page is, and what the colours mean."""
    width = canvas.width - 2 * _MARGIN
    title = f"{told.file}, page {told.page}"
    canvas.text(fitted(title, 16, width, bold=True), _MARGIN, _MARGIN, size_px=16, bold=True)
    found = (
        f"{len(told.numbers)} numbers, {told.lines_of_ink} lines of ink, {told.components} pieces of ink, "
        f"{len(told.cells)} cells; writing about {told.writing_height_px:g} px high; model {told.model}"
    )
    canvas.text(fitted(found, 11, width), _MARGIN, _MARGIN + 30, colour=GREY)
    left, top = _MARGIN, _MARGIN + 56
    for colour, name, filled in _legend():
        needed = 20 + text_width(name, 11) + 22
        if left > _MARGIN and left + needed > canvas.width - _MARGIN:
            left, top = _MARGIN, top + 22
        if filled:
            canvas.fill(left, top, 13, 13, colour)
        else:
            canvas.frame(left, top, 13, 13, colour, 2)
        canvas.text(name, left + 20, top + 1, size_px=11)
        left += needed
    top += 24
    if not told.as_in_job:
        notice = "The page's file in the job says otherwise: another version of the program read it."
        canvas.text(notice, _MARGIN, top, colour=STATUS_COLOURS[Status.REJECTED])
        top += 22
    return top + 6


def _legend() -> list[tuple[Colour, str, bool]]:
    """Return colour, meaning, and whether it is filled, of all that is drawn."""
    ink = [
        (FATE_COLOURS[Fate.WRITING], "writing", True),
        (FATE_COLOURS[Fate.RULE], "taken out as a rule", True),
        (FATE_COLOURS[Fate.MASSIVE], "too massive for a pen", True),
        (FATE_COLOURS[Fate.DROPPED], "passed over by size or shape", True),
        (FATE_COLOURS[Fate.NO_DIGIT], "surely no digit", True),
    ]
    boxes = [
        (_CELL, "cell", False),
        (_LINE, "line of ink", False),
        (_LEFT_OUT, "no number", False),
        (_PRINTED, "printed, left out", False),
        (STATUS_COLOURS[Status.ACCEPTED], "accepted", False),
        (STATUS_COLOURS[Status.REVIEW], "review", False),
        (STATUS_COLOURS[Status.REJECTED], "rejected", False),
    ]
    return ink + boxes


def _pale(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Lighten the ink, so that boxes and labels stand out from it."""
    white = np.full_like(picture, 255)
    return np.asarray(cv2.addWeighted(picture, 0.7, white, 0.3, 0.0), np.uint8)


def _draw_layout(canvas: Canvas, again: PageAgain, view: View, top: int) -> None:
    """Frame cells, lines of ink, and words that are no numbers."""
    segmentation = again.work.segmentation
    for cell in segmentation.writing.cells:
        _frame(canvas, cell.box, view, top, _CELL)
    for line, strip in enumerate(segmentation.strips):
        _frame(canvas, union(strip.pieces), view, top, _LINE, grown=3)
        for placed in words_of_line(again.work, line):
            if not placed.word.is_number:
                _frame(canvas, placed.box, view, top, _LEFT_OUT)
    for number in again.work.left_out:
        _frame(canvas, union(digit.placed.box for digit in number.digits), view, top, _PRINTED)
    for number in again.work.passed_over:
        _frame(canvas, union(digit.placed.box for digit in number.digits), view, top, _LEFT_OUT)


def _draw_numbers(canvas: Canvas, again: PageAgain, view: View, top: int) -> None:
    """Frame each number, with its ordinal and what it reads above it."""
    writing = again.work.segmentation.writing
    size = int(min(13, max(9, 0.3 * writing.size.height_px * view.scale)))
    for ordinal, number in enumerate(again.work.numbers, start=1):
        colour = STATUS_COLOURS[number.record.status]
        box = union(digit.placed.box for digit in number.digits)
        _frame(canvas, box, view, top, colour, grown=2, line_px=2)
        x, y = view.point(box.left, box.top)
        label = f"{ordinal}: {number.record.text}"
        width = text_width(label, size) + 4
        left = min(_MARGIN + x, canvas.width - width)
        above = max(0, top + y - size - 8)
        canvas.fill(left - 2, above - 2, width, size + 5, (255, 255, 255))
        canvas.text(label, left, above, size_px=size, colour=colour)


def _frame(
    canvas: Canvas, box: Box, view: View, top: int, colour: Colour, *, grown: int = 1, line_px: int = 1
) -> None:
    (left, upper), (right, lower) = view.point(box.left, box.top), view.point(box.right, box.bottom)
    width, height = right - left + 2 * grown, lower - upper + 2 * grown
    canvas.frame(_MARGIN + left - grown, top + upper - grown, width, height, colour, line_px)
