"""A worker that lost its broker tries again every few seconds, however long the broker is away.

Celery waits longer each time, up to half a minute; for so long after the broker is back a worker would
give no sign of life, and others would take the pages that it is reading.

A broker that answers and refuses what is written to it is waited for in the same way: its disk or its memory
is full, it misses its replicas, or has become one itself. Celery would end the worker, or try again at once.
"""

from time import sleep
from typing import Any

from celery import Celery
from celery.worker.consumer import Consumer
from kombu import Connection

__all__ = ["reconnect_soon"]

#: At most so long between two tries.
_LONGEST_PAUSE_S = 4

#: After a refusal.
_PAUSE_S = 1.0


class _InsistentConnection(Connection):  # type: ignore[misc] # Kombu has no types
    """Does not slow down."""

    def ensure_connection(self, *args: Any, **options: Any) -> Any:
        """Connect, and try again until that works."""
        return super().ensure_connection(*args, **{"interval_max": _LONGEST_PAUSE_S, **options})


class _PatientConsumer(Consumer):  # type: ignore[misc] # Celery has no types
    """Waits a while after each refusal; pages in hand are read on meanwhile, by processes of their own."""

    def on_connection_error_after_connected(self, exc: Exception) -> None:
        """Tell of it, and close the connection."""
        super().on_connection_error_after_connected(exc)
        if isinstance(exc, self.channel_errors):
            sleep(_PAUSE_S)


def reconnect_soon(app: Celery) -> None:
    """Have the app's connections and workers do so."""
    app.amqp.Connection = _InsistentConnection
    app.conf.worker_consumer = _PatientConsumer
