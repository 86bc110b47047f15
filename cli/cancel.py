"""``digitize cancel``: no further page of a job is read."""

import shlex
from typing import TYPE_CHECKING

import typer

from cli.console import Console
from cli.options import AsJson, JobName, NoColor, Quiet, Verbose, console_of, settings_of
from cli.render import counted
from worker.errors import BrokerUnreachable

if TYPE_CHECKING:  # jobs need pydantic, which no help text needs
    from worker.jobs import Job
    from worker.settings import Settings

__all__ = ["cancel"]


def cancel(
    ctx: typer.Context,
    job: JobName,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
    no_color: NoColor = False,
) -> None:
    """Stop reading a job, wherever that is done: by workers, or by another program here.

    A page that is being read is finished, those that wait are not begun. What is done stays, and
    `digitize resume` reads the rest.
    """
    from worker.cancelling import mark_cancelled
    from worker.jobs import Job
    from worker.locate import find_job

    console = console_of(ctx)
    settings = settings_of(ctx)
    opened = Job.open(find_job(job, settings))
    missing = opened.progress().missing
    again = bool(missing) and not mark_cancelled(opened)
    taken_out = _take_out(opened, settings, console) if missing else 0
    progress = opened.progress()
    if as_json:
        told = {"done": progress.done, "missing": progress.missing, "taken_out": taken_out}
        console.result_json({"job": str(opened.path), "cancelled": bool(missing)} | told)
    done = f"{progress.done:,} of {counted(progress.total, 'page')} done"
    if not missing:
        console.note(f"the job is finished, there is nothing to cancel: {done}")
        return
    console.note(
        f"{'cancelled before' if again else 'cancelled'}: {done}; a page being read is still finished"
    )
    if taken_out:
        others = "; workers pass over the others" if progress.missing > taken_out else ""
        console.note(f"{counted(taken_out, 'page')} taken out of the queue{others}")
    console.hint(f"digitize resume {shlex.quote(str(opened.path))} reads the rest")


def _take_out(job: "Job", settings: "Settings", console: Console) -> int | None:
    """Take the pages out of the queue; None where the broker does not answer, which stops nothing."""
    if settings.broker_url is None:
        return 0
    from worker.queue_state import take_out

    try:
        return take_out(job, settings)
    except BrokerUnreachable as error:
        console.warning(f"{error.message}; what is queued there is passed over by the workers")
        return None
