"""How a job stands, looked at again and again: its pages, its pace, what has failed since the last look.

The job folder alone is asked, so it is the same for workers anywhere and for a run on this machine.
Each page file is opened once; that of a failed page again when it changed, for it may be read anew. What is
kept of a page is a byte, and more only of those that failed.
"""

import time
from bisect import bisect_left, insort
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from worker.cancelling import cancelled_at
from worker.fetching import side_by_side
from worker.identity import shelf_of
from worker.job_folder import JobFolder
from worker.jobs import Job, PageEntry, Progress
from worker.object_path import ObjectPath
from worker.places import is_there
from worker.record_listing import RecordListing
from worker.records import FailedPage, PageRecord, ReadPage

__all__ = ["Failure", "GivenUp", "JobStatus", "JobWatcher", "State", "pages_per_s"]

#: Whether more is to come. An unfinished job may be read just now, or wait for somebody who reads it.
State = Literal["unfinished", "done", "cancelled"]

#: What is known of a page: it has no result that holds, or one with numbers, or one without.
_NOT_READ, _READ, _BLANK = range(3)

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
class GivenUp:
    """A missing page that workers do not try any more, and why; it has no record that could say so.

    ``cause`` is the reason without the names of the page's own files: what it has in common with others.
    """

    file: str
    page: int
    reason: str
    cause: str = ""


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
    given_up : tuple of GivenUp
        What is missing and nobody tries any more, as far as a broker was asked.
    """

    progress: Progress
    state: State
    cancelled: datetime | None
    pages_per_s: float | None
    failed_now: tuple[Failure, ...]
    given_up: tuple[GivenUp, ...] = ()

    @property
    def seconds_left(self) -> float | None:
        """How long the rest takes if it goes on like this; None where that cannot be told."""
        return self.to_come / self.pages_per_s if self.pages_per_s else None

    @property
    def to_come(self) -> int:
        """How many pages are missing and were not given up."""
        return self.progress.missing - len(self.given_up)


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
        self._read = bytearray(len(job.entries))
        self._failed: dict[int, tuple[Failure, int]] = {}  # by place, with the time of its file
        self._waiting: dict[int, Failure] = {}  # by place, what is to be read again
        self._told: set[Failure] = set()
        self._done_at_s: list[float] = []
        self._there: RecordListing | None = None

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
        self.job.look_into(everywhere=True)
        self._there = RecordListing(self.job) if isinstance(self.job.path, ObjectPath) else None
        for place, entry, record in self._asked_for():
            self._look_at(place, entry, record)
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
        return (*(known[place] for place in sorted(known)), *self._without_page())

    def given_up(self, reasons: Mapping[str, str]) -> tuple[GivenUp, ...]:
        """Return what is missing as of the last look and was given up, in input order.

        Parameters
        ----------
        reasons : mapping of str to str
            By the keys of pages; those that have a result by now are passed over.
        """
        if not reasons:
            return ()
        missing = self.job.chosen(self._is_missing)
        return tuple(
            GivenUp(entry.name, entry.page, reasons[entry.key], self._cause(reasons[entry.key], entry.key))
            for _, entry in missing
            if entry.key in reasons
        )

    def _cause(self, reason: str, key: str) -> str:
        """Return a reason as every page has it that was given up for it, whichever file it names."""
        before, folder, below = reason.partition(str(self.job.path))
        if shelf := shelf_of(key, self.job.shelf_digits):
            below = below.replace(f"/{shelf}", "")
        return f"{before}{folder}{below.replace(key, '')}"

    def _is_missing(self, place: int) -> bool:
        return self._read[place] == _NOT_READ and place not in self._failed

    def _is_looked_at(self, place: int) -> bool:
        """Tell whether a page's file is looked for: where pages are very many, not once they are read."""
        return self._read[place] == _NOT_READ or not self.job.shelf_digits

    def _asked_for(self) -> Iterator[tuple[int, PageEntry, PageRecord | None]]:
        """Go through the pages, each with its record where that is at hand already."""
        chosen = self.job.chosen(self._is_looked_at)
        if self._there is None:
            yield from ((place, entry, None) for place, entry in chosen)
            return
        there = self._there

        def ask(one: tuple[int, PageEntry]) -> PageRecord | None:
            place, entry = one
            known = self._failed.get(place)
            is_new = self._read[place] == _NOT_READ and entry.key in there
            if not is_new or (known and known[1] == there.changed_ns(entry.key)):
                return None
            return self.job.read_record(entry.key, entry.sha256)

        for (place, entry), record in side_by_side(ask, chosen):
            yield place, entry, record

    def _changed_ns(self, entry: PageEntry) -> int:
        """Return when a page's file was written."""
        if self._there is not None:
            return self._there.changed_ns(entry.key)
        path = self.job.record_path(entry.key)
        if not isinstance(path, Path):
            raise TypeError("an object is listed")
        return path.stat().st_mtime_ns

    def _waits(self, entry: PageEntry) -> bool:
        """Tell whether there is the record of a failure that is to be read again."""
        if self._there is not None:
            return self._there.waits(entry.key)
        return is_there(self.job.earlier_path(entry.key))

    def _look_at(self, place: int, entry: PageEntry, record: PageRecord | None) -> None:
        """Bring up to date what is known of a page."""
        try:
            changed_ns = self._changed_ns(entry)
        except FileNotFoundError:
            self._note_missing(place, entry)
            return
        except OSError:
            return
        known = self._failed.get(place)
        if self._read[place] != _NOT_READ or (known and known[1] == changed_ns):
            return
        record = record or self.job.read_record(entry.key, entry.sha256)
        if record is None:
            return  # it is being set aside, or is to be; a later look tells
        self._forget_failure(place)
        self._note_done_at(changed_ns / 1e9)
        if isinstance(record, ReadPage):
            self._read[place] = _READ if record.numbers else _BLANK
        else:
            self._failed[place] = (_failure(entry.name, record), changed_ns)

    def _note_missing(self, place: int, entry: PageEntry) -> None:
        """Bring up to date what is known of a page without a file, which may wait to be read again."""
        self._read[place] = _NOT_READ
        if not self._waits(entry):
            self._forget_failure(place)
        elif place not in self._waiting:
            self._forget_failure(place)
            if earlier := self.job.earlier_failure(entry.key):
                self._waiting[place] = _failure(entry.name, earlier, waits=True)

    def _note_done_at(self, done_at_s: float) -> None:
        """Remember when a page was done, as long as the pace asks for that."""
        insort(self._done_at_s, done_at_s)
        # The pace is that of the seconds before now, which is no earlier than the last of these.
        del self._done_at_s[: bisect_left(self._done_at_s, self._done_at_s[-1] - _PACE_OVER_S)]

    def _forget_failure(self, place: int) -> None:
        """Forget how a page failed, so that it is told again if it fails again."""
        self._waiting.pop(place, None)
        if known := self._failed.pop(place, None):
            self._told.discard(known[0])

    def _progress(self) -> Progress:
        total = len(self._read) + len(self.job.failures)
        blank = self._read.count(_BLANK)
        read = self._read.count(_READ) + blank
        failed = len(self._failed) + len(self.job.failures)
        return Progress(total=total, read=read, blank=blank, failed=failed, missing=total - read - failed)

    def _failed_now(self) -> tuple[Failure, ...]:
        failed = [failure for failure, _ in self._failed.values()]
        new = tuple(failure for failure in (*failed, *self._without_page()) if failure not in self._told)
        self._told.update(new)
        return new

    def _without_page(self) -> tuple[Failure, ...]:
        return tuple(_failure(failure.source.path, failure) for failure in self.job.failures)


def _failure(file: str, record: FailedPage, *, waits: bool = False) -> Failure:
    return Failure(file, record.source.page, record.code, record.message, waits)
