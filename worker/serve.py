"""A worker on this machine: takes pages from the queue until it is told to stop."""

import logging
import os
import socket
from typing import TYPE_CHECKING, Any

from celery import signals

from worker.app import broker_url, make_app
from worker.asked_model import check_reader, model_reference, open_tried
from worker.attempts import AttemptCounter
from worker.heartbeat import Heartbeat
from worker.held_pages import HeldPages, hold_pages_by_name
from worker.lasting_pool import LastingPool
from worker.liveness import Liveness
from worker.queue import check_broker, connect
from worker.reader_cache import DEFAULT_READER, prepare_process, use_one_thread
from worker.reconnecting import reconnect_soon
from worker.tasks import add_tasks

if TYPE_CHECKING:
    from worker.settings import Settings

__all__ = ["run_worker"]

#: Exit code after a second Ctrl-C: pages were given back unfinished.
_INTERRUPTED = 130

#: Of Celery's own, these say of each page that it came and went, and name it by a random number.
_WITHOUT_NAMES = ("celery.worker.strategy", "celery.app.trace")


def run_worker(
    settings: "Settings",
    jobs: int,
    *,
    reader_factory: str = DEFAULT_READER,
    log_level: str = "INFO",
    liveness: Liveness | None = None,
    **task_options: float,
) -> int:
    """Read pages from the queue with `jobs` processes until SIGTERM or Ctrl-C.

    On SIGTERM no further page is taken, the pages being read are finished, and the function
    returns. The parent never loads NumPy, OpenCV or the network: each child does, once.

    Parameters
    ----------
    settings : Settings
        Broker, queue, limits, model.
    jobs : int
        Number of processes.
    reader_factory : str
        ``package.module:function`` that builds the reader.
    log_level : str
        Of the log, on stderr: at INFO a line a page, which names its file.
    liveness : Liveness, optional
        How soon a worker that is gone is missed.
    **task_options
        For :func:`worker.tasks.add_tasks`.

    Returns
    -------
    int
        Exit code of the worker: 0 after an orderly stop, 130 after one that left pages unfinished.

    Raises
    ------
    BrokerUnreachable
        The broker does not answer now. One that goes away later is waited for.
    ModelRefused
        The model is missing or damaged.
    DigitizeError
        The process that tries to load the model cannot be started, or was ended.
    """
    liveness = liveness or Liveness()
    check_broker(settings)
    model = model_reference(settings)
    use_one_thread()
    open_tried(model)  # says better than the process below what to do about a refused one
    check_reader(reader_factory, model)

    def prepare(**_: Any) -> None:
        prepare_process(reader_factory, model, max_memory_mb=settings.max_memory_mb)

    if log_level != "DEBUG":
        for name in _WITHOUT_NAMES:
            logging.getLogger(name).setLevel(logging.WARNING)
    app = make_app(settings, liveness)
    reconnect_soon(app)
    client = connect(broker_url(settings))
    attempts = AttemptCounter(client, settings.key_prefix)
    add_tasks(app, settings, attempts, reader_factory=reader_factory, **task_options)
    heartbeat = Heartbeat(client, settings.key_prefix, liveness)
    pages = HeldPages(client, settings.key_prefix, settings.queue, heartbeat, liveness)
    hold_pages_by_name(pages)
    signals.worker_process_init.connect(prepare, weak=False)
    signals.worker_ready.connect(heartbeat.start, weak=False)
    ways: list[str] = []

    def note_the_way(how: str, **_: Any) -> None:
        ways.append(how)

    signals.worker_shutting_down.connect(note_the_way, weak=False)
    try:
        worker = app.Worker(
            hostname=f"digitize-{os.getpid()}@{socket.gethostname()}",
            concurrency=jobs,
            pool=LastingPool,
            loglevel=log_level,
            quiet=True,
            optimization="fair",
            without_gossip=True,
            without_mingle=True,
            without_heartbeat=True,
        )
        worker.start()
    finally:
        signals.worker_process_init.disconnect(prepare)
        signals.worker_ready.disconnect(heartbeat.start)
        signals.worker_shutting_down.disconnect(note_the_way)
        pages.leave()
        heartbeat.stop()
    if ways:
        # Celery would call it a failure when it was Ctrl-C that asked for it.
        return 0 if set(ways) == {"Warm"} else _INTERRUPTED
    return int(worker.exitcode or 0)
