"""Signals that come between two steps of a program, and not in the middle of one.

A handler that raises, as that of Ctrl-C does, raises wherever the program happens to be: in the
middle of taking a lock, too, which then is never given back, and whoever waits for it waits for ever.
"""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing import resource_tracker
from types import FrameType

__all__ = ["DeferredSignals", "deferred_signals", "interrupts_left_to_the_parent"]

Handler = Callable[[int, FrameType | None], object] | int

#: What stops a run: Ctrl-C, a supervisor, a terminal that goes away, the end of the time that was given.
_STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGALRM)


class DeferredSignals:
    """Signals that have come and that nobody has acted upon yet."""

    def __init__(self) -> None:
        self._handlers: dict[int, Handler] = {}
        self._come: list[int] = []

    def have_come(self) -> bool:
        """Tell whether there are any."""
        return bool(self._come)

    def deliver(self) -> None:
        """Act, here and now, upon what has come: call the handlers that were there before.

        Raises
        ------
        BaseException
            Whatever such a handler raises, such as KeyboardInterrupt.
        """
        while self._come:
            number = self._come.pop(0)
            handler = self._handlers[number]
            if callable(handler):
                handler(number, None)
            elif handler == signal.SIG_DFL:
                signal.signal(number, signal.SIG_DFL)
                signal.raise_signal(number)

    def defer(self) -> None:
        """Take over the signals that stop a run, except those that are ignored."""
        for number in _STOPPING:
            handler = signal.getsignal(number)
            if handler is not None and handler != signal.SIG_IGN:
                self._handlers[number] = handler
                signal.signal(number, self._remember)

    def give_back(self) -> None:
        """Put the handlers of before in their places again."""
        for number, handler in self._handlers.items():
            signal.signal(number, handler)

    def _remember(self, number: int, _frame: FrameType | None) -> None:
        self._come.append(number)


@contextmanager
def deferred_signals() -> Iterator[DeferredSignals]:
    """Keep the signals that stop a run until the program asks for them, or until the end.

    Outside the main thread, where Python runs no handlers, it does nothing.

    Yields
    ------
    DeferredSignals
        To be asked wherever the program can be stopped.
    """
    deferred = DeferredSignals()
    if threading.current_thread() is not threading.main_thread():
        yield deferred
        return
    deferred.defer()
    try:
        yield deferred
    finally:
        deferred.give_back()
        deferred.deliver()


@contextmanager
def interrupts_left_to_the_parent() -> Iterator[None]:
    """Start children, and the threads that start later ones, where what a terminal sends does not reach them.

    Stopping them is the parent's task. A Ctrl-C in between is not lost: it comes at the end.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGHUP})
    try:
        # The tracker of shared locks minds only a terminal that goes away; starting it would open
        # the way for Ctrl-C again.
        resource_tracker.ensure_running()
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
