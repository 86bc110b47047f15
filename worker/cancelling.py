"""A job that is not to be read any further: a marker in its folder says so to everybody.

Whoever is about to begin a page looks for the marker, on this machine or another, with a broker or
without. A page that is being read is finished, what is done stays, and `resume` takes the marker away.
"""

import json
import os
import shlex
from contextlib import suppress
from datetime import UTC, datetime

from worker.durable import create_durably, read_regular
from worker.errors import JobCancelled, OutputNotWritable
from worker.job_folder import JobFolder
from worker.jobs import Job

__all__ = ["cancelled_at", "cancelled_error", "is_cancelled", "lift_cancelling", "mark_cancelled"]


def is_cancelled(folder: JobFolder) -> bool:
    """Tell whether a job is cancelled; asked before each page, so it has to cost next to nothing."""
    # Opened and not only looked at: network file systems remember for a while that a name was
    # there, but ask again when it is opened. A marker that was taken away must not stop a page.
    try:
        descriptor = os.open(folder.cancelled_file, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return False
    os.close(descriptor)
    return True


def cancelled_at(job: Job) -> datetime | None:
    """Return when a job was cancelled; None if it was not, or is at its end all the same."""
    try:
        told = json.loads(read_regular(job.cancelled_file))
        return datetime.fromisoformat(told["cancelled"])
    except OSError:
        return None
    except (ValueError, KeyError, TypeError):
        # Somebody wrote it by hand, or is just writing it: what counts is that it is there.
        with suppress(OSError):
            return datetime.fromtimestamp(job.cancelled_file.stat().st_mtime, UTC)
        return None


def mark_cancelled(job: Job) -> bool:
    """Have no further page of a job begun.

    Returns
    -------
    bool
        False if it was cancelled before.

    Raises
    ------
    OutputNotWritable
        The job folder cannot be written.
    """
    now = datetime.now(UTC).isoformat(timespec="seconds")
    return create_durably(job.cancelled_file, json.dumps({"cancelled": now}).encode() + b"\n")


def lift_cancelling(job: Job) -> bool:
    """Let pages of a job be read again.

    Returns
    -------
    bool
        False if it was not cancelled.

    Raises
    ------
    OutputNotWritable
        The job folder cannot be written.
    """
    try:
        job.cancelled_file.unlink()
    except FileNotFoundError:
        return False
    except OSError as error:
        raise OutputNotWritable(f"cannot remove {job.cancelled_file}: {error.strerror or error}") from error
    return True


def cancelled_error(job: Job) -> JobCancelled:
    """Return what to say where a job was waited for and is cancelled."""
    progress = job.progress()
    return JobCancelled(
        f"the job was cancelled; {progress.done:,} of {progress.total:,} "
        f"{'page' if progress.total == 1 else 'pages'} done",
        remedy=f"digitize resume {shlex.quote(str(job.path))} reads the rest.",
    )
