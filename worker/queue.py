"""Sending pages to workers, and watching the job folder until they are done.

Runs in the process that submits, and knows neither NumPy nor OpenCV.
"""

import threading
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from celery.exceptions import OperationalError
from kombu.exceptions import KombuError
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from worker.app import TASK_NAME, broker_url, make_app
from worker.attempts import AttemptCounter
from worker.broker_url import mask_url
from worker.errors import BrokerUnreachable, WaitTimedOut
from worker.jobs import Job, PageEntry, Progress, ProgressWatcher

if TYPE_CHECKING:
    from worker.settings import Settings

__all__ = ["check_broker", "connect", "enqueue", "wait_for"]

#: A broker that has not answered by then is not there: what a person waits for at a prompt.
_ANSWER_WITHIN_S = 2.0

#: For single commands, which take milliseconds where all is well.
_COMMAND_TIMEOUT_S = 1.5

#: Messages sent to Redis in one go.
_BATCH = 500

#: Between two looks into the job folder.
_LOOK_EVERY_S = 0.25


def connect(url: str) -> "Redis":
    """Return a client that connects when first used and gives up quickly, without trying again."""
    return Redis.from_url(
        url,
        socket_connect_timeout=_COMMAND_TIMEOUT_S,
        socket_timeout=_COMMAND_TIMEOUT_S,
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
    url = broker_url(settings)
    outcome: list[Exception | None] = []

    def ping() -> None:
        try:
            with connect(url) as client:
                client.ping()
            outcome.append(None)
        except (RedisError, OSError, ValueError) as error:
            outcome.append(error)

    # Looking up a host name has no time limit of its own, so the limit is put around all of it.
    thread = threading.Thread(target=ping, name="check-broker", daemon=True)
    thread.start()
    thread.join(_ANSWER_WITHIN_S)
    if not outcome:
        raise _unreachable(url, f"no answer within {_ANSWER_WITHIN_S:.0f} s")
    if outcome[0] is not None:
        raise _unreachable(url, outcome[0])


def enqueue(job: Job, entries: Sequence[PageEntry], settings: "Settings") -> int:
    """Queue pages, in order, over one connection.

    Parameters
    ----------
    job : Job
        The folder all workers see under the same path.
    entries : sequence of PageEntry
        The pages. One that is done or queued already does no harm.
    settings : Settings
        Broker, queue and prefix.

    Returns
    -------
    int
        How many messages were sent.

    Raises
    ------
    BrokerUnreachable
        The broker went away; what was sent until then stays queued, `resume` sends the rest.
    OutputNotWritable
        A page file that is no result cannot be removed.
    """
    if not entries:
        return 0
    app = make_app(settings)
    folder = str(job.path)
    for entry in entries:
        job.remove_torn(entry.key)
    try:
        with connect(broker_url(settings)) as client:
            counter = AttemptCounter(client, settings.key_prefix)
            counter.reset(job.path, [entry.key for entry in entries])
        with app.connection_for_write() as connection:
            connection.ensure_connection(max_retries=1, timeout=_ANSWER_WITHIN_S)
            with app.amqp.Producer(connection, auto_declare=False) as producer, producer.batch(_BATCH):
                for entry in entries:
                    payload = {"job": folder, "entry": entry.model_dump(mode="json")}
                    app.send_task(TASK_NAME, kwargs=payload, producer=producer, retry=False)
    except (OperationalError, KombuError, RedisError, OSError) as error:
        raise _unreachable(broker_url(settings), error) from error
    return len(entries)


def wait_for(job: Job, *, timeout_s: float | None, on_progress: Callable[[Progress], None]) -> None:
    """Return when every page of a job has its record, by watching the folder.

    Parameters
    ----------
    job : Job
        The job.
    timeout_s : float or None
        None waits for as long as it takes.
    on_progress : callable
        Called first, and whenever a page was done.

    Raises
    ------
    WaitTimedOut
        Pages are missing after `timeout_s`. The workers go on.
    """
    deadline = None if timeout_s is None else time.monotonic() + timeout_s
    watcher, shown = ProgressWatcher(job), None
    while True:
        progress = watcher.look()
        if progress != shown:
            on_progress(progress)
            shown = progress
        if progress.missing == 0:
            return
        left_s = _LOOK_EVERY_S if deadline is None else deadline - time.monotonic()
        if left_s <= 0:
            raise WaitTimedOut(f"{progress.missing} of {progress.total} pages are not done in {job.path}")
        time.sleep(min(_LOOK_EVERY_S, left_s))


def _unreachable(url: str, cause: object) -> BrokerUnreachable:
    """Name the broker without its password, and the cause in one line."""
    return BrokerUnreachable(f"the broker {mask_url(url)} does not answer: {' '.join(str(cause).split())}")
