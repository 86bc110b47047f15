"""``digitize results``: the results of a job in a format, on standard output or in a file."""

import io
import os
import shlex
import shutil
import sys
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Annotated

import typer

from cli.console import Console
from cli.options import JobName, NoColor, Quiet, Verbose, console_of, path_named, settings_of
from cli.render import counted
from worker.errors import OutputNotWritable, UsageError

if TYPE_CHECKING:  # jobs need pydantic, which no help text needs
    from worker.jobs import Job
    from worker.tables import ResultFormat

__all__ = ["ResultsFormat", "results"]


class ResultsFormat(StrEnum):
    """Formats of the results."""

    CSV = "csv"
    JSON = "json"
    JSONL = "jsonl"
    XLSX = "xlsx"


def results(
    ctx: typer.Context,
    job: JobName,
    format: Annotated[  # noqa: A002 - the name of the option
        ResultsFormat | None,
        typer.Option(
            "--format",
            "-f",
            help="csv: a row a number; json: all detail; jsonl: all detail, a line a page; xlsx: a workbook. "
            "By default what the name after -o ends in; csv where it has no ending.",
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="Write to this file; - is standard output.",
            parser=path_named,
        ),
    ] = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
    no_color: NoColor = False,
) -> None:
    """Write the results of a job, and bring the tables in its folder up to date.

    Also for a job that is not finished: the results are those of the pages that are done.
    """
    from worker.jobs import Job
    from worker.locate import find_job
    from worker.result_file import check_result_file

    console = console_of(ctx)
    to_stdout = output is None or str(output) == "-" or _is_stdout(output)
    chosen = _format_of(None if to_stdout else output) if format is None else format
    if chosen is ResultsFormat.XLSX and to_stdout and console.on_terminal:
        raise UsageError("a workbook is nothing for a terminal", remedy="Name a file with -o FILE.xlsx.")
    opened = Job.open(find_job(job, settings_of(ctx)))
    file = None if output is None or to_stdout else check_result_file(output, opened)
    console.job_keeps_results = True
    _update_tables(opened, console)
    _write(opened, chosen, file, console)
    if file is not None:
        console.note(f"written: {output}")


def _format_of(file: Path | None) -> ResultsFormat:
    """Return the format that the name of a file ends in, csv where it has no ending.

    Raises
    ------
    UsageError
        It ends in something else.
    """
    ending = "" if file is None else file.suffix.lower().removeprefix(".")
    if not ending:
        return ResultsFormat.CSV
    if ending not in {*ResultsFormat}:
        raise UsageError(
            f"no format of results is called {ending}, as {file} ends",
            remedy=f"Formats: {', '.join(ResultsFormat)}; -f says which where the name does not.",
        )
    return ResultsFormat(ending)


def _is_stdout(file: Path) -> bool:
    """Tell whether a name such as /dev/stdout leads to where standard output goes."""
    try:
        return os.path.samestat(file.stat(), os.fstat(sys.stdout.fileno()))
    except (OSError, ValueError, io.UnsupportedOperation):
        return False


def _update_tables(job: "Job", console: Console) -> None:
    """Write the tables in the job folder anew; a folder that can only be read is no obstacle."""
    from worker.tables import write_tables

    try:
        summary = write_tables(job)
    except OutputNotWritable as error:
        console.warning(f"{error.message}; the tables there stay as they are")
        return
    if summary.pages.missing:
        console.warning(f"{summary.pages.missing:,} of {counted(summary.pages.total, 'page')} not read yet")
        console.hint(f"digitize resume {shlex.quote(str(job.path))}")
    for warning in summary.warnings:
        console.warning(warning.message)


def _write(job: "Job", chosen: ResultsFormat, file: Path | None, console: Console) -> None:
    """Write the results to a file or to standard output."""
    from worker.result_file import result_file
    from worker.tables import stream_results

    if file is None:
        _print(job, chosen.value, console)
        return
    with result_file(file) as stream:
        stream_results(job, chosen.value, stream)


def _print(job: "Job", chosen: "ResultFormat", console: Console) -> None:
    """Write the results to standard output; a workbook is made elsewhere, as no pipe can be gone back in."""
    from worker.tables import stream_results

    if chosen != "xlsx":
        with console.result_bytes() as stream:
            stream_results(job, chosen, stream)
        return
    with TemporaryFile() as made:
        stream_results(job, chosen, made)
        made.seek(0)
        with console.result_bytes() as stream:
            shutil.copyfileobj(made, stream)
