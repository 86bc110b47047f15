"""Many small pages, and a reader that costs next to nothing: what is left is what the pages' number costs."""

import os
import struct
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from worker.jobs import PageEntry
from worker.records import (
    BoxRecord,
    DigitRecord,
    ModelRecord,
    NumberRecord,
    ProcessingStep,
    ReadPage,
    SourceRecord,
    Status,
)
from worker.tool import tool_record

__all__ = ["FACTORY", "load_reader", "make_pages", "record_of"]

#: Name of the reader, as processes that read are told it.
FACTORY = "bench.scale_source:load_reader"

#: Pages in one folder of the source, and names that one file gets: file systems end at some ten thousand.
_PER_FOLDER = 1000
_NAMES_PER_FILE = 5000

#: What stands on each page.
_TEXTS = ("0417", "98", "23051")


def make_pages(folder: Path, count: int) -> Path:
    """Give `count` tiny pages, each a name of one of a few files, in folders of a thousand.

    Parameters
    ----------
    folder : Path
        Made; has to be new.
    count : int
        How many pages.

    Returns
    -------
    Path
        What is to be submitted.
    """
    source = folder / "scans"
    for number in range(count):
        place = source / f"box {number // _PER_FOLDER}" / f"page {number % _PER_FOLDER}.png"
        if number % _PER_FOLDER == 0:
            place.parent.mkdir(parents=True)
        if number % _NAMES_PER_FILE == 0:
            original = place
            place.write_bytes(_page(8 + number // _NAMES_PER_FILE))
        else:
            os.link(original, place)
    return source


def _page(width: int) -> bytes:
    """Return a white PNG; its width tells it from others."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, 8, 8, 0, 0, 0, 0)
    rows = zlib.compress((b"\0" + b"\xff" * width) * 8)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@dataclass(frozen=True)
class _Reading:
    numbers: tuple[NumberRecord, ...]
    processing: tuple[ProcessingStep, ...] = (ProcessingStep(name="nothing"),)
    warnings: tuple[()] = ()
    timings_s: dict[str, float] = field(default_factory=lambda: {"read": 0.0})


class _Reader:
    """Finds the same numbers on every page."""

    model = ModelRecord(id="nothing", sha256="0" * 64)

    def read_page(self, _page: object, **_asked: object) -> _Reading:
        """Return them."""
        return _Reading(tuple(_number(place, text) for place, text in enumerate(_TEXTS, start=1)))


def load_reader(_model: str | None) -> Any:
    """Return the reader."""
    return _Reader()


def record_of(entry: PageEntry) -> ReadPage:
    """Return what a process that reads writes down of a page."""
    read = _Reader().read_page(None)
    return ReadPage(
        tool=tool_record(),
        model=_Reader.model,
        source=SourceRecord(path=entry.path, page=entry.page, sha256=entry.sha256, width=8, height=8),
        processing=read.processing,
        numbers=read.numbers,
        timings_s=read.timings_s,
    )


def _number(place: int, text: str) -> NumberRecord:
    box = BoxRecord(x=0, y=0, width=8, height=8)
    digits = tuple(DigitRecord(text=digit, confidence=0.99, box=box) for digit in text)
    return NumberRecord(
        line=1, number=place, text=text, status=Status.REVIEW, confidence=0.97, box=box, digits=digits
    )
