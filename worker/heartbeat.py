"""A worker's sign of life: a key in Redis that expires when the worker stops renewing it.

Each worker has a key of its own, named by machine and process; its value tells this start of the worker
from an earlier one of the same number, as in a container that was restarted. The key is renewed by the
loop that fetches messages, so a worker that hangs or has lost the broker goes silent, although its
process is still there. ``python -m worker.heartbeat`` tells by its exit code whether a worker of this
machine is alive; containers ask that.
"""

import logging
import os
import re
import secrets
import socket
import sys
import time
from collections.abc import Collection
from typing import Any, cast

from redis import Redis
from redis.exceptions import RedisError, ResponseError

from worker.app import broker_url
from worker.errors import DigitizeError
from worker.liveness import Liveness
from worker.queue import connect
from worker.settings import load_settings

__all__ = ["Heartbeat", "is_alive", "living", "workers_alive"]

log = logging.getLogger(__name__)

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
    liveness : Liveness
        How often the key is renewed, and how long it lasts.
    """

    def __init__(self, client: Redis, prefix: str, liveness: Liveness | None = None) -> None:
        self._client = client
        self._liveness = liveness or Liveness()
        self._key = f"{_host_keys(prefix)}{os.getpid()}"
        self._start = secrets.token_hex(8)
        self._timer: Any = None
        self._last_s: float | None = None
        #: Whether Redis refused the last sign of life: then it refuses those of all others, too.
        self.refused = False
        #: What this start of the worker is called: ``host:process:start``.
        self.worker = f"{self._key.removeprefix(_all_keys(prefix))}:{self._start}"

    def start(self, sender: Any, **_: Any) -> None:
        """Begin, when Celery says that a worker is ready; called again after each reconnection."""
        if self._timer is not None:
            self._timer.cancel()
        self.beat()
        self._timer = sender.timer.call_repeatedly(self._liveness.beat_every_s, self.beat)

    def beat(self) -> None:
        """Renew the key once."""
        try:
            self._client.set(self._key, self._start, px=round(self._liveness.expiry_s * 1000))
            self._last_s, self.refused = time.monotonic(), False
        except RedisError as error:
            self.refused = isinstance(error, ResponseError)
            log.debug("no heartbeat: %s", error)

    def beats(self) -> bool:
        """Tell whether the loop turned and the broker answered lately."""
        return self._last_s is not None and time.monotonic() - self._last_s < self._liveness.expiry_s

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


def living(client: Redis, prefix: str, workers: Collection[str]) -> set[str]:
    """Return those of some workers, named as :attr:`Heartbeat.worker`, that have given a sign of life lately.

    Raises
    ------
    redis.exceptions.RedisError
        No answer from Redis.
    """
    if not workers:
        return set()
    named = [(worker, *worker.rsplit(":", 1)) for worker in workers]
    starts = cast(
        list[bytes | None], client.mget([f"{_all_keys(prefix)}{process}" for _, process, _ in named])
    )
    return {
        worker for (worker, _, start), found in zip(named, starts, strict=True) if found == start.encode()
    }


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
