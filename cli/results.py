"""``digitize results``: the results of a job in a format, on standard output or in a file."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.console import Console
from cli.options import JobName, NoColor, Quiet, Verbose, console_of, settings_of
from cli.render import counted
from worker.errors import OutputNotWritable, UsageError

if TYPE_CHECKING:  # jobs need pydantic, which no help text needs
    from worker.jobs import Job

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
        ResultsFormat,
        typer.Option(
            "--format",
            "-f",
            help="csv: a row a number; json: all detail; jsonl: all detail, a line a page; xlsx: a workbook.",
        ),
    ] = ResultsFormat.CSV,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="Write to this file; - is standard output."),
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

    console = console_of(ctx)
    to_stdout = output is None or str(output) == "-"
    if format is ResultsFormat.XLSX and to_stdout and console.on_terminal:
        raise UsageError("a workbook is nothing for a terminal", remedy="Name a file with -o FILE.xlsx.")
    opened = Job.open(find_job(job, settings_of(ctx)))
    _update_tables(opened, console)
    _write(opened, format, None if to_stdout else output, console)


def _update_tables(job: "Job", console: Console) -> None:
    """Write the tables in the job folder anew; a folder that can only be read is no obstacle."""
    from worker.tables import write_tables

    try:
        summary = write_tables(job)
    except OutputNotWritable as error:
        console.warning(f"{error.message}; the tables there stay as they are")
        return
    if summary.pages.missing:
        console.warning(f"{summary.pages.missing} of {counted(summary.pages.total, 'page')} not read yet")
        console.hint(f"digitize resume {job.path}")


def _write(job: "Job", chosen: ResultsFormat, file: Path | None, console: Console) -> None:
    """Write the results to a file, all or nothing, or to standard output."""
    from worker.durable import durable_file
    from worker.tables import stream_results

    if file is None:
        with console.result_bytes() as stream:
            stream_results(job, chosen.value, stream)
        return
    with durable_file(file) as stream:
        stream_results(job, chosen.value, stream)
    console.note(f"written: {file}")
