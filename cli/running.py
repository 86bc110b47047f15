"""Running a job to its end, here or in the queue, and printing what came of it.

`submit` and `resume` differ only in where the job comes from; what follows is here.
"""

import errno
import os
import shlex
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

from cli.console import Advance, Console
from cli.logs import logs_on
from cli.output import JobOutput, JsonOutput, TableOutput, name_failures
from cli.render import (
    counted,
    failed_inputs,
    failed_pages,
    other_models,
    outcome_error,
    output_paths,
    summary_line,
)
from cli.time_limit import stopped_after
from worker.errors import BrokerUnreachable, JobCancelled, OutputNotWritable, UsageError, WaitTimedOut

if TYPE_CHECKING:  # all of these need pydantic, which no help text needs
    from worker.jobs import Job, PageEntry, Progress
    from worker.records import PageRecord
    from worker.settings import Settings

__all__ = ["check_broker", "finish", "lift_cancelling", "missing_pages", "queue_only", "read_missing"]


def check_broker(settings: "Settings", *, wait: bool) -> None:
    """Find out at once, and not after counting pages, that the queue cannot be used.

    Raises
    ------
    BrokerUnreachable
        The configured broker gives no answer.
    UsageError
        There is no broker, and nobody would wait for the result.
    """
    if settings.broker_url is not None:
        from worker.queue import check_broker as ping

        ping(settings)
    elif not wait:
        raise UsageError(
            "--detach needs a broker: without one the pages are read by this very program",
            remedy="Set DIGITIZE_BROKER_URL=redis://host:6379/0, or leave --detach out.",
        )


def missing_pages(job: "Job", console: Console) -> "Collection[PageEntry]":
    """Return the pages that have no result; a damaged one is put aside and told, and never lost.

    Raises
    ------
    OutputNotWritable
        A damaged file cannot be put aside.
    """
    missing = job.missing()
    for entry, aside in job.set_damaged_aside(missing):
        console.warning(
            f"{entry.name}, page {entry.page}: its result was damaged, or that of another page; "
            f"the page is read again, and the file kept as {aside}",
            {"job": str(job.path), "file": entry.name, "page": entry.page},
        )
    return missing


def lift_cancelling(job: "Job", console: Console) -> None:
    """Let a job be read that was cancelled, and say so."""
    from worker import cancelling

    if cancelling.lift_cancelling(job):
        console.note("the job was cancelled, and goes on now")


def read_missing(
    job: "Job",
    missing: "Collection[PageEntry]",
    settings: "Settings",
    console: Console,
    *,
    timeout_s: float | None,
) -> None:
    """Read what the job has no result of, here or in the queue, and return when all is done.

    Raises
    ------
    typer.Exit
        Interrupted; what is done stays done.
    WaitTimedOut
        `timeout_s` passed; what is done is in the tables.
    BrokerUnreachable
        The broker is gone; what is done is in the tables.
    JobCancelled
        Somebody cancelled the job; what is done is in the tables.
    DigitizeError
        The model is refused, the folder cannot be written.
    """
    if not missing:
        return
    lift_cancelling(job, console)
    done_before = len(job.entries) - len(missing)
    try:
        with (
            _resumed_once_mended(job),
            logs_on(console),
            console.progress("pages", len(job.entries)) as advance,
        ):
            if settings.broker_url is None:
                _read_here(job, missing, settings, _Counter(advance, done_before), timeout_s)
            else:
                _read_in_queue(job, missing, settings, console, advance, timeout_s)
    except KeyboardInterrupt:
        progress = job.progress()
        console.error(
            f"interrupted; {progress.done:,} of {counted(progress.total, 'page')} done",
            hint=f"digitize resume {shlex.quote(str(job.path))}",
        )
        raise typer.Exit(130) from None
    except UsageError as error:
        raise OutputNotWritable(
            f"the job was taken away while its pages were read: {error.message}", remedy=error.remedy
        ) from error
    except (BrokerUnreachable, JobCancelled, WaitTimedOut):
        from worker.tables import write_tables

        write_tables(job)
        raise


def queue_only(
    job: "Job",
    missing: "Collection[PageEntry]",
    settings: "Settings",
    console: Console,
    *,
    as_json: bool,
    is_new: bool = False,
) -> None:
    """Put what is missing into the queue, and print where the job lies and what has failed already.

    Of a job that is new only inputs can have failed, and no page is looked for.
    """
    from worker.queue import enqueue

    if missing:
        lift_cancelling(job, console)
    queued = enqueue(job, missing, settings)
    failures = failed_inputs(job) if is_new else failed_pages(job)
    if as_json:
        console.result_json({"job": str(job.path), "queued": queued, "errors": [*failures]})
    else:
        console.result(str(job.path))
    name_failures(failures, job, console, rest="`digitize status` names them all")
    name = shlex.quote(str(job.path))
    console.note(
        f"{counted(queued, 'page')} queued; `digitize status {name}` shows the progress, "
        f"and `digitize results {name}` writes the tables"
    )


def finish(job: "Job", console: Console, *, as_json: bool, strict: bool, started_s: float) -> None:
    """Write the tables, print the result and where it lies, and raise what the exit code has to say.

    Raises
    ------
    DigitizeError
        Some pages failed, no input was a page, or, with `strict`, numbers wait for review.
    """
    from worker.tables import write_tables

    output = _output(console, as_json=as_json)
    with _resumed_once_mended(job):
        summary = write_tables(job, output.add)
    console.job_keeps_results = True
    output.print_failures(job, console)
    output.print_numbers(job, summary, console)
    for name, path in output_paths(job).items():
        console.note(f"{name}: {path}")
    if others := other_models(job, summary):
        console.note(others)
    for warning in summary.warnings:
        console.warning(warning.message)
    elapsed_s = time.monotonic() - started_s
    console.note(summary_line(summary, elapsed_s, without_page=len(job.failures)))
    if error := outcome_error(job, summary, strict=strict):
        raise error


@contextmanager
def _resumed_once_mended(job: "Job") -> Iterator[None]:
    """Say of a folder that cannot be written any more how its job goes on: another one would begin anew."""
    try:
        yield
    except OutputNotWritable as error:
        if error.remedy != OutputNotWritable.remedy_default:
            raise
        is_full = any(os.strerror(code) in error.message for code in (errno.ENOSPC, errno.EDQUOT))
        mend = "Free some space" if is_full else "Mend that, or free some space"
        remedy = f"{mend}; `digitize resume {shlex.quote(str(job.path))}` goes on."
        raise OutputNotWritable(error.message, remedy=remedy) from error


def _output(console: Console, *, as_json: bool) -> JobOutput:
    return JsonOutput() if as_json else TableOutput(on_terminal=console.on_terminal)


class _Counter:
    """Counts pages for the bar as they are done."""

    def __init__(self, advance: Advance, done: int) -> None:
        self._advance = advance
        self._done = done
        self._failed = 0
        advance(done, "")

    def add(self, record: "PageRecord") -> None:
        """Count one page."""
        self._done += 1
        self._failed += record.outcome == "failed"
        self._advance(self._done, _failed(self._failed))


def _read_here(
    job: "Job",
    missing: "Collection[PageEntry]",
    settings: "Settings",
    counter: _Counter,
    timeout_s: float | None,
) -> None:
    from worker.embedded import run_embedded

    def on_done(_entry: "PageEntry", record: "PageRecord") -> None:
        counter.add(record)

    with stopped_after(timeout_s, job):
        run_embedded(job, missing, settings, on_done)


def _read_in_queue(
    job: "Job",
    missing: "Collection[PageEntry]",
    settings: "Settings",
    console: Console,
    advance: Advance,
    timeout_s: float | None,
) -> None:
    from worker.queue import enqueue
    from worker.waiting import wait_for

    def on_progress(progress: "Progress") -> None:
        advance(progress.done, _failed(progress.failed))

    enqueue(job, missing, settings)
    wait_for(
        job,
        settings,
        entries=missing,
        timeout_s=timeout_s,
        on_progress=on_progress,
        on_warning=console.warning,
    )


def _failed(count: int) -> str:
    """Return a word for the bar."""
    return f"{count} failed" if count else ""
