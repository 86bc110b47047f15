"""A reader that takes a given time a page: what is measured or broken is everything around reading.

It reads the width of a page as its only number, and notes in a file that it began the page, and in which
process, where the environment names one.
"""

import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from worker.records import (
    BoxRecord,
    DigitRecord,
    ModelRecord,
    NumberRecord,
    ProcessingStep,
    Status,
    WarningRecord,
)

if TYPE_CHECKING:
    from segmentation.page import Page
    from worker.printed import Printed

__all__ = ["BEGUN", "FACTORY", "TAKES", "PlainReader", "load", "pages_begun"]

FACTORY = "bench.plain_reader:load"
#: Names the file that a line is added to for each page that is begun.
BEGUN = "BENCH_BEGUN"
#: Seconds that a page takes.
TAKES = "BENCH_PAGE_TAKES_S"


@dataclass(frozen=True)
class PlainReading:
    """What was read."""

    numbers: Sequence[NumberRecord]
    processing: Sequence[ProcessingStep] = ()
    warnings: Sequence[WarningRecord] = ()
    timings_s: dict[str, float] = field(default_factory=dict)


class PlainReader:
    """Reads the width of a page."""

    model = ModelRecord(id="plain", sha256="0" * 64)

    def read_page(
        self,
        page: "Page",
        *,
        accept_confidence: float | None = None,
        max_error_rate: float | None = None,
        printed: "Printed | None" = None,
    ) -> PlainReading:
        """Read one page."""
        if begun := os.environ.get(BEGUN):
            with Path(begun).open("a", encoding="ascii") as stream:
                stream.write(f"{page.width:05d}.png:{os.getpid()}\n")
        time.sleep(float(os.environ.get(TAKES, "0")))
        box = BoxRecord(x=0, y=0, width=page.width, height=page.height)
        text = f"{page.width:05d}"
        digits = tuple(DigitRecord(text=digit, confidence=0.99, box=box) for digit in text)
        number = NumberRecord(
            line=1, number=1, text=text, status=Status.ACCEPTED, confidence=0.99, box=box, digits=digits
        )
        return PlainReading((number,))


def load(_model: Path | None) -> PlainReader:
    """Return the reader."""
    return PlainReader()


def pages_begun(file: Path) -> Iterator[tuple[str, int]]:
    """Go through what such readers noted in a file: the name of each page that was begun, and the process.

    Pages are those of :func:`bench.rig.draw_job`, whose names tell their width.
    """
    for line in file.read_text(encoding="ascii").splitlines():
        name, _, process = line.partition(":")
        yield name, int(process)
