"""``--timeout`` where pages are read here: a timer that ends the run."""

import shlex
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING

from worker.errors import WaitTimedOut

if TYPE_CHECKING:  # jobs need pydantic, which no help text needs
    from worker.jobs import Job

__all__ = ["stopped_after"]

_SHORTEST_TIMER_S = 0.001


@contextmanager
def stopped_after(timeout_s: float | None, job: "Job") -> Iterator[None]:
    """Stop a run when its time is up, also in the middle of a page, children included.

    Parameters
    ----------
    timeout_s : float or None
        None never stops it.
    job : Job
        Which is to be resumed then.

    Raises
    ------
    WaitTimedOut
        The time is up.
    """
    if timeout_s is None:
        yield
        return

    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise WaitTimedOut(
            f"not all pages were read within {timeout_s:g} s",
            remedy=f"digitize resume {shlex.quote(str(job.path))} goes on where this stopped.",
        )

    before = signal.signal(signal.SIGALRM, stop)
    # A timer of 0 s would never go off.
    signal.setitimer(signal.ITIMER_REAL, max(timeout_s, _SHORTEST_TIMER_S))
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        signal.signal(signal.SIGALRM, before)
