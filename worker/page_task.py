"""One page: file -> record in the job folder. What the queue and the embedded run both call.

A page's own fault becomes a :class:`~worker.records.FailedPage` and never stops a job.
Only what concerns all pages is raised: the job folder cannot be written, the model is refused.
"""

import logging
import time
from typing import TYPE_CHECKING

from worker.durable import write_durably
from worker.durable_folders import make_folder_within
from worker.errors import DigitizeError
from worker.failures import failed_page, record_failure
from worker.job_folder import JobFolder, ReadOptions
from worker.jobs import PageEntry
from worker.memory_limit import is_out_of_memory
from worker.object_path import Place
from worker.page_file import FileFault, read_page_file
from worker.places import Version
from worker.reader_cache import DEFAULT_READER, PageReader, get_reader
from worker.records import FailedPage, PageRecord, ProcessingStep, ReadPage, SourceRecord, WarningRecord
from worker.roots import Roots
from worker.tool import tool_record

if TYPE_CHECKING:  # the queue's parent process imports this module, but never NumPy or OpenCV
    from segmentation.page import Page

__all__ = ["process_page"]

log = logging.getLogger(__name__)

#: Code of the warning that a file is not quite as it should be, and was read all the same.
_ODD_FILE = "odd-file"


def process_page(
    job: JobFolder | Place,
    entry: PageEntry,
    *,
    attempt: int,
    reader_factory: str = DEFAULT_READER,
    roots: Roots | None = None,
    time_limit_errors: tuple[type[Exception], ...] = (),
    job_version: Version | None = None,
) -> PageRecord:
    """Read one page and write its record; a page that is done is returned as it is.

    Parameters
    ----------
    job : JobFolder or Place
        The job's folder.
    entry : PageEntry
        The page.
    attempt : int
        Counted from 1: how often this page was begun.
    reader_factory : str
        ``package.module:function`` that builds the reader.
    roots : Roots, optional
        Where it may read and write; anywhere without.
    time_limit_errors : tuple of exception types
        What a queue raises in the middle of the page when its time is up.
    job_version : Version, optional
        Of the job that the page is read for, from :meth:`JobFolder.version`; of the one that is there by
        default. Nothing is recorded in another one.

    Returns
    -------
    ReadPage or FailedPage

    Raises
    ------
    OutputNotWritable
        The job folder cannot be written, or lies outside of the roots.
    UsageError
        The folder is no job.
    JobReplaced
        Another job has come into it.
    ModelRefused
        The model is missing or damaged, or lies outside of the roots.
    """
    folder = job if isinstance(job, JobFolder) else JobFolder(job)
    if roots is not None:
        roots.check_output(folder.path)
    done = folder.read_record(entry.key)
    if done is not None:
        return done
    log.debug("page %s of %r, attempt %d", entry.page, entry.name, attempt)
    job_version = folder.version() if job_version is None else job_version
    try:
        options = folder.options
        if roots is not None:
            roots.check_model(options.model)
        reader = get_reader(reader_factory, options.model)
        record = _read(folder, entry, options, reader, roots)
        folder.check_same_job(job_version)
        folder.write_record(entry.key, record)
        return record
    except time_limit_errors:
        failure = _failed(entry, "time-limit", "reading took longer than the soft time limit")
    except DigitizeError:
        raise
    except Exception as error:  # noqa: BLE001 - the task boundary: whatever a page does is its record
        failure = _failure_of(entry, error)
    return record_failure(folder, entry.key, failure, job_version)


def _read(
    folder: JobFolder, entry: PageEntry, options: ReadOptions, reader: PageReader, roots: Roots | None
) -> ReadPage:
    """Take the page all the way; overlay and crops come before the record, which means done."""
    from segmentation.page import decode_page

    start_s = time.perf_counter()
    file = read_page_file(entry, options.max_file_bytes, below=None if roots is None else roots.folders)
    page = decode_page(file.data, page=entry.page, limits=options.limits)
    digest = file.sha256
    del file  # what is not kept for the next page need not lie beside the pixels
    decoded_s = time.perf_counter()
    reading = reader.read_page(
        page,
        accept_confidence=options.accept_confidence,
        max_error_rate=options.max_error_rate,
        printed=options.printed,
    )
    record = ReadPage(
        tool=tool_record(),
        model=reader.model,
        source=SourceRecord(
            path=entry.path,
            page=entry.page,
            sha256=digest,
            width=page.width,
            height=page.height,
            dpi=page.dpi,
        ),
        processing=(_decode_step(page, options), *reading.processing),
        numbers=tuple(reading.numbers),
        warnings=(*_decode_warnings(page), *reading.warnings),
        timings_s={
            "decode": decoded_s - start_s,
            **reading.timings_s,
            "total": time.perf_counter() - start_s,
        },
    )
    _save_pictures(folder, entry, options, page, record)
    return record


def _decode_warnings(page: "Page") -> tuple[WarningRecord, ...]:
    """Note what was odd about the file."""
    return tuple(WarningRecord(code=_ODD_FILE, message=doubt) for doubt in page.doubts)


def _decode_step(page: "Page", options: ReadOptions) -> ProcessingStep:
    """Note how the pixels came out of the file."""
    settings: dict[str, float | int | str | bool] = {"kind": page.kind, "orientation": page.orientation}
    if page.kind == "pdf":
        settings["pdf_dpi"] = options.pdf_dpi
    return ProcessingStep(name="decode", settings=settings)


def _save_pictures(
    folder: JobFolder, entry: PageEntry, options: ReadOptions, page: "Page", record: ReadPage
) -> None:
    """Write the overlay and the crops where they were asked for."""
    if not (options.save_overlays or options.save_crops):
        return
    from worker.orientation import quarters_of
    from worker.overlay import cut_crops, draw_overlay, encode_png

    quarters = quarters_of(record.processing)
    if options.save_overlays:
        path = folder.overlay_path(entry.key)
        make_folder_within(folder.path, path.parent)
        write_durably(path, encode_png(draw_overlay(page, record.numbers, quarters=quarters)))
    if options.save_crops:
        crops = folder.crops_folder(entry.key)
        make_folder_within(folder.path, crops)
        for name, pixels in cut_crops(page, record.numbers, quarters=quarters):
            write_durably(crops / name, encode_png(pixels))


def _failure_of(entry: PageEntry, error: Exception) -> FailedPage:
    """Turn what happened to a page into its record."""
    from segmentation.errors import PageUnreadable

    if isinstance(error, PageUnreadable | FileFault):
        return _failed(entry, error.code, error.message)
    if is_out_of_memory(error):
        return _failed(entry, "out-of-memory", "reading it takes more memory than max_memory_mb allows")
    log.error("page %s of %r failed unexpectedly", entry.page, entry.name, exc_info=error)
    return _failed(entry, "internal-error", f"{type(error).__name__}: {error}")


def _failed(entry: PageEntry, code: str, message: str) -> FailedPage:
    """Return the record of a page that could not be read."""
    return failed_page(path=entry.path, page=entry.page, sha256=entry.sha256, code=code, message=message)
