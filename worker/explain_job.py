"""A page of a job once more: its file as it was, and the model that read it."""

import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from model.bundle import open_bundle, shipped_bundle
from model.errors import ModelError
from model.registry import CURRENT_FILE
from segmentation.errors import PageUnreadable
from segmentation.page import Page, decode_page
from worker.errors import ModelRefused, NoUsableInput, UsageError
from worker.jobs import Job, PageEntry
from worker.page_file import FileFault, read_page_file
from worker.promotion import Registry
from worker.reader import PageWork, Reader
from worker.reader_cache import DEFAULT_READER, get_reader
from worker.records import ReadPage

__all__ = ["PageAgain", "read_again"]


@dataclass(frozen=True, slots=True)
class PageAgain:
    """A page that was read before, with all that reading it again came by.

    Attributes
    ----------
    entry : PageEntry
        Which page of the job.
    record : ReadPage
        What its file in the job says.
    page : Page
        As decoded.
    reader : Reader
        With the model that read it.
    work : PageWork
        Of reading it again.
    """

    entry: PageEntry
    record: ReadPage
    page: Page
    reader: Reader
    work: PageWork

    @property
    def as_in_job(self) -> bool:
        """Tell whether it reads as it did."""
        return tuple(number.record for number in self.work.numbers) == self.record.numbers


def read_again(job: Job, entry: PageEntry) -> PageAgain:
    """Read a page of a job once more, with the model that read it.

    Parameters
    ----------
    job : Job
        Which read the page; not changed.
    entry : PageEntry
        The page.

    Raises
    ------
    UsageError
        The page was not read yet, or could not be read.
    NoUsableInput
        Its file is gone, or another one by now.
    ModelRefused
        The model that read it is not there any more.
    """
    record = job.read_record(entry.key, entry.sha256)
    where = f"page {entry.page} of {entry.name}"
    if record is None:
        raise UsageError(
            f"{where} has not been read yet", remedy=f"digitize resume {shlex.quote(str(job.path))}"
        )
    if not isinstance(record, ReadPage):
        raise UsageError(
            f"{where} could not be read: {record.message}", remedy=f"docs/errors.md tells of {record.code}."
        )
    page = _decoded(job, entry, record, where)
    reader = _reader_of(job.options.model, record, where)
    work = reader.work_through(
        page,
        accept_confidence=job.options.accept_confidence,
        max_error_rate=job.options.max_error_rate,
        printed=job.options.printed,
    )
    return PageAgain(entry, record, page, reader, work)


def _decoded(job: Job, entry: PageEntry, record: ReadPage, where: str) -> Page:
    try:
        file = read_page_file(entry, job.options.max_file_bytes)
        if record.source.sha256 not in (None, file.sha256):
            raise FileFault("file-changed", "the file is not the one that was read")
        return decode_page(file.data, page=entry.page, limits=job.options.limits)
    except (FileFault, PageUnreadable) as error:
        raise NoUsableInput(
            f"{where} cannot be read again: {error.message}",
            remedy=f"Put the file back that was read ({entry.file}), or submit this one anew.",
        ) from error


def _reader_of(reference: str | None, record: ReadPage, where: str) -> Reader:
    """Load the model that read the page: that of the job, or another of its registry by now."""
    for folder in _folders(reference):
        try:
            found = open_bundle(folder)
        except ModelError:
            continue
        if found.sha256 == record.model.sha256:
            named = None if folder == shipped_bundle() else str(folder)
            return cast(Reader, get_reader(DEFAULT_READER, named))
    raise ModelRefused(
        f"{where} was read by the model {record.model.id}, which is not there any more",
        remedy="Submit the page again to another folder, and explain what is read then.",
    )


def _folders(reference: str | None) -> list[Path]:
    """Return where the model of a job may lie, the likeliest first."""
    if reference is None:
        return [shipped_bundle()]
    if Path(reference).name != CURRENT_FILE:
        return [Path(reference)]
    registry = Registry(Path(reference).parent)
    return [shipped_bundle(), *(registry.folder / name for name in registry.names())]
