"""A job that is not to be read any further: a marker in its folder says so to everybody.

Whoever is about to begin a page looks for the marker, on this machine or another, with a broker or
without. A page that is being read is finished, what is done stays, and `resume` takes the marker away.
"""

import json
import os
import shlex
import time
from contextlib import suppress
from datetime import UTC, datetime

from worker.durable import create_durably
from worker.errors import JobCancelled, OutputNotWritable
from worker.job_folder import JobFolder
from worker.jobs import Job
from worker.object_path import ObjectPath
from worker.places import changed_s, is_there, read_place, remove

__all__ = ["cancelled_at", "cancelled_error", "is_cancelled", "lift_cancelling", "mark_cancelled"]


#: That a job in an object store was cancelled may be noticed so much later.
_ASK_EVERY_S = 1.0


def is_cancelled(folder: JobFolder) -> bool:
    """Tell whether a job is cancelled; asked before each page, so it has to cost next to nothing."""
    if isinstance(folder.cancelled_file, ObjectPath):
        return _is_marked(folder.cancelled_file)
    # Opened and not only looked at: network file systems remember for a while that a name was
    # there, but ask again when it is opened. A marker that was taken away must not stop a page.
    try:
        descriptor = os.open(folder.cancelled_file, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return False
    os.close(descriptor)
    return True


#: When an object store last said that there is no such marker.
_unmarked_at_s: dict[ObjectPath, float] = {}


def _is_marked(marker: ObjectPath) -> bool:
    """Ask an object store, though not again and again within a second: each answer takes a while."""
    now_s = time.monotonic()
    if now_s - _unmarked_at_s.get(marker, -_ASK_EVERY_S) < _ASK_EVERY_S:
        return False
    if is_there(marker):
        return True
    _unmarked_at_s[marker] = now_s
    return False


def cancelled_at(job: Job) -> datetime | None:
    """Return when a job was cancelled; None if it was not, or is at its end all the same."""
    try:
        told = json.loads(read_place(job.cancelled_file))
        return datetime.fromisoformat(told["cancelled"])
    except OSError:
        return None
    except (ValueError, KeyError, TypeError, RecursionError):
        # Somebody wrote it by hand, or is just writing it: what counts is that it is there.
        with suppress(OSError):
            return datetime.fromtimestamp(changed_s(job.cancelled_file), UTC)
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
        if not is_there(job.cancelled_file):
            return False
        remove(job.cancelled_file)
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
