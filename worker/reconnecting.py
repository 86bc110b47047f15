"""A worker that lost its broker tries again every few seconds, however long the broker is away.

Celery waits longer each time, up to half a minute; for so long after the broker is back a worker would
give no sign of life, and others would take the pages that it is reading.
"""

from typing import Any

from celery import Celery
from kombu import Connection

__all__ = ["reconnect_soon"]

#: At most so long between two tries.
_LONGEST_PAUSE_S = 4


class _InsistentConnection(Connection):  # type: ignore[misc] # Kombu has no types
    """Does not slow down."""

    def ensure_connection(self, *args: Any, **options: Any) -> Any:
        """Connect, and try again until that works."""
        return super().ensure_connection(*args, **{"interval_max": _LONGEST_PAUSE_S, **options})


def reconnect_soon(app: Celery) -> None:
    """Have the app's connections do so."""
    app.amqp.Connection = _InsistentConnection
