"""A benchmark that is stopped leaves nothing behind that it started."""

import os
import select
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

__all__ = ["end_with", "ended_by_sigterm"]


@contextmanager
def ended_by_sigterm() -> Iterator[None]:
    """Have SIGTERM end this program as an error does: what it started is ended before."""

    def end(number: int, _frame: FrameType | None) -> None:
        signal.signal(number, lambda *_: None)  # a second one does not break the tidying off
        raise SystemExit(128 + number)

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def end_with(parent: int) -> None:
    """Have this process and its group end at once when another one is gone, however that ended.

    The kernel's own signal for that (PR_SET_PDEATHSIG) comes also when only the thread ends that started this
    process, as that of :mod:`bench.breaker` does before the job is over.

    Parameters
    ----------
    parent : int
        Its number.

    Raises
    ------
    ProcessLookupError
        It is gone already.
    """
    descriptor = os.pidfd_open(parent)

    def wait_for_its_end() -> None:
        select.select([descriptor], [], [])
        os.killpg(0, signal.SIGKILL)

    threading.Thread(target=wait_for_its_end, name="end-with-parent", daemon=True).start()
