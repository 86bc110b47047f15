"""Why a number was read as it was: the page is read once more, by the code that reads, and asked.

Nothing is computed in another way than in reading: what is told are the very candidates,
probabilities and paths that gave the number.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from segmentation.geometry import Box
from worker.acceptance import NEVER
from worker.errors import UsageError
from worker.explain_ink import fate_at
from worker.explain_job import PageAgain, read_again
from worker.explain_place import find_asked, ordinal_of
from worker.explain_reasons import (
    evidence_told,
    reasons_of_left_out,
    reasons_of_number,
    reasons_of_passed_over,
    reasons_of_point,
    reasons_of_word,
)
from worker.explain_records import EvidenceExplained, Explanation, PageMap, WordExplained
from worker.explain_words import (
    PlacedWord,
    explained_word,
    on_page,
    words_of_line,
    words_of_number,
)
from worker.jobs import Job
from worker.records import NumberRecord

__all__ = ["Explained", "explain", "explain_number", "explain_point", "map_page"]

#: A point this many heights from all writing is nowhere.
NEAR = 0.5


@dataclass(frozen=True, slots=True)
class Explained:
    """What was asked for: in words and figures, and as a picture.

    Attributes
    ----------
    told : Explanation or PageMap
        Of a number or point, or of a whole page.
    again : PageAgain
        What it was taken from.
    words : tuple of PlacedWord
        Those that the explanation tells of, in its order.
    point : (int, int), optional
        What was pointed at, in px of the page.
    """

    told: Explanation | PageMap
    again: PageAgain
    words: tuple[PlacedWord, ...] = ()
    point: tuple[int, int] | None = None

    @property
    def suffix(self) -> str:
        """What tells files of several explanations of one page apart."""
        if self.point is not None:
            return f"-at{self.point[0]}-{self.point[1]}"
        if isinstance(self.told, PageMap):
            return ""
        return f"-n{self.told.number}"

    def in_words(self) -> list[str]:
        """Return a few lines that say the most."""
        told = self.told
        if isinstance(told, PageMap):
            return [f"{told.file}, page {told.page}: {len(told.numbers)} numbers, {len(told.cells)} cells"]
        where = f"{told.file}, page {told.page}"
        if told.record is None:
            return [f"{where}: no number here", *told.reasons]
        record = told.record
        place = f"number {told.number} of {told.numbers} (line {record.line}, number {record.number})"
        return [f"{where}, {place}: {record.text}, {record.status}", *told.reasons]

    def picture(self) -> NDArray[np.uint8]:
        """Draw it: (H, W, 3) uint8, RGB."""
        if isinstance(self.told, PageMap):
            from worker.explain_map import draw_map

            return draw_map(self.again, self.told)
        from worker.explain_picture import draw_explanation

        return draw_explanation(self.again, self.told, self.words, self.point)

    def png(self) -> bytes:
        """Return the picture as a PNG."""
        from worker.overlay import encode_png

        return encode_png(self.picture())


def explain(job: Job, asked: str) -> Explained:
    """Explain how a number of a job was read.

    Parameters
    ----------
    job : Job
        Which read the page; not changed.
    asked : str
        ``FILE:PAGE:NUMBER``; see :func:`worker.explain_place.find_asked`. Without a number a map of
        the page is made.

    Raises
    ------
    UsageError
        There is no such file, page or number in the job, or the page was not read.
    NoUsableInput
        The page's file is gone, or another one by now.
    ModelRefused
        The model that read the page is not there any more.
    """
    found = find_asked(asked, job.entries)
    again = read_again(job, found.entry)
    if found.whole_page:
        return Explained(map_page(again), again)
    if found.point is not None:
        return explain_point(again, found.point)
    numbers = [number.record for number in again.work.numbers]
    return explain_number(again, ordinal_of(found, numbers))


def explain_number(again: PageAgain, ordinal: int) -> Explained:
    """Explain a number of a page, counted from 1 in reading order."""
    work, calibration = again.work, again.reader.calibration
    number = work.numbers[ordinal - 1]
    found = words_of_number(work, number.digits)
    words = tuple(
        explained_word(work, again.page, placed, calibration.makes, name=_name(k, len(found)), span=span)
        for k, (placed, span) in enumerate(found)
    )
    evidence = evidence_told(number.evidence, calibration.number, number.record.kind, number.signs)
    told = _told(
        again,
        reasons_of_number(number, words, evidence, work.accept_confidence),
        words,
        number=ordinal,
        record=number.record,
        evidence=evidence,
        as_in_job=number.record in again.record.numbers,
    )
    return Explained(told, again, tuple(placed for placed, _ in found))


def explain_point(again: PageAgain, point: tuple[int, int]) -> Explained:
    """Explain what stands at a point of a page, in px: a number, what was left out, or nothing.

    Raises
    ------
    UsageError
        The point lies outside of the page.
    """
    x, y = point
    if x >= again.page.width or y >= again.page.height:
        raise UsageError(
            f"{x},{y} lies outside of the page, which is {again.page.width} x {again.page.height} px"
        )
    for ordinal, number in enumerate(again.work.numbers, start=1):
        if _holds(number.record, point):
            return explain_number(again, ordinal)
    placed = _word_at(again, point)
    left_out = _left_out_reasons(again, point)
    if placed is None:
        fate = fate_at(again.work.segmentation.writing, *_on_working_page(again, point))
        reason = reasons_of_point(fate)
        return Explained(_told(again, (reason,), ()), again, (), point)
    word = explained_word(again.work, again.page, placed, again.reader.calibration.makes, name="")
    reasons = left_out or reasons_of_word(word)
    return Explained(_told(again, reasons, (word,)), again, (placed,), point)


def _left_out_reasons(again: PageAgain, point: tuple[int, int]) -> tuple[str, ...]:
    """Say why what was read at a point is not among the page's numbers; nothing where none was read."""
    for number in again.work.left_out:
        if _holds(number.record, point):
            return reasons_of_left_out(number.record)
    for number in again.work.passed_over:
        if _holds(number.record, point):
            return reasons_of_passed_over(number.record, number.presence, again.work.least_presence)
    return ()


def _holds(number: NumberRecord, point: tuple[int, int]) -> bool:
    box, (x, y) = number.box, point
    return box.x <= x < box.x + box.width and box.y <= y < box.y + box.height


def map_page(again: PageAgain) -> PageMap:
    """Tell what was found on a whole page."""
    work, writing = again.work, again.work.segmentation.writing
    left_out = [
        on_page(work, again.page, placed.box)
        for line in range(len(work.segmentation.strips))
        for placed in words_of_line(work, line)
        if not placed.word.is_number
    ]
    return PageMap(
        file=again.entry.name,
        page=again.entry.page,
        model=again.reader.model.id,
        numbers=tuple(number.record for number in work.numbers),
        cells=tuple(on_page(work, again.page, cell.box) for cell in writing.cells),
        lines_of_ink=len(work.segmentation.strips),
        words_left_out=tuple(left_out),
        printed_left_out=tuple(number.record.box for number in work.left_out),
        writing_height_px=round(writing.size.height_px / writing.scale, 1),
        stroke_px=round(writing.size.stroke_px / writing.scale, 2),
        components=len(writing.components),
        as_in_job=again.as_in_job,
    )


def _told(
    again: PageAgain,
    reasons: tuple[str, ...],
    words: tuple[WordExplained, ...],
    *,
    number: int | None = None,
    record: NumberRecord | None = None,
    evidence: tuple[EvidenceExplained, ...] = (),
    as_in_job: bool = True,
) -> Explanation:
    return Explanation(
        file=again.entry.name,
        page=again.entry.page,
        model=again.reader.model.id,
        number=number,
        numbers=len(again.work.numbers),
        record=record,
        accept_confidence=None if again.work.accept_confidence == NEVER else again.work.accept_confidence,
        reasons=reasons,
        words=words,
        evidence=evidence,
        as_in_job=as_in_job,
    )


def _name(index: int, words: int) -> str:
    """Return what a word is called where there are several: A to Z, then 27 and on."""
    if words == 1:
        return ""
    return chr(ord("A") + index) if index < 26 else str(index + 1)


def _on_working_page(again: PageAgain, point: tuple[int, int]) -> tuple[float, float]:
    box = np.array([(*point, *point)], np.float64)
    x, y = again.work.segmentation.writing.placement.on_working_page(box)[0, :2]
    return float(x), float(y)


def _word_at(again: PageAgain, point: tuple[int, int]) -> PlacedWord | None:
    """Return the word nearest to a point, None where all are far."""
    work = again.work
    x, y = _on_working_page(again, point)
    nearest, least = None, NEAR * work.segmentation.writing.size.height_px
    for line, strip in enumerate(work.segmentation.strips):
        if _distance(x, y, strip.pieces) > least:
            continue
        for placed in words_of_line(work, line):
            away = _distance(x, y, strip.pieces[placed.word.start : placed.word.stop])
            if away <= least:
                nearest, least = placed, away
    return nearest


def _distance(x: float, y: float, boxes: Sequence[Box]) -> float:
    """Return how far the nearest box is, 0 inside of one."""
    return min(max(box.left - x, x - box.right, box.top - y, y - box.bottom, 0.0) for box in boxes)
