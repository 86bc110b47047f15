"""How jobs stand, as rows, lines and JSON."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from cli.render import counted, duration, failure_line

if TYPE_CHECKING:  # all of these need pydantic, which no help text needs
    from worker.job_status import Failure, GivenUp, JobStatus
    from worker.jobs import Job
    from worker.queue_state import QueueState

__all__ = [
    "COLUMNS",
    "FAILED_COLUMNS",
    "WATCHED_COLUMNS",
    "failed_json",
    "failed_line",
    "figures",
    "given_up_json",
    "given_up_words",
    "pace_words",
    "queue_json",
    "queue_words",
    "row",
    "status_line",
    "watched_row",
]

COLUMNS = ("job", "total", "read", "blank", "failed", "missing", "state")
WATCHED_COLUMNS = ("job", "state", "pages", "done", "failed", "waiting", "pages/s", "time left")
FAILED_COLUMNS = ("job", "file", "page", "code", "message", "")


def figures(job: "Job", status: "JobStatus") -> dict[str, Any]:
    """Return how a job stands, as JSON has it."""
    progress = status.progress
    return {
        "job": job.id,
        "created": job.asked.created.isoformat(),
        "total": progress.total,
        "read": progress.read,
        "blank": progress.blank,
        "failed": progress.failed,
        "missing": progress.missing,
        "state": status.state,
        "cancelled": status.cancelled and status.cancelled.isoformat(),
        "pages_per_s": status.pages_per_s and round(status.pages_per_s, 3),
        "seconds_left": status.seconds_left and round(status.seconds_left, 1),
    }


def row(told: dict[str, Any]) -> list[str]:
    """Return figures as a row in which each page is counted once."""
    shown = told | {"read": told["read"] - told["blank"]}
    return [str(shown[column]) for column in COLUMNS]


def watched_row(job: "Job", status: "JobStatus") -> list[str]:
    """Return a job as a row of what is watched."""
    progress, pace = status.progress, status.pages_per_s
    counts = (progress.total, progress.read, progress.failed, status.to_come)
    left = "" if status.seconds_left is None else duration(status.seconds_left)
    pace_shown = "" if pace is None else f"{pace:.2g}"
    return [job.id, status.state, *(f"{count:,}" for count in counts), pace_shown, left]


def status_line(job: "Job", status: "JobStatus", queue: "QueueState | str | None") -> str:
    """Return a job in one line."""
    progress = status.progress
    counts = (
        f"{progress.read:,} of {counted(progress.total, 'page')} done, {progress.failed:,} failed, "
        f"{status.to_come:,} waiting"
    )
    state = "" if status.state == "unfinished" else status.state
    queued = queue_words(queue) if progress.missing else ""
    told = (counts, given_up_words(status), state, pace_words(status), queued)
    return f"{job.id}: {'; '.join(part for part in told if part)}"


def pace_words(status: "JobStatus") -> str:
    """Say how quickly a job is read, and what is left; empty where that cannot be told."""
    if status.pages_per_s is None or status.seconds_left is None:
        return ""
    return f"{status.pages_per_s:.2g} pages/s, {duration(status.seconds_left)} left"


def given_up_words(status: "JobStatus") -> str:
    """Say how many pages nobody tries any more, and why; empty where there are none."""
    if not status.given_up:
        return ""
    from worker.job_outlook import why_given_up

    return f"{counted(len(status.given_up), 'page')} given up, {why_given_up(status.given_up)}"


def queue_words(queue: "QueueState | str | None") -> str:
    """Say what lies in the queue, of all jobs, and who is there; or why that is not known."""
    if queue is None or isinstance(queue, str):
        return queue or ""
    alive = f"{counted(len(queue.workers), 'worker')} alive" if queue.workers else "no worker alive"
    return f"queue: {counted(queue.waiting, 'page')} waiting, {queue.in_hand:,} in hand; {alive}"


def queue_json(queue: "QueueState | str | None") -> dict[str, Any] | None:
    """Return the queue as JSON has it; null without a broker."""
    if queue is None:
        return None
    if isinstance(queue, str):
        return {"answers": False, "problem": queue}
    return {
        "answers": True,
        "waiting": queue.waiting,
        "in_hand": queue.in_hand,
        "workers": list(queue.workers),
    }


def failed_json(failures: "Iterable[Failure]") -> list[dict[str, Any]]:
    """Return failed pages as JSON has them."""
    return [
        {
            "file": failure.file,
            "page": failure.page,
            "code": failure.code,
            "message": failure.message,
            "waits": failure.waits,
        }
        for failure in failures
    ]


def given_up_json(given_up: "Iterable[GivenUp]") -> list[dict[str, Any]]:
    """Return pages that nobody tries any more as JSON has them."""
    return [{"file": page.file, "page": page.page, "reason": page.reason} for page in given_up]


def failed_line(failure: "Failure") -> str:
    """Return a failed page in one line."""
    (told,) = failed_json([failure])
    return failure_line(told) + (", to be read again" if failure.waits else "")
