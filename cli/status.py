"""``digitize status``: how far the jobs are, or one of them and what failed in it."""

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.console import Console
from cli.options import AsJson, NoColor, Quiet, Verbose, console_of, path_named, settings_of
from cli.render import counted, failure_line, look_at
from worker.errors import DigitizeError

if TYPE_CHECKING:  # jobs need pydantic, which no help text needs
    from worker.jobs import Job, Progress

__all__ = ["status"]

_COLUMNS = ("job", "total", "read", "blank", "failed", "missing")


def status(
    ctx: typer.Context,
    job: Annotated[
        Path | None,
        typer.Argument(
            metavar="JOB",
            help="A job's folder, or its name; all jobs without.",
            parser=path_named,
            show_default=False,
        ),
    ] = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
    no_color: NoColor = False,
) -> None:
    """Show the jobs and how far they are, or one job and the pages that failed.

    It looks into the job folders, and asks no broker.
    """
    from worker.jobs import Job
    from worker.locate import find_job, list_jobs

    console = console_of(ctx)
    settings = settings_of(ctx)
    if job is not None:
        _show_job(Job.open(find_job(job, settings)), console, as_json=as_json)
        return
    where = settings.jobs_dir.absolute()
    jobs = [figures for folder in list_jobs(settings) if (figures := _figures_of(folder, console))]
    if as_json:
        console.result_json(jobs)
    elif jobs:
        console.table(_COLUMNS, map(_row, jobs))
    in_all = counted(len(jobs), "job") if jobs else "no jobs"
    console.note(f"{in_all} in {where}; a job made with -o elsewhere: digitize status FOLDER")


def _show_job(job: "Job", console: Console, *, as_json: bool) -> None:
    """Show one job."""
    from worker.tables import tables_hold_all

    progress, failures = look_at(job)
    figures, in_tables = _figures(job, progress), tables_hold_all(job)
    if as_json:
        told = {"folder": str(job.path), "tables": in_tables, "failures": [*failures]}
        console.result_json(figures | told)
        return
    console.table(_COLUMNS, [_row(figures)])
    for failure in failures:
        console.warning(failure_line(failure))
    if figures["missing"]:
        console.hint(f"digitize resume {job.path} reads what is missing, unless workers are at it")
    elif not in_tables:
        console.note("all pages are done, and the tables do not hold them yet")
        console.hint(f"digitize results {shlex.quote(str(job.path))} writes the tables")


def _row(figures: dict[str, Any]) -> list[str]:
    """Return figures as a row in which each page is counted once."""
    shown = figures | {"read": figures["read"] - figures["blank"]}
    return [str(shown[column]) for column in _COLUMNS]


def _figures_of(folder: Path, console: Console) -> dict[str, Any] | None:
    """Return the figures of a job; one that is damaged is told and hides no other."""
    from worker.jobs import Job

    try:
        job = Job.open(folder)
        return _figures(job, job.progress())
    except DigitizeError as error:
        console.warning(error.message)
        return None


def _figures(job: "Job", progress: "Progress") -> dict[str, Any]:
    """Return how far a job is, in pages."""
    return {
        "job": job.id,
        "created": job.asked.created.isoformat(),
        "total": progress.total,
        "read": progress.read,
        "blank": progress.blank,
        "failed": progress.failed,
        "missing": progress.missing,
    }
