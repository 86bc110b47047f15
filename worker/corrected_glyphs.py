"""The glyphs of corrected numbers, cut out of their pages once more by the code that reads."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from model.errors import DataInvalid
from segmentation.errors import PageUnreadable
from segmentation.geometry import Box
from segmentation.page import decode_page
from segmentation.segment import Segmentation, segment_page
from worker.jobs import Job, PageEntry
from worker.orientation import quarters_of
from worker.page_file import FileFault, read_page_file
from worker.records import DigitRecord, NumberRecord, ReadPage
from worker.second_look import look_of

if TYPE_CHECKING:
    from segmentation.page import Page

__all__ = ["Correction", "LabelledGlyph", "labelled_glyphs"]

#: A candidate that shares this much of a digit's box is that digit, though boxes are rounded.
SAME_BOX = 0.8


@dataclass(frozen=True, slots=True)
class Correction:
    """What a number of a page says, according to a person.

    Attributes
    ----------
    place : str
        Row of the table, for errors.
    line, number : int
        Its place on the page, from 1.
    digits : str
        ``0`` to ``9``, and ``?`` for one that nobody can read.
    """

    place: str
    line: int
    number: int
    digits: str


@dataclass(frozen=True, slots=True)
class LabelledGlyph:
    """A glyph of a page, and what it is.

    Attributes
    ----------
    image : (28, 28) uint8 ndarray
        As the network sees it, ink = 255.
    label : int
        0..9.
    file : str
        Hash of the page's file: what was written at one time is not parted.
    """

    image: NDArray[np.uint8]
    label: int
    file: str


def labelled_glyphs(
    job: Job, entry: PageEntry, corrections: Sequence[Correction], passed_over: Counter[str]
) -> list[LabelledGlyph]:
    """Cut the glyphs of a page's corrected numbers out of it.

    Parameters
    ----------
    job : Job
        Which read the page.
    entry : PageEntry
        The page.
    corrections : sequence of Correction
        Of this page.
    passed_over : Counter
        Is told how many numbers give no digits, by the reason.

    Returns
    -------
    list of LabelledGlyph
        Of the numbers that have as many digits as glyphs were found.

    Raises
    ------
    DataInvalid
        A number that is corrected is none of the page's.
    """
    record = job.read_record(entry.key, entry.sha256)
    if not isinstance(record, ReadPage):
        passed_over["their page was not read"] += len(corrections)
        return []
    numbers = {(number.line, number.number): number for number in record.numbers}
    wanted: list[tuple[NumberRecord, str]] = []
    for correction in corrections:
        number = numbers.get((correction.line, correction.number))
        if number is None:
            raise DataInvalid(
                f"{correction.place}: the page has no number {correction.number} in line {correction.line}"
            )
        if len(number.digits) == len(correction.digits):
            wanted.append((number, correction.digits))
        else:
            passed_over["they have other digits than were cut out, in number"] += 1
    if not wanted:
        return []
    try:
        file = read_page_file(entry, job.options.max_file_bytes)
        if record.source.sha256 not in (None, file.sha256):
            raise FileFault("file-changed", "the file is not the one that was read")
        page = decode_page(file.data, page=entry.page, limits=job.options.limits)
    except (FileFault, PageUnreadable) as error:
        passed_over[f"{entry.name}: {error.message}"] += len(wanted)
        return []
    found = segment_page(page.pixels, look_of(record.processing), quarters=quarters_of(record.processing))
    return _cut_again(page, found, wanted, file.sha256, passed_over)


def _cut_again(
    page: "Page",
    found: Segmentation,
    wanted: Sequence[tuple[NumberRecord, str]],
    file: str,
    passed_over: Counter[str],
) -> list[LabelledGlyph]:
    place = found.writing.placement
    candidates = [candidate.box for strip in found.strips for candidate in strip.candidates]
    boxes = [place.on_page(box).clipped(page.width, page.height) for box in candidates]
    grid = np.array([(b.left, b.top, b.right, b.bottom) for b in boxes], np.int64).reshape(-1, 4)
    glyphs = []
    for number, digits in wanted:
        cuts = [_nearest(grid, digit) for digit in number.digits]
        if None in cuts:
            passed_over["they are cut otherwise by now"] += 1
            continue
        glyphs += [
            LabelledGlyph(found.glyphs[cut], int(text), file)
            for cut, text in zip(cuts, digits, strict=True)
            if text != "?"
        ]
    return glyphs


def _nearest(grid: NDArray[np.int64], digit: DigitRecord) -> int | None:
    """Return the candidate that lies where a digit was read; None where there is none by now."""
    if not len(grid):
        return None
    left, top = digit.box.x, digit.box.y
    box = Box(left, top, left + digit.box.width, top + digit.box.height)
    width = np.minimum(grid[:, 2], box.right) - np.maximum(grid[:, 0], box.left)
    height = np.minimum(grid[:, 3], box.bottom) - np.maximum(grid[:, 1], box.top)
    common = np.clip(width, 0, None) * np.clip(height, 0, None)
    areas = (grid[:, 2] - grid[:, 0]) * (grid[:, 3] - grid[:, 1])
    shares = common / (areas + box.width * box.height - common)
    best = int(shares.argmax())
    return best if shares[best] >= SAME_BOX else None
