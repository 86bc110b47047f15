"""What the log says of messages that were dropped: each, while they are few; a number, once they are many.

Whoever can write to the broker can put a million of them there, and a line for each would fill the disk of
every worker.
"""

import logging
import threading
import time
from collections.abc import Callable

from worker.page_events import PageEvent

__all__ = ["DroppedMessages"]

#: Between two lines.
_SAID_EVERY_S = 1.0

log = logging.getLogger(__name__)


def _after(seconds: float, call: Callable[[], None]) -> None:
    timer = threading.Timer(seconds, call)
    timer.daemon = True
    timer.start()


class DroppedMessages:
    """Says at most once a second that messages were dropped; may be told by several threads.

    It is a :class:`worker.worker_watch.Witness`, so that the last of a flood are told soon after it.

    Parameters
    ----------
    clock : callable
        Seconds that only go forward.
    after : callable
        Given seconds and a function, calls it when they have passed: a process that is given no further
        message says the rest all the same.
    """

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        after: Callable[[float, Callable[[], None]], None] = _after,
    ) -> None:
        self._clock = clock
        self._after = after
        self._waited_for = False
        self._lock = threading.Lock()
        self._said_s: float | None = None
        self._more, self._why = 0, ""

    def add(self, why: str) -> None:
        """Count a message, and say why it was dropped where nothing was said for a second."""
        with self._lock:
            self._more += 1
            self._why = why
            if self._is_time():
                self._say()
            elif not self._waited_for:
                self._waited_for = True
                self._after(_SAID_EVERY_S, self._say_what_waited)

    def _say_what_waited(self) -> None:
        with self._lock:
            self._waited_for = False
            if self._more:
                self._say()

    def say_the_rest(self, *, at_once: bool = False) -> None:
        """Say what was counted and not said, if it is time or nobody would say it later."""
        with self._lock:
            if self._more and (at_once or self._is_time()):
                self._say()

    def saw(self, event: PageEvent, in_hand: int) -> None:
        """Something happened to a page."""

    def looked(self, waiting: int | None, in_hand: int) -> None:
        """Say the rest: the watch looks every few seconds."""
        self.say_the_rest()

    def _is_time(self) -> bool:
        return self._said_s is None or self._clock() - self._said_s >= _SAID_EVERY_S

    def _say(self) -> None:
        if self._more == 1:
            log.error("message dropped, %s", self._why)
        else:
            log.error("%d messages dropped, the last of them: %s", self._more, self._why)
        self._said_s, self._more = self._clock(), 0
