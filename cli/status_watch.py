"""``digitize status --watch``: how jobs stand, for as long as more is to come."""

import shlex
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from cli.console import Console, Redraw
from cli.render import how_to_mend, what_failed
from cli.status_shown import (
    WATCHED_COLUMNS,
    failed_json,
    failed_line,
    figures,
    given_up_json,
    given_up_words,
    queue_json,
    queue_words,
    status_line,
    watched_row,
)
from worker.errors import BrokerUnreachable, DigitizeError, PagesFailed

if TYPE_CHECKING:  # all of these need pydantic, which no help text needs
    from worker.job_status import JobStatus, JobWatcher
    from worker.jobs import Job
    from worker.queue_state import QueueState
    from worker.settings import Settings

__all__ = ["ask_queue", "watch_jobs"]

#: Between two looks into the job folders.
_LOOK_EVERY_S = 1.0

#: Of failed pages, so many are shown on a terminal.
_FAILED_SHOWN = 10


def ask_queue(settings: "Settings", jobs: "Collection[Job]") -> "QueueState | str | None":
    """Return what lies in the queue, also of what jobs, why that is not known, or None without a broker."""
    if settings.broker_url is None:
        return None
    from worker.queue_state import look_at_queue

    try:
        return look_at_queue(settings, jobs)
    except BrokerUnreachable as error:
        return error.message


def watch_jobs(
    job: "Job | None", settings: "Settings", console: Console, *, as_json: bool, failed: bool
) -> None:
    """Show one job, or all that are unfinished, until nothing more is to come.

    Parameters
    ----------
    job : Job or None
        None watches the jobs in the folder of the jobs, and those that are added to them.
    settings : Settings
        Where the jobs are, and the broker.
    console : Console
        Redrawn in place where it is a terminal; otherwise there is a line for each change.
    as_json : bool
        Lines of JSON.
    failed : bool
        Name the pages that fail.

    Raises
    ------
    PagesFailed
        All is done, and pages failed.
    JobCancelled
        The one job that was watched has been cancelled.
    UsageError
        The one job that was watched is gone.
    OutputNotWritable
        Pages are missing, and workers have given them up.
    BrokerUnreachable
        Pages are missing, and the broker holds none any more.
    """
    from worker.job_outlook import Outlook

    outlook = Outlook()
    with _view(console, as_json=as_json, failed=failed) as view:
        watched = _Watched(job, settings)
        while True:
            statuses, queue = watched.look()
            view.show(statuses, queue)
            stuck = outlook.end(statuses, queue)
            more = any(status.state == "unfinished" for _, status in statuses)
            if stuck or not more or console.unread:
                break
            time.sleep(_LOOK_EVERY_S)
    if not statuses:
        console.note(f"no unfinished job in {settings.jobs_dir.absolute()}")
    if stuck:
        raise stuck
    _tell_the_end(statuses, one=job is not None)


class _Watched:
    """The jobs that are watched: one, or all that were unfinished when they were first seen."""

    def __init__(self, job: "Job | None", settings: "Settings") -> None:
        from worker.job_status import JobWatcher

        self._settings = settings
        self._one = None if job is None else JobWatcher(job)
        self._watchers: dict[str, JobWatcher | None] = {}

    def look(self) -> "tuple[list[tuple[Job, JobStatus]], QueueState | str | None]":
        """Look at each, and at the queue where more is to come."""
        from worker.job_outlook import beside_queue

        seen = [(self._one, self._one.look())] if self._one is not None else self._look_at_all()
        unfinished = [watcher.job for watcher, status in seen if status.state == "unfinished"]
        queue = ask_queue(self._settings, unfinished) if unfinished else None
        return [(watcher.job, beside_queue(watcher, status, queue)) for watcher, status in seen], queue

    def _look_at_all(self) -> "list[tuple[JobWatcher, JobStatus]]":
        """Look at each of several; one that is gone, or damaged, is watched no more."""
        self._find()
        found = []
        for name, watcher in self._watchers.items():
            if watcher is not None:
                try:
                    found.append((watcher, watcher.look()))
                except DigitizeError:
                    self._watchers[name] = None
        return found

    def _find(self) -> None:
        from worker.job_status import JobWatcher
        from worker.jobs import Job
        from worker.locate import list_jobs

        for folder in list_jobs(self._settings):
            if str(folder) in self._watchers:
                continue
            try:
                job = Job.open(folder)
                unfinished = JobWatcher(job).look().state == "unfinished"
                self._watchers[str(folder)] = JobWatcher(job) if unfinished else None
            except DigitizeError:
                self._watchers[str(folder)] = None


def _tell_the_end(statuses: "list[tuple[Job, JobStatus]]", *, one: bool) -> None:
    """Raise what the exit code has to say."""
    for job, status in statuses if one else ():
        if status.state == "cancelled":
            from worker.cancelling import cancelled_error

            raise cancelled_error(job)
    failed = [(job, status.progress.failed) for job, status in statuses if status.progress.failed]
    if failed and all(status.state != "unfinished" for _, status in statuses):
        first = failed[0][0]
        raise PagesFailed(
            what_failed(
                sum(count for _, count in failed),
                sum(status.progress.total for _, status in statuses),
                sum(len(job.failures) for job, _ in failed),
            ),
            remedy=f"`digitize status {shlex.quote(str(first.path))} --failed` lists them; "
            f"{how_to_mend(first, failed[0][1])}.",
        )


class _View(Protocol):
    """Shows how the jobs stand."""

    def show(self, statuses: "list[tuple[Job, JobStatus]]", queue: "QueueState | str | None") -> None:
        """Show it, if it is worth showing again."""


@contextmanager
def _view(console: Console, *, as_json: bool, failed: bool) -> Iterator[_View]:
    """Give what shows the jobs: in place on a terminal, line by line elsewhere."""
    if as_json or not console.on_screen:
        yield _Lines(console, as_json=as_json, failed=failed)
        return
    with console.refreshed() as redraw:
        yield _Screen(redraw, failed=failed)


class _Screen:
    """A table that is drawn again in its place."""

    def __init__(self, redraw: Redraw, *, failed: bool) -> None:
        self._redraw = redraw
        self._failed = failed
        self._failures: list[str] = []

    def show(self, statuses: "list[tuple[Job, JobStatus]]", queue: "QueueState | str | None") -> None:
        """Draw the table anew: its clock goes on, also where nothing else does."""
        for _, status in statuses:
            self._failures += [failed_line(failure) for failure in status.failed_now]
        below = [f"{job.id}: {words}" for job, status in statuses if (words := given_up_words(status))]
        below += [words] if (words := queue_words(queue)) else []
        if self._failed:
            below += self._failures[-_FAILED_SHOWN:]
        self._redraw(WATCHED_COLUMNS, [watched_row(job, status) for job, status in statuses], below)


class _Lines:
    """One line for each change of a job."""

    def __init__(self, console: Console, *, as_json: bool, failed: bool) -> None:
        self._console = console
        self._as_json = as_json
        self._failed = failed
        self._shown: dict[str, object] = {}

    def show(self, statuses: "list[tuple[Job, JobStatus]]", queue: "QueueState | str | None") -> None:
        """Print the jobs that stand otherwise than before, or whose workers came or went."""
        there = queue if isinstance(queue, str) or queue is None else queue.workers
        for job, status in statuses:
            now = (status.progress, status.state, there, status.given_up, status.failed_now)
            if self._shown.get(str(job.path)) == now:
                continue
            self._shown[str(job.path)] = (*now[:-1], ())
            if self._as_json:
                self._print_json(job, status, queue)
            else:
                self._console.result(status_line(job, status, queue))
                for failure in status.failed_now if self._failed else ():
                    self._console.result(f"{job.id}: failed: {failed_line(failure)}")

    def _print_json(self, job: "Job", status: "JobStatus", queue: "QueueState | str | None") -> None:
        more = {
            "folder": str(job.path),
            "queue": queue_json(queue),
            "given_up": given_up_json(status.given_up),
        }
        told = figures(job, status) | more
        if self._failed:
            told["failures"] = failed_json(status.failed_now)
        self._console.result_json(told, in_one_line=True)
