"""``digitize retry``: read the pages of a job again that could not be read."""

import shlex
import time
from typing import TYPE_CHECKING, Annotated

import typer

from cli.console import Console
from cli.options import (
    AsJson,
    JobName,
    Jobs,
    NoColor,
    Quiet,
    Strict,
    Timeout,
    Verbose,
    Wait,
    console_of,
    settings_of,
)
from cli.render import counted

if TYPE_CHECKING:  # jobs need pydantic, which no help text needs
    from worker.jobs import Job

__all__ = ["retry"]


def retry(
    ctx: typer.Context,
    job: JobName,
    failed: Annotated[
        bool, typer.Option("--failed", help="Only pages that failed; there is no other kind of retry.")
    ] = True,
    jobs: Jobs = None,
    wait: Wait = True,
    timeout: Timeout = None,
    strict: Strict = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
    no_color: NoColor = False,
) -> None:
    """Read the pages of a job again that were recorded as failed, and nothing else.

    Each has all its attempts again. Its earlier failure stays in the tables until there is a new result.
    """
    started_s = time.monotonic()
    from cli.resume import check_model
    from cli.running import check_broker, finish, queue_only, read_missing
    from worker.jobs import Job
    from worker.locate import find_job
    from worker.retrying import failed_entries, set_failures_aside
    from worker.tables import write_tables

    console = console_of(ctx)
    settings = settings_of(ctx, jobs=jobs)
    opened = Job.open(find_job(job, settings))
    check_broker(settings, wait=wait)
    entries = failed_entries(opened)
    if entries:
        check_model(opened, console)
        entries = set_failures_aside(opened, entries)
        write_tables(opened)  # which hold the earlier failures, and say that these pages are missing
    _tell(opened, len(entries), console)
    if wait:
        read_missing(opened, entries, settings, console, timeout_s=timeout)
        finish(opened, console, as_json=as_json, strict=strict, started_s=started_s)
    else:
        queue_only(opened, entries, settings, console, as_json=as_json)


def _tell(job: "Job", again: int, console: Console) -> None:
    """Say what is read again, and what is not."""
    console.note(f"job: {job.path}, {again:,} of {counted(len(job.entries), 'page')} to read again")
    if job.failures:
        them = "it" if len(job.failures) == 1 else "them"
        console.note(
            f"{counted(len(job.failures), 'input')} led to no page; mend {them}, and submit {them} again"
        )
    if others := len(job.missing()) - again:
        console.warning(f"{counted(others, 'other page')} not read yet, which a retry does not read")
        console.hint(f"digitize resume {shlex.quote(str(job.path))}")
