"""``digitize status``: how far the jobs are, or one of them and what failed in it."""

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.console import Console
from cli.options import AsJson, NoColor, Quiet, Verbose, console_of, place_named, settings_of
from cli.render import counted
from cli.status_shown import (
    COLUMNS,
    FAILED_COLUMNS,
    failed_json,
    failed_line,
    figures,
    given_up_json,
    given_up_words,
    pace_words,
    queue_json,
    queue_words,
    row,
)
from worker.errors import DigitizeError

if TYPE_CHECKING:  # jobs need pydantic, which no help text needs
    from worker.job_status import Failure, JobStatus, JobWatcher
    from worker.jobs import Job
    from worker.queue_state import QueueState
    from worker.settings import Settings

__all__ = ["status"]


def status(
    ctx: typer.Context,
    job: Annotated[
        str | None,
        typer.Argument(
            metavar="JOB",
            help="A job's folder or URL, or its name; all jobs without.",
            parser=place_named,
            show_default=False,
        ),
    ] = None,
    watch: Annotated[
        bool,
        typer.Option(
            "--watch", "-w", help="Go on showing it, until all is read, has failed or was cancelled."
        ),
    ] = False,
    failed: Annotated[
        bool, typer.Option("--failed", help="List the failed pages with code and message.")
    ] = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
    no_color: NoColor = False,
) -> None:
    """Show the jobs and how far they are, or one job and the pages that failed.

    It looks into the job folders. For one job, and with --watch, a broker is asked what waits there.
    """
    from worker.job_status import JobWatcher
    from worker.jobs import Job
    from worker.locate import find_job, list_jobs

    console = console_of(ctx)
    settings = settings_of(ctx)
    if watch:
        from cli.status_watch import watch_jobs

        named = None if job is None else Job.open(find_job(job, settings))
        watch_jobs(named, settings, console, as_json=as_json, failed=failed)
    elif job is not None:
        watcher = JobWatcher(Job.open(find_job(job, settings)))
        _show_job(watcher, settings, console, as_json=as_json, failed=failed)
    else:
        where = settings.jobs_dir.absolute()
        _show_jobs(list_jobs(settings), where, console, as_json=as_json, failed=failed)


def _show_jobs(folders: list[Path], where: Path, console: Console, *, as_json: bool, failed: bool) -> None:
    """Show all jobs, or what failed in them."""
    from worker.job_status import JobWatcher
    from worker.jobs import Job

    shown: list[dict[str, Any]] = []
    failures: dict[str, tuple[Failure, ...]] = {}
    for folder in folders:
        try:
            watcher = JobWatcher(Job.open(folder))
            told = figures(watcher.job, watcher.look())
        except DigitizeError as error:  # one that is damaged hides no other
            console.warning(error.message)
            continue
        failures[watcher.job.id] = watcher.failures()
        shown.append(told | {"failures": failed_json(watcher.failures())} if failed else told)
    if as_json:
        console.result_json(shown)
    elif failed:
        _show_failures(failures, console)
    elif shown:
        console.table(COLUMNS, map(row, shown))
    in_all = counted(len(shown), "job") if shown else "no jobs"
    console.note(f"{in_all} in {where}; a job made with -o elsewhere: digitize status FOLDER")


def _show_job(
    watcher: "JobWatcher", settings: "Settings", console: Console, *, as_json: bool, failed: bool
) -> None:
    """Show one job."""
    from cli.status_watch import ask_queue
    from worker.job_outlook import beside_queue
    from worker.tables import tables_hold_all

    job, seen = watcher.job, watcher.look()
    queue = ask_queue(settings, [job]) if seen.progress.missing else None
    status_now = beside_queue(watcher, seen, queue)
    told, failures, in_tables = figures(job, status_now), watcher.failures(), tables_hold_all(job)
    if as_json:
        more = {"folder": str(job.path), "tables": in_tables, "queue": queue_json(queue)}
        lists = {"failures": failed_json(failures), "given_up": given_up_json(status_now.given_up)}
        console.result_json(told | more | lists)
        return
    if failed:
        _show_failures({job.id: failures}, console)
        _show_given_up(job, status_now, console)
        return
    console.table(COLUMNS, [row(told)])
    for failure in failures:
        console.warning(failed_line(failure))
    _show_given_up(job, status_now, console)
    for words in (pace_words(status_now), queue_words(queue)):
        if words:
            console.note(words)
    if status_now.state == "cancelled":
        console.hint(f"digitize resume {shlex.quote(str(job.path))} reads the rest of a cancelled job")
    elif status_now.to_come:
        console.hint(_how_to_go_on(job, queue))
    elif not told["missing"] and not in_tables:
        console.note("all pages are done, and the tables do not hold them yet")
        console.hint(f"digitize results {shlex.quote(str(job.path))} writes the tables")


def _how_to_go_on(job: "Job", queue: "QueueState | str | None") -> str:
    """Say what has missing pages read: somebody who takes them, where they wait for nobody."""
    resume = f"digitize resume {shlex.quote(str(job.path))} reads what is missing"
    if queue is None or isinstance(queue, str):
        return f"{resume}, unless workers are at it"
    if queue.is_empty:
        return f"{resume}; nothing of it is queued any more"
    if not queue.workers:
        return "digitize worker, started on a machine that sees the folder, reads what waits in the queue"
    return f"{resume}, unless workers are at it"


def _show_given_up(job: "Job", status: "JobStatus", console: Console) -> None:
    """Say which pages workers do not try any more, and what to do about that."""
    if words := given_up_words(status):
        console.warning(words)
        console.hint(f"mend that, then digitize resume {shlex.quote(str(job.path))}")


def _show_failures(failures: "dict[str, tuple[Failure, ...]]", console: Console) -> None:
    """List what failed in jobs, each page a row; the last column says what is to be read again."""
    rows = [
        (job, told.file, str(told.page), told.code, told.message, "waits" if told.waits else "")
        for job, failed in failures.items()
        for told in failed
    ]
    if rows:
        console.table(FAILED_COLUMNS, rows)
    else:
        console.note("no page failed")
