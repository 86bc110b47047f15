"""Layout of a job folder, and its page files: one a page, there = done.

Workers need no more than this and the options, so a page never costs reading the list
of all the others.
"""

import os
from contextlib import suppress
from functools import lru_cache
from itertools import count
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from segmentation.page import DecodeLimits
from worker.durable import clear_unfinished, make_folder_within, write_durably
from worker.errors import OutputNotWritable, UsageError
from worker.identity import page_key, path_from_text
from worker.no_job import JOB_FILE, no_job
from worker.printed import Printed
from worker.records import FailedPage, PageRecord, SchemaVersion
from worker.regular_file import read_regular

__all__ = [
    "CANCELLED",
    "CORRECTIONS",
    "JOB_FILE",
    "MOST_JOB_BYTES",
    "OWN_NAMES",
    "TABLES",
    "JobFolder",
    "Outcome",
    "ReadOptions",
    "encode_record",
]

#: No job file that is longer is read: that would be one of two million pages.
MOST_JOB_BYTES = 512 * 2**20
#: Nor any page file; one of a thousand numbers has a megabyte.
_MOST_PAGE_BYTES = 64 * 2**20

#: The tables that a job has even without any page.
TABLES = ("results.csv", "results.json", "errors.csv", "summary.json")

#: What people say is written on the pages: never written by the program, and never to be written over.
CORRECTIONS = "corrections.csv"

#: There while the job is not to be read any further.
CANCELLED = "cancelled.json"

#: Folders that a job writes into.
_FOLDERS = ("pages", "overlays", "crops")

#: Everything in a job's folder that results for somebody else must not go over.
OWN_NAMES = (JOB_FILE, *_FOLDERS, *TABLES, CORRECTIONS, CANCELLED)

#: What became of a page; a blank one was read and holds no number.
Outcome = Literal["read", "blank", "failed"]

_RECORD: TypeAdapter[PageRecord] = TypeAdapter(PageRecord)

#: How every page file ends.
_TAIL = b"}\n"

Count = Annotated[int, Field(ge=1)]


class ReadOptions(BaseModel):
    """How the pages of a job are to be read; fixed when the job is submitted."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    pdf_dpi: Count = 200
    max_image_pixels: Count = 200_000_000
    max_file_bytes: Count = 500_000_000
    max_pages: Count = 10_000
    save_overlays: bool = False
    save_crops: bool = False
    accept_confidence: Annotated[float, Field(ge=0.0, le=1.0)] | None = None
    max_error_rate: Annotated[float, Field(gt=0.0, lt=1.0)] | None = None
    printed: Printed = Printed.KEEP
    model: str | None = None

    @property
    def limits(self) -> DecodeLimits:
        """What a file may cost, as decoding wants to know it."""
        return DecodeLimits(
            max_pixels=self.max_image_pixels,
            max_file_bytes=self.max_file_bytes,
            max_pages=self.max_pages,
            pdf_dpi=self.pdf_dpi,
        )


def encode_record(record: PageRecord) -> bytes:
    """Return the record as the bytes of a page file.

    Raises
    ------
    pydantic.ValidationError
        What was written would not be read back, as with a number that is not finite.
    """
    data = record.model_dump_json().encode() + b"\n"
    _RECORD.validate_json(data)
    return data


class JobFolder:
    """A job's folder: where things lie, and the page files.

    Parameters
    ----------
    path : Path
        The folder; made absolute.
    """

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()

    @property
    def pages(self) -> Path:
        """Folder of the page files."""
        return self.path / "pages"

    @property
    def job_file(self) -> Path:
        """What was asked."""
        return self.path / JOB_FILE

    @property
    def cancelled_file(self) -> Path:
        """What is there while the job is cancelled."""
        return self.path / CANCELLED

    @property
    def options(self) -> ReadOptions:
        """How the pages are to be read.

        Raises
        ------
        UsageError
            The folder is no job, or its job file is damaged.
        """
        try:
            return _options(self.job_file, self._version())
        except (OSError, ValidationError) as error:
            raise no_job(self.path, error) from error

    def version(self) -> tuple[int, int, int]:
        """Return what tells two jobs that come into one folder apart: a job file is written once.

        Raises
        ------
        UsageError
            The folder is no job.
        """
        try:
            return self._version()
        except OSError as error:
            raise no_job(self.path, error) from error

    def check_same_job(self, version: tuple[int, int, int]) -> None:
        """Make sure that what was read for a job does not become a result of another one.

        Raises
        ------
        UsageError
            The folder is no job, or another one than before.
        """
        if self.version() != version:
            raise UsageError(
                f"another job has come into {self.path} while a page was read",
                remedy="`digitize status` shows that job.",
            )

    def _version(self) -> tuple[int, int, int]:
        status = self.job_file.stat()
        return status.st_ino, status.st_mtime_ns, status.st_size

    def check_is_job(self) -> None:
        """Make sure that there is a job here, before anything is written to the folder.

        Raises
        ------
        UsageError
            The folder is no job, or its job file is damaged.
        """
        self.options  # noqa: B018 - reading them is the check

    def record_path(self, key: str) -> Path:
        """Return where the page's file lies once the page is done."""
        return self.pages / f"{key}.json"

    def earlier_path(self, key: str) -> Path:
        """Return where the record of a failed page lies while the page waits to be read again."""
        return self.pages / f"{key}.json.failed"

    def overlay_path(self, key: str) -> Path:
        """Return where the page's overlay lies."""
        return self.path / "overlays" / f"{key}.png"

    def crops_folder(self, key: str) -> Path:
        """Return where the crops of the page's numbers lie."""
        return self.path / "crops" / key

    def read_record(self, key: str, sha256: str | None = None) -> PageRecord | None:
        """Return the page's record; None where there is none that can be relied on.

        That is one which is whole, of a schema that is known, and of this very page: its source
        gives the page's key, and names the same content where both are known.

        Parameters
        ----------
        key : str
            The page's key.
        sha256 : str, optional
            Of the page's file when it was submitted.
        """
        return self._record_in(self.record_path(key), key, sha256)

    def earlier_failure(self, key: str) -> FailedPage | None:
        """Return how a page failed that waits to be read again; None for every other one."""
        record = self._record_in(self.earlier_path(key), key)
        return record if isinstance(record, FailedPage) else None

    def _record_in(self, path: Path, key: str, sha256: str | None = None) -> PageRecord | None:
        """Return what a file holds if it is a record of this very page."""
        try:
            data = read_regular(path, most_bytes=_MOST_PAGE_BYTES)
            if not data.endswith(_TAIL):
                return None
            record = _RECORD.validate_json(data)
            source = record.source
            same_page = page_key(path_from_text(source.path), source.page) == key
        except (OSError, ValueError):
            return None
        same_content = sha256 is None or source.sha256 in (None, sha256)
        return record if same_page and same_content else None

    def write_record(self, key: str, record: PageRecord) -> None:
        """Write the page's record, all or nothing; from then on the page is done.

        Raises
        ------
        OutputNotWritable
            The folder cannot be written.
        """
        # A job's folder that somebody took away while its pages were read is not made again.
        make_folder_within(self.path, self.pages, parents=False)
        write_durably(self.record_path(key), encode_record(record))
        with suppress(OSError):
            self.earlier_path(key).unlink(missing_ok=True)

    def outcome(self, key: str, sha256: str | None = None) -> Outcome | None:
        """Tell what became of a page; None where :meth:`read_record` finds nothing."""
        record = self.read_record(key, sha256)
        if record is None:
            return None
        return "blank" if record.outcome == "read" and not record.numbers else record.outcome

    def set_aside(self, key: str, sha256: str | None = None) -> Path | None:
        """Give the page's file another name if it is no result, so that nobody takes it for one.

        Returns
        -------
        Path or None
            Where it lies now; None if there was no file, or a sound one.

        Raises
        ------
        OutputNotWritable
            It cannot be renamed.
        """
        path = self.record_path(key)
        if not os.path.lexists(path) or self.read_record(key, sha256) is not None:
            return None
        names = (path.with_name(f"{path.name}.damaged-{number}") for number in count(1))
        aside = next(name for name in names if not os.path.lexists(name))
        try:
            path.rename(aside)
        except OSError as error:
            raise OutputNotWritable(f"cannot rename {path}: {error.strerror or error}") from error
        return aside

    def clear_unfinished(self) -> None:
        """Remove the half-written files of programs that were killed; what is being written stays."""
        crops = (crop for crop in (self.path / "crops").glob("*") if crop.is_dir())
        for folder in (self.path, *(self.path / name for name in _FOLDERS), *crops):
            clear_unfinished(folder)

    def page_files(self) -> set[str]:
        """Return the names of all page files; names of unfinished writes are left out.

        Raises
        ------
        OutputNotWritable
            The folder cannot be looked into.
        """
        try:
            with os.scandir(self.pages) as entries:
                return {entry.name for entry in entries if entry.name.endswith(".json")}
        except FileNotFoundError:
            return set()
        except OSError as error:
            raise OutputNotWritable(f"cannot look into {self.pages}: {error.strerror or error}") from error


class _AskedOptions(BaseModel):
    """As much of a job file as reading a page takes."""

    schema_version: SchemaVersion
    options: ReadOptions


@lru_cache(maxsize=8)
def _options(job_file: Path, version: tuple[int, int, int]) -> ReadOptions:
    """Read the options once per job file and process; `version` tells two jobs of one name apart."""
    return _AskedOptions.model_validate_json(read_regular(job_file, most_bytes=MOST_JOB_BYTES)).options
