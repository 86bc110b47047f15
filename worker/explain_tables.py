"""The tables of an explanation: candidates as the network saw them, paths, and the confidence."""

from collections.abc import Sequence
from math import exp
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from worker.explain_canvas import (
    ACCENT,
    BAD,
    BLACK,
    GOOD,
    GREY,
    LIGHT,
    Canvas,
    Colour,
    fitted,
    text_width,
)
from worker.explain_reasons import percent
from worker.explain_records import CandidateExplained, EvidenceExplained, Explanation, WordExplained
from worker.explain_words import NOT_ONE
from worker.overlay import STATUS_COLOURS

__all__ = ["MOST_CANDIDATES", "draw_candidates", "draw_evidence", "draw_paths"]

#: So many candidates are drawn; the JSON has them all.
MOST_CANDIDATES: Final = 40
#: So many rows of paths.
MOST_ROWS: Final = 16
#: A glyph is drawn this many times as large as the network sees it.
_ENLARGED: Final = 3
_TILE_WIDTH, _TILE_HEIGHT, _SIDE = 242, 112, 28 * _ENLARGED
_ROW_PX: Final = 22
#: Longest bar of the confidence's table, and the log-odds that it stands for.
_BAR_PX, _BAR_ODDS = 260, 8.0


def draw_candidates(
    canvas: Canvas,
    left: int,
    top: int,
    width: int,
    words: Sequence[WordExplained],
    glyphs: NDArray[np.uint8],
    *,
    place: int = 4,
) -> int:
    """Draw the candidates, those that were read first, then the likeliest; return where it ends."""
    found = [(word, candidate) for word in words for candidate in word.candidates]
    # Those that were read stand in the order of the number, the others by how likely they are digits.
    found.sort(key=lambda item: (item[1].read_as is None, 0.0 if item[1].read_as else -_is_digit(item[1])))
    shown = found[:MOST_CANDIDATES]
    rest = f", {len(shown)} of {len(found)}" if len(shown) < len(found) else ""
    top = _title(canvas, left, top, f"{place}  Candidates, as the network saw them{rest}")
    note = (
        "Green: read. Each with its likeliest classes: what the network says, and that weighed by how "
        f"it was made (whole, joined, part of what hangs together). {NOT_ONE} is no digit."
    )
    canvas.text(fitted(note, 10, width), left, top, size_px=10, colour=GREY)
    top += 22
    columns = width // _TILE_WIDTH
    for index, (word, candidate) in enumerate(shown):
        row, column = divmod(index, columns)
        x, y = left + column * _TILE_WIDTH, top + row * _TILE_HEIGHT
        _draw_candidate(canvas, x, y, word.name, candidate, glyphs[candidate.glyph])
    return top + -(-len(shown) // columns) * _TILE_HEIGHT + 6


def draw_paths(canvas: Canvas, left: int, top: int, width: int, told: Explanation, *, place: int = 5) -> int:
    """Draw the ways to read each word, the likeliest first; return where it ends."""
    top = _title(canvas, left, top, f"{place}  Ways to read it, by the pieces above")
    columns = (left, left + 70, left + 260, left + 640, left + 760, left + 880)
    for x, name in zip(columns, ("", "reads", "pieces (left out)", "score", "share", ""), strict=True):
        canvas.text(name, x, top, size_px=10, colour=GREY)
    top += 20
    each = max(2, MOST_ROWS // len(told.words))
    for word in told.words[:MOST_ROWS]:
        for rank, path in enumerate(word.paths[:each]):
            colour = BLACK if rank == 0 else GREY
            name = f"{word.name} best" if rank == 0 else f"{word.name} {rank + 1}"
            cells = (
                name.strip(),
                fitted(path.text or "no number", 12, 180),
                fitted(path.cuts, 11, 360),
                f"{path.score:.2f}",
                percent(path.share),
            )
            for x, cell in zip(columns, cells, strict=False):
                canvas.text(cell, x, top, size_px=12, colour=colour)
            bar = round(path.share * (left + width - columns[5]))
            canvas.fill(columns[5], top, max(1, bar), 12, GOOD if rank == 0 else LIGHT)
            top += _ROW_PX
        if not word.is_number and word.paths and word.paths[0].text:
            said = f"{percent(word.left_out)} left out; beyond {percent(word.most_left_out)} it is letters"
            canvas.text(said, columns[1], top, size_px=12, colour=BAD)
            top += _ROW_PX
    return top + 8


def draw_evidence(
    canvas: Canvas, left: int, top: int, width: int, told: Explanation, *, place: int | None = 6
) -> int:
    """Draw what the confidence was made from, down to the status; return where it ends."""
    record = told.record
    if record is None:
        return top
    top = _title(
        canvas,
        left,
        top,
        f"{'' if place is None else f'{place}  '}What the confidence is made from, in log-odds",
    )
    middle = left + 760 + _BAR_PX
    for x, name in ((left + 610, "adds"), (left + 720, "beside a clear number: less (red) or more (green)")):
        canvas.text(name, x, top, size_px=10, colour=GREY)
    top += 20
    for row in told.evidence:
        _draw_evidence_row(canvas, left, top, middle, row)
        top += _ROW_PX
    total = sum(row.adds for row in told.evidence)
    together = 1 / (1 + exp(-max(-500.0, min(500.0, total))))
    canvas.fill(left, top, 700, 1, GREY)
    top += 8
    canvas.text("together, and as a probability", left, top, size_px=12, bold=True)
    _text_to(canvas, f"{total:+.2f}", left + 650, top, bold=True)
    canvas.text(percent(together), left + 720, top, size_px=12, bold=True)
    top += _ROW_PX + 4
    return _draw_verdict(canvas, left, top, width, told)


def _draw_evidence_row(canvas: Canvas, left: int, top: int, middle: int, row: EvidenceExplained) -> None:
    """Draw one thing that the confidence is made from."""
    canvas.text(row.name, left, top, size_px=12)
    _text_to(canvas, row.value, left + 560, top)
    _text_to(canvas, f"{row.adds:+.2f}", left + 650, top)
    more = row.beside_clear >= 0
    bar = round(min(_BAR_ODDS, abs(row.beside_clear)) / _BAR_ODDS * _BAR_PX)
    canvas.fill(middle if more else middle - bar, top, bar, 13, GOOD if more else BAD)
    canvas.fill(middle, top - 3, 1, _ROW_PX, LIGHT)
    canvas.text(f"{row.beside_clear:+.2f}", middle + _BAR_PX + 30, top, size_px=12)


def _text_to(canvas: Canvas, text: str, right: int, top: int, *, bold: bool = False) -> None:
    """Write a figure that ends there."""
    canvas.text(text, right - text_width(text, 12, bold=bold), top, size_px=12, bold=bold)


def _draw_verdict(canvas: Canvas, left: int, top: int, width: int, told: Explanation) -> int:
    """Draw the confidence on a scale beside what was asked for."""
    record = told.record
    if record is None:
        return top
    colour = STATUS_COLOURS[record.status]
    wanted = told.accept_confidence
    asked = "asked for: more than any number has" if wanted is None else f"asked for: {wanted:.3f}"
    canvas.fill(left, top, width, 14, (236, 236, 236))
    canvas.fill(left, top, round(width * record.confidence), 14, colour)
    mark = left + round(width * (1.0 if wanted is None else wanted))
    canvas.fill(min(mark, left + width - 2), top - 4, 2, 22, BLACK)
    top += 24
    canvas.text(f"confidence {record.confidence:.3f}: {record.status}", left, top, size_px=13, colour=colour)
    x = min(mark, left + width) - text_width(asked, 12)
    canvas.text(asked, max(left + 330, x), top, size_px=12)
    return top + 28


def _title(canvas: Canvas, left: int, top: int, title: str) -> int:
    canvas.text(title, left, top, size_px=13, colour=ACCENT, bold=True)
    return top + 26


def _is_digit(candidate: CandidateExplained) -> float:
    """Return about how likely it is a digit, by the classes that are told."""
    return sum(share.weighed for share in candidate.classes if share.text != NOT_ONE)


def _draw_candidate(
    canvas: Canvas, left: int, top: int, name: str, candidate: CandidateExplained, glyph: NDArray[np.uint8]
) -> None:
    enlarged: Any = cv2.resize(255 - glyph, (_SIDE, _SIDE), interpolation=cv2.INTER_NEAREST)
    canvas.picture(np.asarray(enlarged, np.uint8), left + 3, top + 3)
    read = candidate.read_as is not None
    frame: Colour = GOOD if read else LIGHT
    canvas.frame(left, top, _SIDE + 6, _SIDE + 6, frame, 3 if read else 1)
    pieces = (
        f"{candidate.first}" if candidate.first == candidate.last else f"{candidate.first}-{candidate.last}"
    )
    x, y = left + _SIDE + 14, top
    canvas.text(f"{name}{pieces}  {candidate.made}", x, y, size_px=11, colour=GOOD if read else BLACK)
    y += 18
    for share in candidate.classes:
        canvas.text(share.text, x, y, size_px=12, bold=True)
        canvas.text(_short(share.network), x + 20, y, size_px=10, colour=GREY)
        canvas.text(_short(share.weighed), x + 76, y, size_px=11)
        y += 17
    odds = f"made {candidate.made_log_odds:+.1f}"
    if candidate.shape_log_odds:
        odds += f" size {candidate.shape_log_odds:+.1f}"
    canvas.text(odds, x, y + 1, size_px=10, colour=GREY)


def _short(share: float) -> str:
    """Return a share in few signs."""
    return f"{100 * share:.1f}%" if share < 0.9995 else "100%"
