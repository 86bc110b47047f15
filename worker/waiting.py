"""Waiting for workers: the job folder tells what is done, the broker whether more is to come.

A page that is missing is waited for only as long as somebody can still bring it: when the broker
is gone, or workers have given pages up, waiting ends and says so. What the broker has lost is queued
again, as long as that brings the job on.
"""

import time
from collections.abc import Callable, Collection
from contextlib import suppress
from typing import TYPE_CHECKING, Self

from worker.app import broker_url
from worker.attempts import AttemptCounter
from worker.broker_errors import BrokerRefuses
from worker.broker_url import mask_url
from worker.cancelling import cancelled_error, is_cancelled
from worker.errors import BrokerUnreachable, OutputNotWritable, StoreUnreachable, WaitTimedOut
from worker.heartbeat import workers_alive
from worker.job_outlook import HOW_TO_MEND
from worker.jobs import Job, PageEntry, Progress, ProgressWatcher
from worker.no_job import JOB_FILE
from worker.object_path import ObjectPath
from worker.places import is_there
from worker.queue import ask_broker, enqueue, how_to_resume
from worker.waiting_mark import WaitingMark

if TYPE_CHECKING:
    from redis import Redis

    from worker.settings import Settings

__all__ = ["QUEUED_AGAIN", "wait_for"]

#: Between two looks into the job folder.
_LOOK_EVERY_S = 0.25
#: Where they have to be listed by an object store, which takes a request for each thousand pages.
_LIST_EVERY_S = 1.0

#: Between two questions to the broker.
_ASK_EVERY_S = 2.0

#: So many bad answers in a row are believed: a Redis that is restarted is away for a second, and a
#: page that a worker just takes is for a moment neither in the queue nor in hand.
_BELIEVED_AFTER = 2

#: So often pages are queued again while none is done; after that the broker is not to be relied on.
_QUEUED_AGAIN_AT_MOST = 3

#: How a warning ends that says that pages had to be queued again.
QUEUED_AGAIN = "; queued again"

_NOBODY = "no worker is alive: the pages wait until somebody starts `digitize worker`"


def wait_for(
    job: Job,
    settings: "Settings",
    *,
    entries: Collection[PageEntry] | None = None,
    timeout_s: float | None,
    on_progress: Callable[[Progress], None],
    on_warning: Callable[[str], None],
) -> None:
    """Return when every page of a job that was asked for has its record.

    Parameters
    ----------
    job : Job
        The job, its missing pages queued.
    settings : Settings
        Broker, queue and prefix.
    entries : collection of PageEntry, optional
        The pages that are waited for, by default all of them.
    timeout_s : float or None
        None waits for as long as pages may still come.
    on_progress : callable
        Called first, and whenever a page was done.
    on_warning : callable
        Told once when nobody is there to read the pages, and when pages had to be queued again.

    Raises
    ------
    BrokerUnreachable
        The broker went away, or loses the pages again and again.
    OutputNotWritable
        Workers could not write the job folder and have given pages up.
    JobCancelled
        Somebody cancelled the job.
    WaitTimedOut
        Pages are missing after `timeout_s`.
    """
    deadline_s = None if timeout_s is None else time.monotonic() + timeout_s
    ask_at_s = time.monotonic() + _ASK_EVERY_S
    watcher, shown = ProgressWatcher(job, wanted=entries), None
    with _Broker(job, settings, on_warning) as broker:
        while True:
            progress = watcher.look()
            if progress != shown:
                on_progress(progress)
                shown = progress
            if not watcher.wanted_missing:
                return
            if is_cancelled(job):
                raise cancelled_error(job)
            now_s = time.monotonic()
            every_s = _LIST_EVERY_S if isinstance(job.path, ObjectPath) else _LOOK_EVERY_S
            left_s = every_s if deadline_s is None else deadline_s - now_s
            if left_s <= 0:
                raise broker.timed_out(progress)
            if now_s >= ask_at_s:
                broker.check(progress)
                ask_at_s = time.monotonic() + _ASK_EVERY_S
            time.sleep(min(every_s, left_s))


class _Broker:
    """Asks the broker about a job, and remembers what it answered before."""

    def __init__(self, job: Job, settings: "Settings", on_warning: Callable[[str], None]) -> None:
        self._job = job
        self._settings = settings
        self._url = broker_url(settings)
        self._prefix, self._queue = settings.key_prefix, settings.queue
        self._on_warning = on_warning
        self._done: int | None = None
        self._mark = WaitingMark(settings.key_prefix)
        self._silent = self._lost = self._queued_again = 0
        self._nobody = False

    def __enter__(self) -> Self:
        """Begin to wait: the pages are queued."""
        self._put_mark()
        return self

    def __exit__(self, *_: object) -> None:
        """Leave nothing in the broker; where that is away, the mark expires."""
        with suppress(BrokerUnreachable):
            ask_broker(self._url, self._mark.take_away)

    def check(self, progress: Progress) -> None:
        """Ask, and raise what the answer means where no further page can be expected."""
        stands_still, self._done = self._done in (None, progress.done), progress.done
        try:
            is_lost, given_up = ask_broker(self._url, self._look)
        except BrokerUnreachable as error:
            self._silent += 1
            if self._silent >= _BELIEVED_AFTER:
                raise BrokerUnreachable(error.message, remedy=self._after(error)) from error
            return
        self._silent = 0
        self._lost = self._lost + 1 if is_lost and stands_still else 0
        self._queued_again = self._queued_again if stands_still else 0
        self._raise_what_was_given_up(given_up, progress)
        if self._lost >= _BELIEVED_AFTER:
            self._queue_again(progress)
        elif stands_still:
            self._warn_when_nobody_is_there()

    def _queue_again(self, progress: Progress) -> None:
        """Queue what the broker holds no more: it was started anew without its data, say."""
        lost = f"{_missing(progress)}, but the broker {mask_url(self._url)} holds none of them any more"
        if self._queued_again >= _QUEUED_AGAIN_AT_MOST:
            raise BrokerUnreachable(lost, remedy=self._remedy("It loses what is queued"))
        self._lost = 0
        self._queued_again += 1
        # Attempts go on: a page that takes Redis down with its worker has an end, too.
        if enqueue(self._job, self._job.missing(), self._settings, begin_anew=False):
            self._put_mark()
            self._on_warning(f"{lost}{QUEUED_AGAIN}")

    def timed_out(self, progress: Progress) -> WaitTimedOut:
        """Return what to say when the time is up: that workers go on is said only if there are any."""
        message = f"{_missing(progress)} in {self._job.path}"
        try:
            workers = ask_broker(self._url, self._workers)
        except BrokerUnreachable as error:
            return WaitTimedOut(f"{message}; {error.message}", remedy=self._after(error))
        if not workers:
            remedy = "Start `digitize worker`; `digitize status` shows the progress."
            return WaitTimedOut(f"{message}, and no worker is alive", remedy=remedy)
        return WaitTimedOut(message)

    def _look(self, client: "Redis") -> tuple[bool, dict[str, str]]:
        """Tell whether the broker lost the pages, or holds none of any job, and which were given up."""
        waiting = client.llen(f"{self._prefix}{self._queue}")
        taken = client.hlen(f"{self._prefix}unacked")
        is_lost = self._mark.is_lost(client) or waiting + taken == 0
        return is_lost, AttemptCounter(client, self._prefix).given_up(self._job.path)

    def _put_mark(self) -> None:
        """Leave a mark behind what is queued; a broker that is away now is told of by the next look."""
        with suppress(BrokerUnreachable):
            ask_broker(self._url, self._mark.put)

    def _workers(self, client: "Redis") -> list[str]:
        return workers_alive(client, self._prefix)

    def _raise_what_was_given_up(self, given_up: dict[str, str], progress: Progress) -> None:
        for key, reason in given_up.items():
            if self._job.outcome(key) is None:
                raise OutputNotWritable(
                    f"{_missing(progress)}; a worker has given up, {reason}", remedy=self._after_giving_up()
                )

    def _after_giving_up(self) -> str:
        """Return what to do about pages that no worker could record."""
        if self._is_gone():
            again = f"put it back, and `{how_to_resume(self._job)}` goes on with it"
            return f"The job's folder is gone: {again}; or submit the pages again."
        return self._remedy(HOW_TO_MEND)

    def _is_gone(self) -> bool:
        """Tell whether the job is not where it was; a store that does not say so now still holds it."""
        try:
            return not is_there(self._job.path / JOB_FILE)
        except StoreUnreachable:
            return False

    def _warn_when_nobody_is_there(self) -> None:
        """Say so once, and again only when somebody was there in between."""
        try:
            nobody = not ask_broker(self._url, self._workers)
        except BrokerUnreachable:
            return  # the next look tells
        if nobody and not self._nobody:
            self._on_warning(_NOBODY)
        self._nobody = nobody

    def _after(self, error: BrokerUnreachable) -> str:
        """Return what to do about a broker: one that refuses has said what has to be mended."""
        return self._remedy(
            error.remedy.rstrip(".") if isinstance(error, BrokerRefuses) else "Start Redis again"
        )

    def _remedy(self, what: str) -> str:
        return f"{what}; the job is kept, and `{how_to_resume(self._job)}` goes on with it."


def _missing(progress: Progress) -> str:
    """Say how much is not done."""
    return f"{progress.missing} of {progress.total} {'page' if progress.total == 1 else 'pages'} not done"
