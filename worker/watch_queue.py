"""Batches of a watched folder in the queue: what the broker did not take, or has lost, is queued again.

Nobody waits at a watched folder who could call `resume`.
"""

import time
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Protocol

from worker.app import broker_url
from worker.errors import BrokerUnreachable
from worker.jobs import Job
from worker.queue import ask_broker, enqueue
from worker.queue_state import look_at_queue
from worker.waiting_mark import WaitingMark

if TYPE_CHECKING:
    from worker.settings import Settings

__all__ = ["QueueKeeper", "Teller"]

#: How often the broker is asked whether it still holds what it was given.
_ASK_EVERY_S = 30.0

_NOBODY = "no worker is alive: the pages wait until somebody starts `digitize worker`"


class Teller(Protocol):
    """Tells what happens."""

    def note(self, text: str) -> None:
        """Say something that is good to know."""

    def warning(self, text: str) -> None:
        """Say that something may not be as it was meant."""


class QueueKeeper:
    """Keeps the pages of some jobs in the queue.

    Parameters
    ----------
    settings : Settings
        Broker, queue and prefix.
    teller : Teller
        Tells what happens, each thing once until it is over.
    """

    def __init__(self, settings: "Settings", teller: Teller) -> None:
        self._settings = settings
        self._teller = teller
        self._not_queued: set[str] = set()
        self._seen_empty: set[str] = set()
        self._told: set[str] = set()
        self._mark: WaitingMark | None = None
        self._ask_at_s = 0.0

    def queue(self, job: Job) -> None:
        """Queue the missing pages; where the broker is gone, that is done when it is there again."""
        try:
            enqueue(job, job.missing(), self._settings)
        except BrokerUnreachable as error:
            self._not_queued.add(job.path.name)
            self._tell_once(f"{error.message}; pages are queued when it takes them again")
        else:
            self._not_queued.discard(job.path.name)
            self._told.clear()
            if self._mark is None:
                self._mark = WaitingMark(self._settings.key_prefix)
                with suppress(BrokerUnreachable):  # else the next look puts it
                    ask_broker(broker_url(self._settings), self._mark.put)

    def look_after(self, jobs: Sequence[Job]) -> None:
        """Queue what is in no queue, if it is time to ask for that.

        Parameters
        ----------
        jobs : sequence of Job
            Jobs that are to be read and are not done.
        """
        if not jobs:
            self._take_mark_away()
            return
        if time.monotonic() < self._ask_at_s:
            return
        self._ask_at_s = time.monotonic() + _ASK_EVERY_S
        try:
            queue, is_lost = look_at_queue(self._settings), self._is_mark_lost()
        except BrokerUnreachable as error:
            self._tell_once(f"{error.message}; pages are queued when it takes them again")
            return
        empty = queue.waiting == 0 and queue.in_hand == 0
        for job in jobs:
            gone = is_lost or (empty and job.path.name in self._seen_empty)
            lost = gone and bool(job.missing())
            if lost:
                self._teller.warning(f"{job.path}: the broker lost its pages; they are queued again")
            if lost or job.path.name in self._not_queued:
                self.queue(job)
        # A page that a worker just takes is in neither place for a moment: only twice in a row counts.
        self._seen_empty = {job.path.name for job in jobs} if empty else set()
        if not queue.workers:
            self._tell_once(_NOBODY)

    def _is_mark_lost(self) -> bool:
        """Tell whether Redis lost what was queued, also where others have queued pages since."""
        if self._mark is None or not ask_broker(broker_url(self._settings), self._mark.is_lost):
            return False
        self._mark = None  # a new one follows what is queued again
        return True

    def _take_mark_away(self) -> None:
        if self._mark is not None:
            with suppress(BrokerUnreachable):  # it expires
                ask_broker(broker_url(self._settings), self._mark.take_away)
            self._mark = None

    def _tell_once(self, text: str) -> None:
        if text not in self._told:
            self._told.add(text)
            self._teller.warning(text)
