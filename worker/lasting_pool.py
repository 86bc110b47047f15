"""The processes of a worker, of which one may be lost at any time, also while the worker starts.

Celery gives a worker up, with a traceback, when a child ends between being started and the first
message. A moment later the same loss costs a child, which is replaced. Here it always costs that.

And it costs no time: Celery looks for a child that ended as soon as the pipe to it closes, which is a
moment before the system lets it be found, and then not again for five seconds.
"""

from collections.abc import Callable

from celery.concurrency.asynpool import AsynPool
from celery.concurrency.prefork import TaskPool

__all__ = ["LastingPool"]

#: Between two looks for children that ended: a system call for each.
_LOOK_EVERY_S = 0.25


class _WatchedPool(AsynPool):  # type: ignore[misc] # Celery has no types
    """Looks for children that ended more often."""

    @property
    def timers(self) -> dict[Callable[[], None], float]:
        """What Celery's event loop calls, and how often."""
        return {self.maintain_pool: _LOOK_EVERY_S}


class LastingPool(TaskPool):  # type: ignore[misc] # Celery has no types
    """Celery's pool, for which a child that is gone is no reason not to start."""

    Pool = _WatchedPool

    def did_start_ok(self) -> bool:
        """Say that it started; what is gone by now is replaced as it would be later."""
        return True
