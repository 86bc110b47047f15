"""Page files -> tables. One pass, one page in memory at a time, every file all or nothing."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import BinaryIO, Literal, TextIO

from worker.durable import durable_file, write_durably
from worker.errors import UsageError
from worker.jobs import Job
from worker.object_path import Place
from worker.places import read_place
from worker.records import FailedPage
from worker.results import EarlierFailure, PageResult, ResultsFile, Summary, Tally, job_record, page_results
from worker.spreadsheet_cells import (
    ERROR_COLUMNS,
    RESULT_COLUMNS,
    Cell,
    error_row,
    is_parted_elsewhere,
    result_rows,
)

__all__ = [
    "RESULT_FORMATS",
    "ResultFormat",
    "has_failures",
    "stream_results",
    "tables_hold_all",
    "write_tables",
]

ResultFormat = Literal["csv", "json", "jsonl", "xlsx"]

RESULT_FORMATS: tuple[ResultFormat, ...] = ("csv", "json", "jsonl", "xlsx")


def write_tables(job: Job, on_page: Callable[[PageResult], None] = lambda _: None) -> Summary:
    """Write ``results.csv``, ``results.json``, ``errors.csv`` and ``summary.json``.

    What killed programs left half written in the job's folder is removed on the way.

    Parameters
    ----------
    job : Job
        May be unfinished: the tables then hold what is done, and the summary says what is missing.
    on_page : callable
        Called with each page on the way: every page file is opened only once.

    Returns
    -------
    Summary

    Raises
    ------
    OutputNotWritable
        A table cannot be written; the tables that stood there before are untouched.
    """
    tally = Tally(job)
    with ExitStack() as files:
        rows, errors = (
            files.enter_context(_text(files.enter_context(durable_file(job.path / name))))
            for name in ("results.csv", "errors.csv")
        )
        results = files.enter_context(durable_file(job.path / "results.json"))
        write_row, write_error = _csv_writer(rows, RESULT_COLUMNS), _csv_writer(errors, ERROR_COLUMNS)
        for piece in _json_pieces(job, _seen(page_results(job), tally, write_row, write_error, on_page)):
            results.write(piece)
    summary = tally.summary()
    write_durably(job.path / "summary.json", summary.model_dump_json(indent=1).encode() + b"\n")
    job.clear_unfinished()
    return summary


def tables_hold_all(job: Job) -> bool:
    """Tell whether the tables were written when every page of the job was done.

    Pages that were queued without waiting are in no table until somebody asks for the results.
    """
    summary = _summary_in(job.path)
    return summary is not None and not summary.pages.missing


def has_failures(folder: Place) -> bool:
    """Tell whether the tables in a job's folder name anything that failed; also where they cannot be read."""
    summary = _summary_in(folder)
    return summary is None or bool(summary.pages.failed)


def _summary_in(folder: Place) -> Summary | None:
    try:
        return Summary.model_validate_json(read_place(folder / "summary.json"))
    except (OSError, ValueError):
        return None


def stream_results(job: Job, format: ResultFormat, out: BinaryIO) -> None:  # noqa: A002 - the flag's name
    """Write the results that are there to an open stream.

    Parameters
    ----------
    job : Job
        May be unfinished.
    format : {"csv", "json", "jsonl", "xlsx"}
        Table of numbers, all detail, all detail with one page a line, workbook.
    out : BinaryIO
        Left open.

    Raises
    ------
    UsageError
        There is no such format.
    """
    writers: dict[str, Callable[[Job, BinaryIO], None]] = {
        "csv": _stream_csv,
        "json": _stream_json,
        "jsonl": _stream_jsonl,
        "xlsx": _stream_xlsx,
    }
    if format not in writers:
        raise UsageError(f"no format {format!r}", remedy=f"Formats: {', '.join(RESULT_FORMATS)}.")
    writers[format](job, out)


def _seen(
    results: Iterable[PageResult],
    tally: Tally,
    write_row: Callable[[Sequence[Cell]], object],
    write_error: Callable[[Sequence[Cell]], object],
    on_page: Callable[[PageResult], None],
) -> Iterator[PageResult]:
    """Pass the pages on, counting each and adding it to the tables on the way."""
    for result in results:
        if not isinstance(result, EarlierFailure):
            tally.add(result.record)
        for row in result_rows(result):
            write_row(row)
        if isinstance(result.record, FailedPage):
            write_error(error_row(result.file, result.record))
        on_page(result)
        yield result


def _json_pieces(job: Job, results: Iterable[PageResult]) -> Iterator[bytes]:
    """Write a :class:`ResultsFile` page by page: the file without pages, opened up where they go."""
    frame = ResultsFile(tool=job.asked.tool, job=job_record(job), pages=()).model_dump_json()
    yield frame.removesuffix("]}").encode()
    separator = b"\n"
    for result in results:
        yield separator + result.model_dump_json().encode()
        separator = b",\n"
    yield b"\n]}\n"


def _stream_csv(job: Job, out: BinaryIO) -> None:
    with _text(out) as stream:
        write = _csv_writer(stream, RESULT_COLUMNS)
        for result in page_results(job):
            for row in result_rows(result):
                write(row)


def _stream_json(job: Job, out: BinaryIO) -> None:
    for piece in _json_pieces(job, page_results(job)):
        out.write(piece)


def _stream_jsonl(job: Job, out: BinaryIO) -> None:
    for result in page_results(job):
        out.write(result.model_dump_json().encode() + b"\n")


def _stream_xlsx(job: Job, out: BinaryIO) -> None:
    from worker.workbook import write_workbook  # the other formats do without XlsxWriter

    write_workbook(page_results(job), out)


def _csv_writer(stream: TextIO, columns: tuple[str, ...]) -> Callable[[Sequence[Cell]], object]:
    """Write the header and return what writes a row, as RFC 4180 wants it.

    Where lists are separated by semicolons, a spreadsheet parts rows at these, or at tabs, and what stands
    behind one in a file's name would begin a cell of its own. Between quotes at the beginning of its row it
    does not; no other cell holds what a stranger wrote.
    """
    plain = csv.writer(stream, lineterminator="\r\n")
    quoting = csv.writer(stream, lineterminator="\r\n", quoting=csv.QUOTE_NONNUMERIC)
    plain.writerow(columns)

    def write(row: Sequence[Cell]) -> None:
        (quoting if is_parted_elsewhere(row[0]) else plain).writerow(row)

    return write


@contextmanager
def _text(stream: BinaryIO) -> Iterator[TextIO]:
    """Let text be written to a binary stream that stays open."""
    text = io.TextIOWrapper(stream, encoding="utf-8", newline="", write_through=False)
    try:
        yield text
        text.flush()
    finally:
        text.detach()
