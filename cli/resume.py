"""``digitize resume``: read what a job has no result of yet."""

import time

import typer

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

__all__ = ["resume"]


def resume(
    ctx: typer.Context,
    job: JobName,
    jobs: Jobs = None,
    wait: Wait = True,
    timeout: Timeout = None,
    strict: Strict = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
    no_color: NoColor = False,
) -> None:
    """Read only the pages of a job that have no result, as it was asked for when it was submitted.

    For a job that was interrupted, lost its broker, or waits for workers that are gone.
    """
    started_s = time.monotonic()
    from cli.running import check_broker, finish, queue_only, read_missing
    from worker.jobs import Job
    from worker.locate import find_job

    console = console_of(ctx)
    settings = settings_of(ctx, jobs=jobs)
    opened = Job.open(find_job(job, settings))
    check_broker(settings, wait=wait)
    console.note(f"job: {opened.path}, {len(opened.missing())} of {len(opened.entries)} pages to read")
    if wait:
        read_missing(opened, settings, console, timeout_s=timeout)
        finish(opened, console, as_json=as_json, strict=strict, started_s=started_s)
    else:
        queue_only(opened, settings, console, as_json=as_json)
