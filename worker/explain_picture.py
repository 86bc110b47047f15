"""One picture of how a number was read: page, ink, pieces, candidates, paths, confidence."""

from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from segmentation.geometry import Box, union
from worker.explain_canvas import ACCENT, GREY, LIGHT, Canvas, Colour, fitted, text_width, wrapped
from worker.explain_ink import Fate
from worker.explain_job import PageAgain
from worker.explain_records import Explanation
from worker.explain_sorts import SORT_COLOURS, SORT_NAMES, sort_view
from worker.explain_tables import draw_candidates, draw_evidence, draw_paths
from worker.explain_views import FATE_COLOURS, View, ink_view, page_view, pieces_view
from worker.explain_words import PlacedWord
from worker.overlay import STATUS_COLOURS
from worker.records import Status

__all__ = ["PICTURE_WIDTH", "draw_explanation"]

#: In px; how high the picture is depends on how much there is to tell, and is bounded by that.
PICTURE_WIDTH: Final = 1500
_MARGIN: Final = 24
_WIDTH: Final = PICTURE_WIDTH - 2 * _MARGIN
#: Most px that the views may be high, beside and below each other, and px between them.
_SIDE_BY_SIDE, _STACKED, _GAP = 300, 230, 24
#: Wider than this over its height, a number is shown several times below itself.
_WIDE: Final = 2.6
#: Room below the pieces for their numbers.
_NUMBERS_PX: Final = 34

#: Titles of the views, and what is said below the last.
_PAGE: Final = "The page"
_INK: Final = "Its ink, as the reader found it"
_SORTS: Final = "What sort of ink that is"
_PIECES: Final = "Pieces, and the cuts between them"
_PIECES_NOTE: Final = "red: a cut; grey: writing that is no part of the words which hold this number"
_FATE_NAMES: Final = {
    Fate.WRITING: "writing",
    Fate.RULE: "taken out as a rule",
    Fate.MASSIVE: "too massive for a pen",
    Fate.DROPPED: "passed over by size or shape",
    Fate.NO_DIGIT: "surely no digit",
}
#: Colours of the views that have some, and what each means.
_LEGENDS: Final = {
    _INK: [(FATE_COLOURS[fate], name) for fate, name in _FATE_NAMES.items()],
    _SORTS: list(zip(SORT_COLOURS, SORT_NAMES, strict=True)),
}


def draw_explanation(
    again: PageAgain,
    told: Explanation,
    words: Sequence[PlacedWord],
    point: tuple[int, int] | None = None,
) -> NDArray[np.uint8]:
    """Draw how something was read.

    Parameters
    ----------
    again : PageAgain
        The page. Not modified.
    told : Explanation
        Of a number, or of a point.
    words : sequence of PlacedWord
        Those of ``told.words``, in their order.
    point : (int, int), optional
        What was pointed at, in px of the page: shown where there are no words.

    Returns
    -------
    (H, 1500, 3) uint8 ndarray
        RGB on white.
    """
    canvas = Canvas(PICTURE_WIDTH)
    top = _draw_head(canvas, told)
    top, views = _draw_views(canvas, top, again, told, words, point)
    if told.words:
        glyphs = again.work.segmentation.glyphs
        top = draw_candidates(canvas, _MARGIN, top, _WIDTH, told.words, glyphs, place=views + 1)
        top = draw_paths(canvas, _MARGIN, top, _WIDTH, told, place=views + 2)
    if told.record is not None:
        top = draw_evidence(canvas, _MARGIN, top, _WIDTH, told, place=views + 3)
    return canvas.cut(top + _MARGIN // 2)


def _draw_head(canvas: Canvas, told: Explanation) -> int:
    """Say what was read and why it has its status."""
    where = f"{told.file}, page {told.page}"
    if told.record is None:
        title, status, colour = "No number here", "", GREY
    else:
        record = told.record
        title = f"Read as {record.text}"
        status = f"{record.status}, confidence {record.confidence:.3f}"
        status += f", {record.kind}" if record.kind is not None else ""
        colour = STATUS_COLOURS[record.status]
        where += f": number {told.number} of {told.numbers} (line {record.line}, number {record.number})"
    top = _MARGIN
    canvas.fill(0, 0, PICTURE_WIDTH, 8, colour)
    canvas.text(title, _MARGIN, top, size_px=22, bold=True)
    canvas.text(status, _MARGIN + text_width(title, 22, bold=True) + 24, top + 6, size_px=15, colour=colour)
    top += 38
    canvas.text(fitted(f"{where}; model {told.model}", 11, _WIDTH), _MARGIN, top, colour=GREY)
    top += 26
    for reason in told.reasons:
        for line in wrapped(reason, 13, _WIDTH - 16):
            canvas.text(line, _MARGIN + 16, top, size_px=13)
            top += 24
    if not told.as_in_job:
        notice = "The page's file in the job says otherwise: another version of the program read it."
        canvas.text(notice, _MARGIN + 16, top, size_px=13, colour=STATUS_COLOURS[Status.REJECTED])
        top += 24
    return top + 10


def _draw_views(
    canvas: Canvas,
    top: int,
    again: PageAgain,
    told: Explanation,
    words: Sequence[PlacedWord],
    point: tuple[int, int] | None,
) -> tuple[int, int]:
    """Draw page, ink and pieces, beside or below each other; return where they end and how many they are."""
    work = again.work
    sorted_ink = work.segmentation.writing.sorted_ink
    box = _part(again, told, words, point)
    stacked = box.width > _WIDE * box.height
    columns = 3 if sorted_ink is None else 4
    width = _WIDTH if stacked else (_WIDTH - (columns - 1) * _GAP) // columns
    view = View(box, min(width / box.width, (_STACKED if stacked else _SIDE_BY_SIDE) / box.height, 8.0))
    views = [(_PAGE, page_view(again.page, work.segmentation.writing.placement, view))]
    views.append((_INK, ink_view(work, view)))
    if sorted_ink is not None:
        views.append((_SORTS, sort_view(work, sorted_ink, view)))
    if words:
        views.append((_PIECES, pieces_view(work, words, view)))
    left, height, room = _MARGIN, view.size[1], min(width, _WIDTH)
    bottom = top
    for place, (title, picture) in enumerate(views, start=1):
        _draw_view(canvas, left, top, f"{place}  {title}", picture)
        below = top + 24 + height + 8
        if title == _PAGE:
            _frame_digits(canvas, again, told, view, left, top + 24)
        elif title == _PIECES:
            below = _note_pieces(canvas, words, told, view, left, below, room)
        else:
            below = _draw_legend(canvas, left, below, room, _LEGENDS[title])
        bottom = max(bottom, below)
        if stacked:
            top = below + 6
        else:
            left += width + _GAP
    return bottom + 8, len(views)


def _note_pieces(
    canvas: Canvas,
    words: Sequence[PlacedWord],
    told: Explanation,
    view: View,
    left: int,
    top: int,
    room: int,
) -> int:
    """Write the numbers of the pieces below their view, and what its colours mean; return where that ends."""
    _number_pieces(canvas, words, told, view, left, top - 4)
    top += _NUMBERS_PX
    for line in wrapped(_PIECES_NOTE, 10, room):
        canvas.text(line, left, top, size_px=10, colour=GREY)
        top += 18
    return top + 2


def _part(
    again: PageAgain, told: Explanation, words: Sequence[PlacedWord], point: tuple[int, int] | None
) -> Box:
    """Return the part of the working page that is shown."""
    writing = again.work.segmentation.writing
    height, width = writing.labels.shape
    if words:
        shown = union(
            piece
            for placed, word in zip(words, told.words, strict=True)
            for piece in placed.strip.pieces[
                placed.word.start + word.first - 1 : placed.word.start + word.last
            ]
        )
        margin = round(0.7 * max(shown.height, 0.5 * writing.size.height_px))
    else:
        corners = np.array([(*(point or (0, 0)), *(point or (0, 0)))], np.float64)
        x, y = (round(value) for value in writing.placement.on_working_page(corners)[0, :2])
        shown = Box(x, y, x + 1, y + 1).clipped(width, height)
        margin = round(2.0 * writing.size.height_px)
    left, right = shown.left - margin, shown.right + margin
    return Box(left, shown.top - margin, right, shown.bottom + margin).clipped(width, height)


def _draw_view(canvas: Canvas, left: int, top: int, title: str, picture: NDArray[np.uint8]) -> None:
    canvas.text(title, left, top, size_px=13, colour=ACCENT, bold=True)
    canvas.picture(picture, left, top + 24)
    canvas.frame(left - 1, top + 23, picture.shape[1] + 2, picture.shape[0] + 2, LIGHT)


def _frame_digits(
    canvas: Canvas, again: PageAgain, told: Explanation, view: View, left: int, top: int
) -> None:
    """Frame each digit of the number on the page."""
    if told.record is None or told.number is None:
        return
    colour = STATUS_COLOURS[told.record.status]
    for digit in again.work.numbers[told.number - 1].digits:
        box = digit.placed.box
        (x, y), (right, bottom) = view.point(box.left, box.top), view.point(box.right, box.bottom)
        canvas.frame(left + x - 2, top + y - 2, right - x + 4, bottom - y + 4, colour, 2)


def _draw_legend(
    canvas: Canvas, left: int, top: int, width: int, legend: Iterable[tuple[Colour, str]]
) -> int:
    """Say what the colours of the ink mean."""
    x = left
    for colour, name in legend:
        needed = 18 + text_width(name, 10) + 18
        if x > left and x + needed > left + width:
            x, top = left, top + 18
        canvas.fill(x, top, 12, 12, colour)
        canvas.text(name, x + 18, top + 1, size_px=10, colour=GREY)
        x += needed
    return top + 20


def _number_pieces(
    canvas: Canvas, words: Sequence[PlacedWord], told: Explanation, view: View, left: int, top: int
) -> None:
    """Write the number of each piece below it, in two rows so that neighbours keep apart."""
    ends = [-1, -1]
    for placed, word in zip(words, told.words, strict=True):
        pieces = placed.strip.pieces[placed.word.start : placed.word.stop]
        for number, piece in enumerate(pieces, start=1):
            x, _ = view.point((piece.left + piece.right) / 2, 0)
            label, row = f"{word.name}{number}", (number - 1) % 2
            half = text_width(label, 10) // 2
            if 0 <= x < view.size[0] and x - half > ends[row]:
                canvas.text(label, left + x - half, top + 15 * row, size_px=10)
                ends[row] = x + half + 4
