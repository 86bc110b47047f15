"""How a job stands, looked at again and again: its pages, its pace, what has failed since the last look.

The job folder alone is asked, so it is the same for workers anywhere and for a run on this machine.
Each page file is opened once; that of a failed page again when it changed, for it may be read anew.
"""

import time
from bisect import bisect_left, insort
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from worker.cancelling import cancelled_at
from worker.job_folder import JobFolder
from worker.jobs import Job, PageEntry, Progress
from worker.records import FailedPage, ReadPage

__all__ = ["Failure", "JobStatus", "JobWatcher", "State", "pages_per_s"]

#: Whether more is to come. An unfinished job may be read just now, or wait for somebody who reads it.
State = Literal["unfinished", "done", "cancelled"]

#: The pace is that of so many last seconds: long enough for slow pages, short enough to notice workers.
_PACE_OVER_S = 300.0


@dataclass(frozen=True)
class Failure:
    """A page, or an input, that could not be read; ``waits`` if it is to be read again."""

    file: str
    page: int
    code: str
    message: str
    waits: bool = False


@dataclass(frozen=True)
class JobStatus:
    """How a job stands.

    Attributes
    ----------
    progress : Progress
        Its pages.
    state : State
        Whether more is to come.
    cancelled : datetime or None
        When it was cancelled, if it was and pages are missing.
    pages_per_s : float or None
        Of the last minutes; None where that cannot be told, or nothing is to come.
    failed_now : tuple of Failure
        What failed since the last look; at the first one all that has failed.
    """

    progress: Progress
    state: State
    cancelled: datetime | None
    pages_per_s: float | None
    failed_now: tuple[Failure, ...]

    @property
    def seconds_left(self) -> float | None:
        """How long the rest takes if it goes on like this; None where that cannot be told."""
        return self.progress.missing / self.pages_per_s if self.pages_per_s else None


def pages_per_s(done_at_s: list[float], now_s: float) -> float | None:
    """Return the pace of the last minutes.

    Parameters
    ----------
    done_at_s : list of float
        When pages were done, ascending.
    now_s : float
        By the same clock.

    Examples
    --------
    >>> pages_per_s([0.0, 100.0, 102.0, 104.0], 404.0), pages_per_s([100.0], 104.0)
    (None, None)
    >>> pages_per_s([0.0, 100.0, 102.0, 104.0], 106.0)
    0.02830188679245283
    """
    recent = done_at_s[bisect_left(done_at_s, now_s - _PACE_OVER_S + 1e-9) :]
    if len(recent) < 2 or now_s <= recent[0]:
        return None
    return (len(recent) - 1) / (now_s - recent[0])


class JobWatcher:
    """Looks at one job again and again.

    Parameters
    ----------
    job : Job
        The job.
    """

    def __init__(self, job: Job) -> None:
        self.job = job
        self._folder = JobFolder(job.path)  # a job remembers its options when its file is gone
        self._entries = {entry.key: entry for entry in job.entries}
        self._read: dict[str, bool] = {}  # by key, whether it is blank
        self._failed: dict[str, tuple[Failure, int]] = {}  # by key, with the time of its file
        self._waiting: dict[str, Failure] = {}  # by key, what is to be read again
        self._told: set[Failure] = set()
        self._done_at_s: list[float] = []

    def look(self) -> JobStatus:
        """Look into the folder.

        Raises
        ------
        UsageError
            The job is not there any more.
        OutputNotWritable
            The folder cannot be looked into.
        """
        self._folder.check_is_job()
        files = self.job.page_files()
        earlier = {path.name for path in self.job.pages.glob("*.json.failed")}
        for key, entry in self._entries.items():
            if f"{key}.json" in files:
                self._look_at(key, entry)
            else:
                self._note_missing(key, entry, failed_before=f"{key}.json.failed" in earlier)
        progress = self._progress()
        cancelled = cancelled_at(self.job) if progress.missing else None
        state: State = "cancelled" if cancelled else "unfinished" if progress.missing else "done"
        pace = None
        if state == "unfinished":
            # The clock of a file server may be ahead of ours.
            pace = pages_per_s(self._done_at_s, max(time.time(), *self._done_at_s[-1:], 0.0))
        return JobStatus(progress, state, cancelled, pace, self._failed_now())

    def failures(self) -> tuple[Failure, ...]:
        """Return what has failed as of the last look, pages in input order and then the inputs."""
        known = {key: failure for key, (failure, _) in self._failed.items()} | self._waiting
        return (*(known[key] for key in self._entries if key in known), *self._without_page())

    def _look_at(self, key: str, entry: PageEntry) -> None:
        """Bring up to date what is known of a page that has a file."""
        if key in self._read:
            return
        try:
            changed_ns = self.job.record_path(key).stat().st_mtime_ns
        except OSError:
            return  # it is being set aside; the next look tells
        if key in self._failed and self._failed[key][1] == changed_ns:
            return
        record = self.job.read_record(key, entry.sha256)
        if record is None:
            return
        self._forget_failure(key)
        insort(self._done_at_s, changed_ns / 1e9)
        if isinstance(record, ReadPage):
            self._read[key] = not record.numbers
        else:
            self._failed[key] = (_failure(entry.name, record), changed_ns)

    def _note_missing(self, key: str, entry: PageEntry, *, failed_before: bool) -> None:
        """Bring up to date what is known of a page without a file, which may wait to be read again."""
        self._read.pop(key, None)
        if not failed_before:
            self._forget_failure(key)
        elif key not in self._waiting:
            self._forget_failure(key)
            if earlier := self.job.earlier_failure(key):
                self._waiting[key] = _failure(entry.name, earlier, waits=True)

    def _forget_failure(self, key: str) -> None:
        """Forget how a page failed, so that it is told again if it fails again."""
        self._waiting.pop(key, None)
        if known := self._failed.pop(key, None):
            self._told.discard(known[0])

    def _progress(self) -> Progress:
        total = len(self._entries) + len(self.job.failures)
        failed = len(self._failed) + len(self.job.failures)
        return Progress(
            total=total,
            read=len(self._read),
            blank=sum(self._read.values()),
            failed=failed,
            missing=total - len(self._read) - failed,
        )

    def _failed_now(self) -> tuple[Failure, ...]:
        failed = [failure for failure, _ in self._failed.values()]
        new = tuple(failure for failure in (*failed, *self._without_page()) if failure not in self._told)
        self._told.update(new)
        return new

    def _without_page(self) -> tuple[Failure, ...]:
        return tuple(_failure(failure.source.path, failure) for failure in self.job.failures)


def _failure(file: str, record: FailedPage, *, waits: bool = False) -> Failure:
    return Failure(file, record.source.page, record.code, record.message, waits)
