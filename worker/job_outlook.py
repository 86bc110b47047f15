"""Whether more is to come of jobs: what their folders say, beside what the broker says.

A folder alone cannot tell. A page that workers gave up has no record there, and one that the broker lost
looks like one that waits.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from worker.errors import BrokerUnreachable, DigitizeError, OutputNotWritable
from worker.job_status import GivenUp, JobStatus, JobWatcher
from worker.jobs import Job

if TYPE_CHECKING:
    from worker.progress import Progress
    from worker.queue_state import QueueState

__all__ = ["HOW_TO_MEND", "Outlook", "beside_queue", "why_given_up"]

#: What to do where workers gave pages up, as the beginning of a remedy.
HOW_TO_MEND = (
    "Mend that: make space, or the folder visible there under this path, or the right to write there, "
    "or add its folder to DIGITIZE_ROOTS there"
)

#: So many looks in a row have to find an empty queue and no page done: one a second is longer than the half
#: minute after which a `watch` queues again what was lost, and a `submit` that waits does so within seconds.
_BELIEVED_AFTER = 40

#: Of different reasons why pages were given up, so many are said.
_REASONS_SHOWN = 3


def beside_queue(watcher: JobWatcher, status: JobStatus, queue: "QueueState | str | None") -> JobStatus:
    """Return how a job stands, with what the broker says of it.

    Parameters
    ----------
    watcher : JobWatcher
        Looked at the job last.
    status : JobStatus
        What it saw.
    queue : QueueState or str or None
        Asked about the job; None without a broker, or why nothing is known.
    """
    if queue is None or isinstance(queue, str) or status.state != "unfinished":
        return status
    pace = status.pages_per_s if queue.gets_on else None
    given_up = watcher.given_up(queue.given_up.get(str(watcher.job.path), {}))
    return replace(status, pages_per_s=pace, given_up=given_up)


def why_given_up(given_up: Sequence[GivenUp]) -> str:
    """Return the reasons why pages were given up, each cause once: a full disk refuses every page's own file.

    Examples
    --------
    >>> why_given_up([GivenUp("1.png", 1, "vm: full"), GivenUp("2.png", 1, "vm: full")])
    'vm: full'
    """
    first = {page.cause or page.reason: page.reason for page in reversed(given_up)}
    reasons = list(dict.fromkeys(first[page.cause or page.reason] for page in given_up))
    more = len(reasons) - _REASONS_SHOWN
    shown = "; ".join(reasons[:_REASONS_SHOWN])
    return f"{shown}; and {more:,} more reasons" if more > 0 else shown


class Outlook:
    """Finds out, look by look, that nothing more is to come of jobs that are watched."""

    def __init__(self) -> None:
        self._seen: list[tuple[str, Progress]] = []
        self._still = 0

    def end(
        self, statuses: Sequence[tuple[Job, JobStatus]], queue: "QueueState | str | None"
    ) -> DigitizeError | None:
        """Return why nothing more is to come, or None as long as something may.

        Parameters
        ----------
        statuses : sequence of Job and JobStatus
            The jobs as they stand now, :func:`beside_queue`.
        queue : QueueState or str or None
            What the broker says now.
        """
        waited_for = [(job, status) for job, status in statuses if status.state == "unfinished"]
        seen = [(str(job.path), status.progress) for job, status in waited_for]
        stands_still, self._seen = seen == self._seen, seen
        if not waited_for or queue is None or isinstance(queue, str):
            self._still = 0
            return None
        self._still = self._still + 1 if queue.is_empty and stands_still else 0
        if self._still < _BELIEVED_AFTER and any(status.to_come for _, status in waited_for):
            return None
        return next(
            (_given_up_error(job, status) for job, status in waited_for if status.given_up),
            _lost_error(*waited_for[0]),
        )


def _given_up_error(job: Job, status: JobStatus) -> OutputNotWritable:
    """Say that workers gave pages up, and why."""
    return OutputNotWritable(
        f"{_not_done(status)}; workers have given up, {why_given_up(status.given_up)}",
        remedy=f"{HOW_TO_MEND}; then `{_resume(job)}` queues what is missing.",
    )


def _lost_error(job: Job, status: JobStatus) -> BrokerUnreachable:
    """Say that no page is queued any more."""
    return BrokerUnreachable(
        f"{_not_done(status)}, but the broker holds none of them any more",
        remedy=f"`{_resume(job)}` queues what is missing.",
    )


def _not_done(status: JobStatus) -> str:
    progress = status.progress
    return f"{progress.missing:,} of {progress.total:,} {'page' if progress.total == 1 else 'pages'} not done"


def _resume(job: Job) -> str:
    from worker.queue import how_to_resume  # which brings Redis, not needed where no broker is asked

    return how_to_resume(job)
