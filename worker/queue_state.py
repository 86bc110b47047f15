"""What lies in the queue: how much waits, who is there to read it, and taking a job's pages out of it.

Only keys of the program itself are looked at. Workers are asked nothing, for answers would pile up.
"""

import base64
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from redis.exceptions import RedisError

from worker.app import broker_url
from worker.attempts import AttemptCounter
from worker.broker_errors import no_use_of
from worker.heartbeat import workers_alive
from worker.jobs import Job
from worker.queue import ask_broker, check_broker, connect

if TYPE_CHECKING:
    from redis import Redis

    from worker.settings import Settings

__all__ = ["QueueState", "look_at_queue", "take_out"]

#: Messages looked at in one go: about 1.5 MB.
_BATCH = 1000


@dataclass(frozen=True)
class QueueState:
    """The queue as it is now, with the pages of all jobs.

    Attributes
    ----------
    waiting : int
        Pages that no worker has taken.
    in_hand : int
        Pages that workers have taken and not finished.
    workers : tuple of str
        Those that gave a sign of life, as ``host:process``.
    given_up : mapping of str to mapping of str to str
        Of the jobs that were asked about, by folder: the keys of pages that nobody tries any more, and why.
    """

    waiting: int
    in_hand: int
    workers: tuple[str, ...]
    given_up: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Whether no page of any job is to come from it."""
        return self.waiting + self.in_hand == 0

    @property
    def gets_on(self) -> bool:
        """Whether there are pages, and somebody who reads them."""
        return bool(self.workers) and not self.is_empty


def look_at_queue(settings: "Settings", jobs: Collection[Job] = ()) -> QueueState:
    """Ask the broker what waits and who is there, for two seconds at most.

    Parameters
    ----------
    settings : Settings
        Broker, queue and prefix.
    jobs : collection of Job, optional
        Those of which it is asked, too, which pages workers have given up.

    Raises
    ------
    BrokerUnreachable
        No answer in time.
    """
    prefix = settings.key_prefix

    def look(client: "Redis") -> QueueState:
        attempts = AttemptCounter(client, prefix)
        return QueueState(
            waiting=client.llen(f"{prefix}{settings.queue}"),
            in_hand=client.hlen(f"{prefix}unacked"),
            workers=tuple(workers_alive(client, prefix)),
            given_up={str(job.path): attempts.given_up(job.path) for job in jobs},
        )

    return ask_broker(broker_url(settings), look)


def take_out(job: Job, settings: "Settings") -> int:
    """Take the pages of a job out of the queue; those that a worker has taken stay with it.

    Parameters
    ----------
    job : Job
        Marked as cancelled: a page that is queued while this goes on is passed over by its worker.
    settings : Settings
        Broker, queue and prefix.

    Returns
    -------
    int
        How many were taken out.

    Raises
    ------
    BrokerUnreachable
        The broker does not answer, or went away in the middle.
    """
    check_broker(settings)
    url = broker_url(settings)
    try:
        with connect(url) as client:
            return _take_out(client, f"{settings.key_prefix}{settings.queue}", str(job.path))
    except (RedisError, OSError) as error:
        raise no_use_of(url, error) from error


def _take_out(client: "Redis", queue: str, folder: str) -> int:
    """Go through the queue, the oldest messages first, which workers take next and which lie at its end."""
    taken = passed = 0
    while True:
        last = -1 - passed
        messages = cast(list[bytes], client.lrange(queue, last - _BATCH + 1, last))
        if not messages:
            return taken
        ours = [message for message in messages if _folder_of(message) == folder]
        gone = _remove(client, queue, ours)
        taken += gone
        passed += len(messages) - len(ours)


def _remove(client: "Redis", queue: str, messages: Sequence[bytes]) -> int:
    """Remove messages that are still there, and say how many were."""
    with client.pipeline(transaction=False) as pipe:
        for message in reversed(messages):
            pipe.lrem(queue, -1, cast(Any, message))
        return sum(int(removed) for removed in pipe.execute())


def _folder_of(message: bytes) -> str | None:
    """Return the job folder that a message names; None where it is none of this program's."""
    try:
        body = json.loads(base64.b64decode(json.loads(message)["body"]))
        return str(body[1]["job"])
    except (ValueError, KeyError, TypeError, IndexError, RecursionError):
        return None
