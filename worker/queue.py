"""Sending pages to workers, and asking the broker in bounded time.

Runs in the process that submits, and knows neither NumPy nor OpenCV.
"""

import shlex
import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import OutOfMemoryError, RedisError
from redis.retry import Retry

from worker.app import broker_url
from worker.attempts import AttemptCounter
from worker.broker_errors import no_use_of
from worker.broker_url import mask_url
from worker.errors import BrokerUnreachable
from worker.jobs import Job, PageEntry
from worker.object_path import ObjectPath
from worker.page_messages import PageMessages
from worker.queue_room import QueueFull, check_room
from worker.told_messages import told_messages

if TYPE_CHECKING:
    from worker.settings import Settings

__all__ = ["ask_broker", "check_broker", "connect", "enqueue", "how_to_resume"]

Answer = TypeVar("Answer")

#: A broker that has not answered by then is not there: what a person waits for at a prompt.
_ANSWER_WITHIN_S = 2.0

#: For single commands, which take milliseconds where all is well.
_COMMAND_TIMEOUT_S = 1.5

#: Messages sent to Redis in one go,
_BATCH = 500
#: which are most of a megabyte: on a slow line that takes seconds.
_SENT_WITHIN_S = 10.0
#: Of a message, where Celery writes it.
_USUAL_BYTES = 2000


def connect(url: str, *, answer_within_s: float = _COMMAND_TIMEOUT_S) -> "Redis":
    """Return a client that connects when first used and gives up quickly, without trying again."""
    return Redis.from_url(
        url,
        socket_connect_timeout=_COMMAND_TIMEOUT_S,
        socket_timeout=answer_within_s,
        retry=Retry(NoBackoff(), 0),
    )


def check_broker(settings: "Settings") -> None:
    """Ask the broker for a sign of life.

    Parameters
    ----------
    settings : Settings
        Holds the broker's address.

    Raises
    ------
    BrokerUnreachable
        No answer within two seconds, whatever it is that hangs; names the address, no password.
    SettingsInvalid
        No broker is configured.
    """
    ask_broker(broker_url(settings), lambda client: client.ping())


def ask_broker(url: str, question: "Callable[[Redis], Answer]") -> Answer:
    """Return what the broker answers, or give it up after two seconds.

    Parameters
    ----------
    url : str
        The broker's address.
    question : callable
        Given a client; runs in a thread of its own.

    Raises
    ------
    BrokerUnreachable
        No answer in time, or a refusal; names the address, no password.
    """
    answers: list[Answer] = []
    errors: list[Exception] = []

    def ask() -> None:
        try:
            with connect(url) as client:
                answers.append(question(client))
        except (RedisError, OSError, ValueError) as error:
            errors.append(error)

    # Looking up a host name has no time limit of its own, so the limit is put around all of it.
    thread = threading.Thread(target=ask, name="ask-broker", daemon=True)
    thread.start()
    thread.join(_ANSWER_WITHIN_S)
    if answers:
        return answers[0]
    raise no_use_of(url, errors[0] if errors else f"no answer within {_ANSWER_WITHIN_S:.0f} s")


def how_to_resume(job: Job) -> str:
    """Return the command that reads what a job has no result of."""
    return f"digitize resume {shlex.quote(str(job.path))}"


def enqueue(
    job: Job, entries: Collection[PageEntry], settings: "Settings", *, begin_anew: bool = True
) -> int:
    """Queue pages, in order, over one connection.

    Parameters
    ----------
    job : Job
        The folder all workers see under the same path.
    entries : collection of PageEntry
        The pages. One that is done or queued already does no harm.
    settings : Settings
        Broker, queue and prefix.
    begin_anew : bool
        Gives the pages all their attempts again: somebody asks for them, who may have changed something.

    Returns
    -------
    int
        How many messages were sent.

    Raises
    ------
    BrokerUnreachable
        The broker went away, or has no room for more; what was sent until then stays queued, `resume` sends
        the rest.
    OutputNotWritable
        A page file that is no result cannot be renamed.
    """
    if not entries:
        return 0
    waiting, sent = iter(entries), 0
    try:
        with (
            connect(broker_url(settings), answer_within_s=_SENT_WITHIN_S) as client,
            _sender(client, job, settings) as send,
        ):
            counter = AttemptCounter(client, settings.key_prefix)
            while some := [*islice(waiting, _BATCH)]:
                if not isinstance(job.path, ObjectPath):  # half an object is none
                    for entry in some:
                        job.set_aside(entry.key, entry.sha256)
                if begin_anew:
                    counter.reset(job.path, [entry.key for entry in some])
                send(some)
                sent += len(some)
    except (QueueFull, OutOfMemoryError) as error:
        raise _full(job, settings, error, f"{sent:,} of {len(entries):,} pages") from error
    except (RedisError, OSError) as error:
        on = f"`{how_to_resume(job)}` goes on with it."
        remedy, then = f"Start Redis again; the job is kept, and {on}", f"The job is kept, and {on}"
        raise no_use_of(broker_url(settings), error, remedy, then=then) from error
    return len(entries)


@contextmanager
def _sender(client: Redis, job: Job, settings: "Settings") -> "Iterator[Callable[[list[PageEntry]], None]]":
    """Give what puts the messages of some pages into the queue, all of them or none."""
    if settings.task_events:
        with told_messages(settings, answer_within_s=_ANSWER_WITHIN_S) as messages:

            def tell(entries: "list[PageEntry]") -> None:
                check_room(client, len(entries) * _USUAL_BYTES)
                messages.send(job.path, entries)

            yield tell
        return
    written, queue = PageMessages(job.path, settings.queue), f"{settings.key_prefix}{settings.queue}"

    def send(entries: "list[PageEntry]") -> None:
        messages = [*map(written.message, entries)]
        check_room(client, sum(map(len, messages)))
        client.lpush(queue, *messages)

    yield send


def _full(job: Job, settings: "Settings", error: Exception, queued: str) -> BrokerUnreachable:
    """Say that the broker takes no more pages, and how many it took."""
    broker, how = mask_url(broker_url(settings)), "Raise its maxmemory, or wait until workers have read these"
    return BrokerUnreachable(
        f"the broker {broker} has no room for more pages: {error}; {queued} are queued",
        remedy=f"{how}; `{how_to_resume(job)}` queues the rest.",
    )
