"""A worker that lost its broker tries again every few seconds, however long the broker is away.

Celery waits longer each time, up to half a minute; for so long after the broker is back a worker would
give no sign of life, and others would take the pages that it is reading.

Not where it is the worker itself that can open no further file or connection: trying again opens none, and
would be called the broker's fault. Such a worker finishes the pages in hand, and ends.

A broker that answers and refuses what is written to it is waited for in the same way: its disk or its memory
is full, it misses its replicas, or has become one itself. Celery would end the worker, or try again at once.
"""

from collections.abc import Callable
from time import sleep
from typing import Any

from celery import Celery
from celery.exceptions import WorkerShutdown
from celery.worker.consumer import Consumer
from kombu import Connection

from worker.shortage import out_of_files

__all__ = ["reconnect_soon"]

#: At most so long between two tries.
_LONGEST_PAUSE_S = 4

#: After a refusal.
_PAUSE_S = 1.0


class _InsistentConnection(Connection):  # type: ignore[misc] # Kombu has no types
    """Does not slow down."""

    def ensure_connection(self, errback: Any = None, *args: Any, **options: Any) -> Any:
        """Connect, and try again until that works, or cannot work."""

        def tell(error: Exception, interval: float) -> None:
            if out_of_files(error):
                raise error
            if errback:
                errback(error, interval)

        return super().ensure_connection(tell, *args, **{"interval_max": _LONGEST_PAUSE_S, **options})


class _PatientConsumer(Consumer):  # type: ignore[misc] # Celery has no types
    """Waits a while after each refusal; pages in hand are read on meanwhile, by processes of their own."""

    on_shortage: Callable[[OSError], None]

    def start(self) -> None:
        """Take pages until the end, or until no connection can be opened any more."""
        try:
            super().start()
        except (Exception, SystemExit) as error:  # by the latter Celery has itself ended
            shortage = out_of_files(error)
            if shortage is None:
                raise
            self.on_shortage(shortage)
            raise WorkerShutdown(1) from error

    def on_connection_error_before_connected(self, exc: Exception) -> None:
        """Tell of it."""
        if out_of_files(exc):
            raise exc
        super().on_connection_error_before_connected(exc)

    def on_connection_error_after_connected(self, exc: Exception) -> None:
        """Tell of it, and close the connection."""
        if out_of_files(exc):
            raise exc
        super().on_connection_error_after_connected(exc)
        if isinstance(exc, self.channel_errors):
            sleep(_PAUSE_S)


def reconnect_soon(app: Celery, on_shortage: Callable[[OSError], None]) -> None:
    """Have the app's connections and workers do so.

    Parameters
    ----------
    app : Celery
        What the worker is made of.
    on_shortage : callable
        Given what the system said, before the worker ends because it can open no further connection.
    """
    app.amqp.Connection = _InsistentConnection
    app.conf.worker_consumer = type(
        "PatientConsumer", (_PatientConsumer,), {"on_shortage": staticmethod(on_shortage)}
    )
