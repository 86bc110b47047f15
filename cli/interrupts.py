"""What stops the program: Ctrl-C, SIGTERM and a terminal that goes away are one thing, and end in order.

Each is raised as KeyboardInterrupt where the program happens to be. Whoever is impatient and does
it again does not disturb what is being put in order; only where nothing comes of that for a while
does another signal count again.
"""

import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import FrameType
from typing import Any

__all__ = ["ended", "stopped_like_ctrl_c", "take_signals"]

_STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

#: How long stopping may take before another signal interrupts that as well.
_IN_ORDER_WITHIN_S = 10.0

Handler = Callable[[int, FrameType | None], Any] | int | None


class _Interrupt:
    """Raises the first signal, and not those that follow while the program stops."""

    def __init__(self) -> None:
        self._quiet_until_s = -1.0

    def __call__(self, _number: int, _frame: FrameType | None) -> None:
        now_s = time.monotonic()
        if now_s < self._quiet_until_s:
            return
        self._quiet_until_s = now_s + _IN_ORDER_WITHIN_S
        raise KeyboardInterrupt


def take_signals() -> Mapping[int, Handler]:
    """Let every signal that stops the program do it as Ctrl-C does, except those that are ignored.

    Returns
    -------
    mapping
        The handlers of before, by the number of their signal; empty outside the main thread, where
        Python runs no handlers, and where this was done before.
    """
    if threading.current_thread() is not threading.main_thread():
        return {}
    before = {number: signal.getsignal(number) for number in _STOPPING}
    if any(isinstance(handler, _Interrupt) for handler in before.values()):
        return {}
    interrupt = _Interrupt()
    # What is ignored stays ignored, as nohup asks for, and what is not Python's own is left alone.
    taken: dict[int, Handler] = {
        number: handler for number, handler in before.items() if handler not in (None, signal.SIG_IGN)
    }
    for number in taken:
        signal.signal(number, interrupt)
    return taken


@contextmanager
def stopped_like_ctrl_c() -> Iterator[None]:
    """Do so for a while."""
    before = take_signals()
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def ended() -> None:
    """Ignore the signals from now on: the exit code is known, and nothing is left to be stopped."""
    for number in _STOPPING:
        signal.signal(number, signal.SIG_IGN)
