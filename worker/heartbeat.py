"""A worker's sign of life: a key in Redis that expires when the worker stops renewing it.

Each worker has a key of its own, named by machine and process. It is renewed by the loop that
fetches messages, so a worker that hangs or has lost the broker goes silent, although its process
is still there. ``python -m worker.heartbeat`` tells by its exit code whether a worker of this
machine is alive; containers ask that.
"""

import logging
import os
import re
import socket
import sys
import time
from typing import Any

from redis import Redis
from redis.exceptions import RedisError

from worker.app import broker_url
from worker.errors import DigitizeError
from worker.queue import connect
from worker.settings import load_settings

__all__ = ["Heartbeat", "is_alive", "workers_alive"]

log = logging.getLogger(__name__)

_BEAT_EVERY_S = 10

#: Three beats may be missed, as when the broker restarts.
_EXPIRY_S = 40

#: Keys that Redis looks at in one go.
_SCAN_COUNT = 1000


class Heartbeat:
    """Renews this process's key for as long as a worker's event loop turns.

    Parameters
    ----------
    client : Redis
        Connects when first used.
    prefix : str
        Put before the key.
    """

    def __init__(self, client: Redis, prefix: str) -> None:
        self._client = client
        self._key = f"{_host_keys(prefix)}{os.getpid()}"
        self._timer: Any = None
        self._last_s: float | None = None

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
            self._last_s = time.monotonic()
        except RedisError as error:
            log.debug("no heartbeat: %s", error)

    def beats(self) -> bool:
        """Tell whether the loop turned and the broker answered lately."""
        return self._last_s is not None and time.monotonic() - self._last_s < _EXPIRY_S

    def stop(self) -> None:
        """Take the key away: the worker has ended in order."""
        self._last_s = None
        try:
            self._client.delete(self._key)
        except RedisError as error:
            log.debug("heartbeat not taken away, it expires: %s", error)


def is_alive(client: Redis, prefix: str) -> bool:
    """Tell whether a worker of this machine has given a sign of life lately.

    Raises
    ------
    redis.exceptions.RedisError
        No answer from Redis.
    """
    return bool(_keys(client, _host_keys(prefix)))


def workers_alive(client: Redis, prefix: str) -> list[str]:
    """Return the workers of all machines that have given a sign of life lately, as ``host:process``.

    Raises
    ------
    redis.exceptions.RedisError
        No answer from Redis.
    """
    start = _all_keys(prefix)
    return [key.removeprefix(start) for key in _keys(client, start)]


def _keys(client: Redis, start: str) -> list[str]:
    """Return the keys that begin so, sorted."""
    # In a pattern these stand for other characters; a prefix means them as they are.
    pattern = re.sub(r"([*?\[\]\\])", r"\\\1", start) + "*"
    return sorted(os.fsdecode(key) for key in set(client.scan_iter(pattern, count=_SCAN_COUNT)))


def _all_keys(prefix: str) -> str:
    """Return what the keys of all workers begin with."""
    return f"{prefix}alive:"


def _host_keys(prefix: str) -> str:
    """Return what the keys of this machine's workers begin with; a container's host name is its own."""
    return f"{_all_keys(prefix)}{socket.gethostname()}:"


def main() -> int:
    """Return 0 when a worker of this machine is alive."""
    try:
        settings = load_settings()
        return 0 if is_alive(connect(broker_url(settings)), settings.key_prefix) else 1
    except (DigitizeError, RedisError) as error:
        sys.stderr.write(f"{error}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main())
