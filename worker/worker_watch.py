"""Watches over a worker from a thread of its own: what its pages come to, and whether it still gets on.

The thread is none of Celery's, so that it sees also an event loop that hangs. A worker that stands still
is ended, in order where it still listens, and its supervisor starts it again.
"""

import logging
import os
import threading
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from celery.worker import state
from redis.exceptions import RedisError

from worker.app import broker_url
from worker.page_events import PageEvent, PageEvents
from worker.queue import connect
from worker.stall import Progress, stall_message

if TYPE_CHECKING:
    from worker.settings import Settings

__all__ = ["STALL_REMEDY", "Watch", "Witness"]

log = logging.getLogger(__name__)

#: Between two looks at the queue, at most.
_LOOK_EVERY_S = 5.0

#: As a share of the time after which a worker stands still.
_LOOKS_IN_THAT_TIME = 10

#: How long a worker that stands still may take to end in order.
_ORDERLY_WITHIN_S = 10.0

_EXIT_CODE = 1

#: Told by the parent to itself.
_OVER = "over"

STALL_REMEDY = "Let a supervisor start it again; pages that it held come back. Setting stall_timeout_s."


class Witness(Protocol):
    """Is told what happens."""

    def saw(self, event: PageEvent, in_hand: int) -> None:
        """Something happened to a page, and so many are being read here now."""

    def looked(self, waiting: int | None, in_hand: int) -> None:
        """So many pages wait, None where the broker gives no answer, and so many are being read here."""


class Watch:
    """Takes what the processes tell, looks at the queue, and ends a worker that stands still.

    Parameters
    ----------
    settings : Settings
        Broker, queue, and after which time a worker stands still.
    events : PageEvents
        What the processes tell.
    witnesses : sequence of Witness
        Told in the watch's thread.
    """

    def __init__(self, settings: "Settings", events: PageEvents, witnesses: Sequence[Witness] = ()) -> None:
        self._events = events
        self._witnesses = witnesses
        self._limit_s = settings.stall_timeout_s
        self._every_s = min(_LOOK_EVERY_S, (self._limit_s or _LOOK_EVERY_S) / _LOOKS_IN_THAT_TIME)
        self._client = connect(broker_url(settings))
        self._queue = f"{settings.key_prefix}{settings.queue}"
        self._progress = Progress(settings.task_time_limit_s)
        self._look_at_s = 0.0
        self._ending, self._over = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="watch", daemon=True)
        self.stalled = ""

    def start(self, **_: object) -> None:
        """Begin, when Celery says that the worker is ready; after a reconnection it is at it already."""
        if self._thread.ident is None:
            self._progress.begin(time.monotonic())
            self._thread.start()

    def stop(self, **_: object) -> None:
        """Judge no longer: the worker is ending, and takes no page any more."""
        self._ending.set()

    def join(self) -> None:
        """Wait until nothing is read from the events any more."""
        self._ending.set()
        self._over.set()
        if self._thread.ident is not None:
            self._events.tell(_OVER, "")  # ends the waiting for others
            self._thread.join()
        self._client.close()

    def alive(self) -> bool:
        """Tell whether the worker gets on, as far as can be seen: nobody watches before it is ready."""
        watched = self._thread.is_alive() or self._thread.ident is None or self._over.is_set()
        return watched and not self.stalled

    def _run(self) -> None:
        """Watch until the end, whatever fails: else nobody would see that the worker stands still."""
        while not self._over.is_set():
            try:
                self._watch_once()
            except Exception:
                log.exception("the watch over this worker failed, and goes on")
                self._over.wait(self._every_s)  # it may do so again at once

    def _watch_once(self) -> None:
        for event in self._events.take(self._every_s):
            if event.kind == _OVER:
                continue
            self._progress.note(event, time.monotonic())
            for witness in self._witnesses:
                self._tell(witness.saw, event)
        if time.monotonic() >= self._look_at_s:
            self._look_at_s = time.monotonic() + self._every_s
            self._look()

    def _tell(self, witness: Callable[[Any, int], None], what: object) -> None:
        """Tell one, whose failure is not to keep anything from the others."""
        try:
            witness(what, self._progress.reading())
        except Exception:
            log.exception("what the watch over this worker saw was not taken down")

    def _look(self) -> None:
        waiting = self._waiting()
        idle_s = self._progress.idle_s(waiting, time.monotonic())
        for witness in self._witnesses:
            self._tell(witness.looked, waiting)
        if self._limit_s and waiting and idle_s >= self._limit_s and not self._ending.is_set():
            self._end(stall_message(waiting, self._limit_s))

    def _waiting(self) -> int | None:
        try:
            return int(self._client.llen(self._queue))
        except (RedisError, OSError):
            return None

    def _end(self, message: str) -> None:
        """Have the worker end in order; where even that hangs, end the process."""
        self.stalled = message
        log.critical(message)
        state.should_stop = _EXIT_CODE
        if not self._over.wait(_ORDERLY_WITHIN_S):
            self._give_up()

    def _give_up(self, leave: Callable[[int], object] = os._exit) -> None:
        log.critical("the worker does not listen either, its process is ended; %s", STALL_REMEDY)
        logging.shutdown()
        leave(_EXIT_CODE)
