"""``digitize resume``: read what a job has no result of yet."""

import time
from typing import TYPE_CHECKING

import typer

from cli.console import Console
from cli.options import (
    AsJson,
    JobName,
    Jobs,
    LogLines,
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

__all__ = ["check_model", "resume"]


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
    log_format: LogLines = None,
) -> None:
    """Read only the pages of a job that have no result, as it was asked for when it was submitted.

    For a job that was interrupted, lost its broker, or waits for workers that are gone.
    """
    started_s = time.monotonic()
    from cli.running import check_broker, finish, missing_pages, queue_only, read_missing
    from worker.jobs import Job
    from worker.locate import find_job

    console = console_of(ctx)
    settings = settings_of(ctx, jobs=jobs)
    opened = Job.open(find_job(job, settings))
    check_broker(settings, wait=wait)
    missing = missing_pages(opened, console)
    console.note(f"job: {opened.path}, {len(missing):,} of {counted(len(opened.entries), 'page')} to read")
    if missing:
        check_model(opened, console)
    if wait or not opened.entries:  # where there is no page there is nothing to wait for
        read_missing(opened, missing, settings, console, timeout_s=timeout)
        finish(opened, console, as_json=as_json, strict=strict, started_s=started_s)
    else:
        queue_only(opened, missing, settings, console, as_json=as_json)


def check_model(job: "Job", console: Console) -> None:
    """Say that the pages to come are read by another model than those that are done.

    Raises
    ------
    ModelRefused
        It is missing or damaged, or cannot do what the job asks for.
    """
    from worker.asked_model import asked_model

    options = job.options
    model = asked_model(options.model, max_error_rate=options.max_error_rate, printed=options.printed)
    if job.asked.model not in (None, model):
        console.warning(f"the model is now {model.id}; the job was begun with {job.asked.model.id}")
