"""A worker's sign of life: a key in Redis that expires when the worker stops renewing it.

It is renewed by the loop that fetches messages, so a worker that hangs or has lost the
broker goes silent, although its process is still there. ``python -m worker.heartbeat``
tells by its exit code whether this machine's worker is alive; containers ask that.
"""

import logging
import socket
import sys
from typing import Any

from redis import Redis
from redis.exceptions import RedisError

from worker.app import broker_url
from worker.errors import DigitizeError
from worker.queue import connect
from worker.settings import load_settings

__all__ = ["Heartbeat", "is_alive"]

log = logging.getLogger(__name__)

_BEAT_EVERY_S = 10

#: Three beats may be missed, as when the broker restarts.
_EXPIRY_S = 40


class Heartbeat:
    """Renews this machine's key for as long as a worker's event loop turns.

    Parameters
    ----------
    client : Redis
        Connects when first used.
    prefix : str
        Put before the key.
    """

    def __init__(self, client: Redis, prefix: str) -> None:
        self._client = client
        self._key = _key(prefix)
        self._timer: Any = None

    def start(self, sender: Any, **_: Any) -> None:
        """Begin, when Celery says that a worker is ready; called again after each reconnection."""
        if self._timer is not None:
            self._timer.cancel()
        self.beat()
        self._timer = sender.timer.call_repeatedly(_BEAT_EVERY_S, self.beat)

    def beat(self) -> None:
        """Renew the key once."""
        try:
            self._client.set(self._key, "alive", ex=_EXPIRY_S)
        except RedisError as error:
            log.debug("no heartbeat: %s", error)

    def stop(self) -> None:
        """Take the key away: the worker has ended in order."""
        try:
            self._client.delete(self._key)
        except RedisError as error:
            log.debug("heartbeat not taken away, it expires: %s", error)


def is_alive(client: Redis, prefix: str) -> bool:
    """Tell whether a worker of this machine has given a sign of life lately."""
    return bool(client.exists(_key(prefix)))


def _key(prefix: str) -> str:
    """Return this machine's key; a container's host name is its own."""
    return f"{prefix}alive:{socket.gethostname()}"


def main() -> int:
    """Return 0 when this machine's worker is alive."""
    try:
        settings = load_settings()
        return 0 if is_alive(connect(broker_url(settings)), settings.key_prefix) else 1
    except (DigitizeError, RedisError) as error:
        sys.stderr.write(f"{error}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main())
