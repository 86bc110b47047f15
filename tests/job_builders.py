"""Jobs with real files, small enough to be read in no time."""

import hashlib
import struct
import zlib
from collections.abc import Sequence
from pathlib import Path

from tests.fake_readers import MODEL
from worker.failures import failed_page
from worker.job_folder import ReadOptions
from worker.jobs import Job, PageEntry
from worker.records import FailedPage, NumberRecord, ReadPage, SourceRecord
from worker.settings import Settings
from worker.tool import tool_record


def png(width: int, height: int = 12) -> bytes:
    """Return a white grey-scale PNG; its width tells it from others."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    pixels = zlib.compress((b"\0" + b"\xff" * width) * height)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def page_file(folder: Path, width: int, name: str | None = None) -> PageEntry:
    """Write a page and return its entry, as submitting does."""
    path = folder / (name or f"{width}.png")
    path.parent.mkdir(parents=True, exist_ok=True)
    data = png(width)
    path.write_bytes(data)
    return PageEntry.of(path, name=path.name, sha256=hashlib.sha256(data).hexdigest())


def job_of(folder: Path, widths: Sequence[int], options: ReadOptions | None = None) -> Job:
    """Return a job with one page for each width; the files lie beside it."""
    entries = [page_file(folder / "scans", width) for width in widths]
    return Job.create(folder / "job", entries, [], options or ReadOptions())


def read_record(entry: PageEntry, numbers: Sequence[NumberRecord] = ()) -> ReadPage:
    """Return the record of a page that was read."""
    return ReadPage(
        tool=tool_record(),
        model=MODEL,
        source=SourceRecord(path=entry.path, page=entry.page, sha256=entry.sha256, width=20, height=12),
        numbers=tuple(numbers),
        timings_s={"total": 0.25},
    )


def failed_record(entry: PageEntry, code: str = "truncated", message: str = "it ends early") -> FailedPage:
    """Return the record of a page that could not be read."""
    return failed_page(path=entry.path, page=entry.page, code=code, message=message)


def plain_settings(**values: object) -> Settings:
    """Return settings that no environment and no file decide."""
    return Settings.model_validate({**Settings.model_construct().model_dump(), **values})
