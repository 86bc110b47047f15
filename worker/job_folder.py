"""Layout of a job folder, and its page files: one a page, there = done.

Workers need no more than this and the options, so a page never costs reading the list
of all the others.
"""

import json
import os
import re
from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from segmentation.page import DecodeLimits
from worker.durable import make_folder, remove_file, write_durably
from worker.errors import OutputNotWritable, UsageError
from worker.records import PageRecord

__all__ = ["JOB_FILE", "JobFolder", "Outcome", "ReadOptions", "encode_record"]

#: Name of the file that makes a folder a job.
JOB_FILE = "job.json"

Outcome = Literal["read", "failed"]

_RECORD: TypeAdapter[PageRecord] = TypeAdapter(PageRecord)

# Every record begins with its outcome and ends with a closing brace and a line feed.
_HEAD = re.compile(rb'^\{"outcome":"(read|failed)"')
_TAIL = b"}\n"


class ReadOptions(BaseModel):
    """How the pages of a job are to be read; fixed when the job is submitted."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    pdf_dpi: int = 200
    max_image_pixels: int = 200_000_000
    max_file_bytes: int = 500_000_000
    max_pages: int = 10_000
    save_overlays: bool = False
    save_crops: bool = False
    accept_confidence: float | None = None
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
    def options(self) -> ReadOptions:
        """How the pages are to be read.

        Raises
        ------
        UsageError
            The folder is no job, or its job file is damaged.
        """
        try:
            return _options(self.job_file, self.job_file.stat().st_mtime_ns)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise no_job(self.path, error) from error

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

    def overlay_path(self, key: str) -> Path:
        """Return where the page's overlay lies."""
        return self.path / "overlays" / f"{key}.png"

    def crops_folder(self, key: str) -> Path:
        """Return where the crops of the page's numbers lie."""
        return self.path / "crops" / key

    def read_record(self, key: str) -> PageRecord | None:
        """Return the page's record; None where there is none, or none that holds together."""
        try:
            data = self.record_path(key).read_bytes()
            # What `outcome` does not take for a result must be none here either, or the page
            # would be missing for ever and never read again.
            whole = _HEAD.match(data) and data.endswith(_TAIL)
            return _RECORD.validate_json(data) if whole else None
        except (OSError, ValidationError):
            return None

    def write_record(self, key: str, record: PageRecord) -> None:
        """Write the page's record, all or nothing; from then on the page is done.

        Raises
        ------
        OutputNotWritable
            The folder cannot be written.
        """
        make_folder(self.pages)
        write_durably(self.record_path(key), encode_record(record))

    def outcome(self, key: str) -> Outcome | None:
        """Tell what became of a page, without building its record; None where its file is torn.

        Every cut through a file, and every block of it that a disk lost, is seen: what is left
        is no JSON.
        """
        try:
            data = self.record_path(key).read_bytes()
            head = _HEAD.match(data)
            if head is None or not data.endswith(_TAIL):
                return None
            json.loads(data)
        except (OSError, ValueError):
            return None
        return "read" if head.group(1) == b"read" else "failed"

    def remove_torn(self, key: str) -> None:
        """Remove the page's file if it is no result, so that nobody takes it for one.

        Raises
        ------
        OutputNotWritable
            The file cannot be removed.
        """
        if self.read_record(key) is None:
            remove_file(self.record_path(key))

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


def no_job(folder: Path, error: Exception) -> UsageError:
    """Say that the folder is no job, and why."""
    if isinstance(error, FileNotFoundError):
        return UsageError(
            f"no job in {folder}: {JOB_FILE} is missing",
            remedy="`digitize status` lists the jobs; `digitize submit` makes one.",
        )
    cause = error.strerror if isinstance(error, OSError) else "it is damaged"
    return UsageError(
        f"cannot use {folder / JOB_FILE}: {cause}", remedy="Submit the pages again to another folder."
    )


@lru_cache(maxsize=8)
def _options(job_file: Path, modified_ns: int) -> ReadOptions:
    """Read the options once per job file and process; `modified_ns` tells two jobs of one name apart."""
    return ReadOptions.model_validate(json.loads(job_file.read_bytes())["options"])
