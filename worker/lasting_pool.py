"""The processes of a worker, of which one may be lost at any time, also while the worker starts.

Celery gives a worker up, with a traceback, when a child ends between being started and the first
message. A moment later the same loss costs a child, which is replaced. Here it always costs that.
"""

from celery.concurrency.prefork import TaskPool

__all__ = ["LastingPool"]


class LastingPool(TaskPool):  # type: ignore[misc] # Celery has no types
    """Celery's pool, for which a child that is gone is no reason not to start."""

    def did_start_ok(self) -> bool:
        """Say that it started; what is gone by now is replaced as it would be later."""
        return True
