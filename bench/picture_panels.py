"""Panels for the guide to reading: a page's ink by sort, its layout, and the lattice of one number."""

from collections.abc import Sequence
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from segmentation.geometry import Box, union
from worker.explain_canvas import GOOD, GREY, LIGHT, WHITE, Canvas, Colour, text_width
from worker.explain_ink import Fate
from worker.explain_job import PageAgain
from worker.explain_picture import PICTURE_WIDTH
from worker.explain_records import Explanation
from worker.explain_sorts import SORT_COLOURS, SORT_NAMES, sort_view
from worker.explain_tables import draw_evidence
from worker.explain_views import FATE_COLOURS, View, ink_view, page_view, pieces_view
from worker.explain_words import PlacedWord
from worker.reader import PageWork

__all__ = ["confidence_panel", "lattice_panel", "layout_panel", "light_png", "sorts_panel"]

Picture = NDArray[np.uint8]

#: No picture of the guide is larger: whoever clones the project should not wait for them.
MOST_BYTES: Final = 150_000
#: Levels of each colour that are tried, the most first, until a picture is small enough.
LEVELS: Final = (52, 32, 18, 12, 8, 6)

#: Px around a page, and the width that it is drawn with.
_MARGIN, _PAGE_PX = 12, 760
_CELL: Final[Colour] = (0, 140, 90)
_LINE: Final[Colour] = (90, 90, 220)
_LEGEND_PX: Final = 24

#: Sides of a candidate of the lattice in px, and the width of the picture.
_GLYPH_PX, _LATTICE_PX = 42, 900
#: No more rows of candidates are drawn.
_MOST_ROWS: Final = 7
#: A line may be drawn as high as this, in px.
_LINE_HIGH: Final = 150


def light_png(picture: Picture) -> bytes:
    """Encode a picture as a PNG of at most 150 kB, with fewer levels of colour where need be.

    Raises
    ------
    ValueError
        It has too much on it even so.
    """
    for levels in LEVELS:
        step = 255 / (levels - 1)
        coarse = np.rint(np.rint(picture / step) * step).astype(np.uint8)
        bgr: Any = cv2.cvtColor(coarse, cv2.COLOR_RGB2BGR)
        _, encoded = cv2.imencode(".png", bgr, [cv2.IMWRITE_PNG_COMPRESSION, 9])
        if len(encoded) <= MOST_BYTES:
            return bytes(encoded.tobytes())
    raise ValueError(f"a picture of {picture.shape[1]} x {picture.shape[0]} px has over {MOST_BYTES} bytes")


def sorts_panel(work: PageWork) -> Picture:
    """Draw a page's ink in the colours of its sorts.

    Raises
    ------
    ValueError
        The model that read it has no network of ink.
    """
    ink = work.segmentation.writing.sorted_ink
    if ink is None:
        raise ValueError("the model has no network that tells sorts of ink apart")
    view = _whole(work)
    legend = list(zip(SORT_COLOURS, SORT_NAMES, strict=True))
    return _with_legend(sort_view(work, ink, view), legend)


def confidence_panel(told: Explanation) -> Picture:
    """Draw what the confidence of a number was made from."""
    canvas = Canvas(PICTURE_WIDTH)
    return canvas.cut(draw_evidence(canvas, _MARGIN, _MARGIN, PICTURE_WIDTH - 2 * _MARGIN, told, place=None))


def layout_panel(work: PageWork) -> Picture:
    """Draw what became of a page's ink, with the cells between its rules and the lines of what is left."""
    view = _whole(work)
    canvas = Canvas(view.size[0], view.size[1])
    canvas.picture(ink_view(work, view), 0, 0)
    for boxes, colour in (
        ([cell.box for cell in work.segmentation.writing.cells], _CELL),
        ([union(strip.pieces) for strip in work.segmentation.strips], _LINE),
    ):
        for box in boxes:
            (left, top), (right, bottom) = view.point(box.left, box.top), view.point(box.right, box.bottom)
            canvas.frame(left - 1, top - 1, right - left + 2, bottom - top + 2, colour, 2)
    legend = [
        (FATE_COLOURS[Fate.WRITING], "writing"),
        (FATE_COLOURS[Fate.RULE], "rule"),
        (FATE_COLOURS[Fate.MASSIVE], "too massive for a pen"),
        (FATE_COLOURS[Fate.DROPPED], "passed over by size or shape"),
        (FATE_COLOURS[Fate.NO_DIGIT], "surely no digit"),
        (_CELL, "cell"),
        (_LINE, "line"),
    ]
    return _with_legend(canvas.cut(view.size[1]), legend)


def lattice_panel(again: PageAgain, word: PlacedWord) -> Picture:
    """Draw a word: as it stands on the page, cut into pieces, and its candidates below the pieces they join.

    Parameters
    ----------
    again : PageAgain
        The page. Not modified.
    word : PlacedWord
        One of its words.

    Returns
    -------
    (H, W, 3) uint8 ndarray
        RGB on white; a green frame has what lies on the best path.
    """
    work = again.work
    height, width = work.segmentation.writing.labels.shape
    box, room = word.box, round(0.25 * word.box.height)
    shown = Box(box.left - room, box.top - room, box.right + room, box.bottom + room).clipped(width, height)
    scale = min((_LATTICE_PX - 2 * _MARGIN) / shown.width, _LINE_HIGH / shown.height)
    view = View(shown, scale)
    canvas = Canvas(view.size[0] + 2 * _MARGIN)
    top = _MARGIN
    for picture in (
        page_view(again.page, work.segmentation.writing.placement, view),
        pieces_view(work, [word], view),
    ):
        canvas.picture(picture, _MARGIN, top)
        top += view.size[1] + _MARGIN
    return canvas.cut(_draw_candidates(canvas, work, word, view, top) + _MARGIN)


def _draw_candidates(canvas: Canvas, work: PageWork, word: PlacedWord, view: View, top: int) -> int:
    """Draw candidates in rows, those of few pieces first, each below its pieces; return where they end."""
    reads = {read.edge: read.text for read in word.word.reads}
    candidates = word.strip.candidates
    ends: list[int] = []
    pitch = _GLYPH_PX + 20
    # What was read has the first row, so that the number stands there.
    read = [k for k in word.word.candidates if k in reads]
    others = [k for k in word.word.candidates if k not in reads]
    others.sort(key=lambda k: (candidates[k].stop - candidates[k].start, candidates[k].start))
    for k in (*sorted(read, key=lambda k: candidates[k].start), *others):
        left = _MARGIN + view.point(candidates[k].box.centre[0], 0)[0] - _GLYPH_PX // 2
        left = min(max(left, 2), canvas.width - _GLYPH_PX - 4)
        first = 0 if k in reads else 1
        free = (row for row, end in enumerate(ends) if row >= first and left > end)
        row = next(free, max(first, len(ends)))
        if row >= _MOST_ROWS:
            continue
        ends += [-1] * (row + 1 - len(ends))
        ends[row] = left + _GLYPH_PX + 4
        glyph = word.first_glyph + k
        _draw_glyph(canvas, work, glyph, left, top + row * pitch, read=k in reads)
    return top + len(ends) * pitch


def _draw_glyph(canvas: Canvas, work: PageWork, glyph: int, left: int, top: int, *, read: bool) -> None:
    """Draw a candidate as the network saw it, and the likeliest of what it may be."""
    pixels = 255 - work.segmentation.glyphs[glyph]
    tile: Any = cv2.resize(pixels, (_GLYPH_PX, _GLYPH_PX), interpolation=cv2.INTER_AREA)
    canvas.picture(np.asarray(tile, np.uint8), left, top)
    canvas.frame(left - 2, top - 2, _GLYPH_PX + 4, _GLYPH_PX + 4, GOOD if read else LIGHT, 2 if read else 1)
    likely = work.likely[glyph]
    best = int(likely.argmax())
    said = f"{'0123456789-'[best]} {100 * float(likely[best]):.0f}%"
    canvas.text(said, left, top + _GLYPH_PX + 4, size_px=8, colour=GOOD if read else GREY)


def _whole(work: PageWork) -> View:
    height, width = work.segmentation.writing.labels.shape
    return View(Box(0, 0, width, height), _PAGE_PX / max(width, height))


def _with_legend(picture: Picture, legend: Sequence[tuple[Colour, str]]) -> Picture:
    """Put a picture above what its colours mean."""
    canvas = Canvas(max(picture.shape[1], 520) + 2 * _MARGIN)
    canvas.fill(0, 0, canvas.width, _MARGIN, WHITE)
    canvas.picture(picture, _MARGIN, _MARGIN)
    canvas.frame(_MARGIN - 1, _MARGIN - 1, picture.shape[1] + 2, picture.shape[0] + 2, LIGHT)
    left, top = _MARGIN, _MARGIN + picture.shape[0] + 10
    for colour, name in legend:
        needed = 18 + text_width(name, 11) + 18
        if left > _MARGIN and left + needed > canvas.width - _MARGIN:
            left, top = _MARGIN, top + _LEGEND_PX
        canvas.fill(left, top, 13, 13, colour)
        canvas.text(name, left + 18, top + 1, size_px=11)
        left += needed
    return canvas.cut(top + _LEGEND_PX)
