"""Celery's worker, with everything around it: takes pages from the queue until it is told to stop."""

import logging
import os
import signal
import socket
import sys
from typing import TYPE_CHECKING, Any

from celery import signals

from worker.app import broker_url, make_app
from worker.attempts import AttemptCounter
from worker.begun_pages import BegunPages
from worker.dropped_messages import DroppedMessages
from worker.errors import DigitizeError
from worker.heartbeat import Heartbeat
from worker.held_pages import HeldPages
from worker.holding_transport import hold_pages_by_name
from worker.lasting_pool import LastingPool
from worker.liveness import Liveness
from worker.message_gate import MessageGate
from worker.page_events import PageEvents
from worker.queue import connect
from worker.queue_clearing import QueueClearing
from worker.reader_cache import get_reader, prepare_process
from worker.reconnecting import reconnect_soon
from worker.roots import roots_of
from worker.shortage import remedy_for, what_was_said
from worker.tasks import add_tasks
from worker.unseen_folders import UnseenFolders
from worker.watched_worker import watched
from worker.worker_log import worker_log
from worker.worker_watch import STALL_REMEDY

if TYPE_CHECKING:
    from celery import Celery

    from worker.settings import Settings

__all__ = ["read_from_queue"]

log = logging.getLogger(__name__)

#: Exit code after a second Ctrl-C: pages were given back unfinished.
_INTERRUPTED = 130


def read_from_queue(
    settings: "Settings",
    jobs: int,
    model: str | None,
    *,
    reader_factory: str,
    log_level: str,
    liveness: Liveness,
    **task_options: float,
) -> int:
    """Read pages from the queue with `jobs` processes until SIGTERM, SIGHUP or Ctrl-C.

    Parameters
    ----------
    settings, jobs, reader_factory, log_level, liveness, **task_options
        As for :func:`worker.serve.run_worker`.
    model : str or None
        From :func:`worker.asked_model.model_reference`; it was tried.

    Returns
    -------
    int
        Exit code of the worker.

    Raises
    ------
    SettingsInvalid
        The metrics cannot be served where they are to be.
    DigitizeError
        The worker stood still, or could open no further connection.
    """
    app = make_app(settings, liveness)
    shortages: list[OSError] = []
    reconnect_soon(app, shortages.append)
    client = connect(broker_url(settings))
    events, heartbeat = PageEvents(), Heartbeat(client, settings.key_prefix, liveness)
    attempts = AttemptCounter(client, settings.key_prefix)
    pages = HeldPages(client, settings.key_prefix, settings.queue, heartbeat, liveness)

    def count_dropped(many: int) -> None:
        attempts.count_dropped(many)
        events.tell("dropped", "")  # to clear the queue of what is no page is progress, too

    dropped = DroppedMessages()
    gate = MessageGate(count_dropped, dropped)
    clearing = QueueClearing(client, settings.key_prefix, settings.queue, heartbeat.worker, gate)
    hold_pages_by_name(pages, gate, clearing.clear)
    begun = BegunPages()
    unseen = UnseenFolders(client, settings.key_prefix, settings.task_soft_time_limit_s)
    add_tasks(
        app,
        settings,
        attempts,
        events,
        reader_factory=reader_factory,
        begun=begun,
        unseen=unseen,
        **task_options,
    )

    def prepare(**_: Any) -> None:
        # A terminal that goes away tells all processes; these are told what to do by the worker alone.
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        _prepare_or_end(reader_factory, model, settings.max_memory_mb)
        events.tell("ready", "", model=get_reader(reader_factory, model).model.id)

    with worker_log(settings, log_level), watched(settings, jobs, events, heartbeat, dropped, begun) as watch:
        _warn_of_missing_roots(settings)
        signals.worker_process_init.connect(prepare, weak=False)
        try:
            code = _serve(app, jobs, log_level, events=settings.task_events)
        finally:
            signals.worker_process_init.disconnect(prepare)
            pages.leave()
            dropped.say_the_rest(at_once=True)
    if watch.stalled:
        raise DigitizeError(watch.stalled, remedy=STALL_REMEDY)
    if shortages:
        said, remedy = what_was_said(shortages[0]), remedy_for(shortages[0])
        raise DigitizeError(f"this worker can open no further connection: {said}", remedy=remedy)
    return code


def _warn_of_missing_roots(settings: "Settings") -> None:
    """Say so once: a folder may be mounted later, and one that is misspelt never comes."""
    roots = roots_of(settings)
    for folder in roots.not_there() if roots else ():
        log.warning("%r, one of roots, is not there: nothing in it is read until it is", str(folder))


def _prepare_or_end(reader_factory: str, model: str | None, max_memory_mb: int) -> None:
    """Make a fresh process ready; one that cannot be held to its limits ends, for Celery would let it read.

    Raises
    ------
    DigitizeError
        The model is refused, which is recorded with the first page; the limits hold.
    """
    try:
        prepare_process(reader_factory, model, max_memory_mb=max_memory_mb)
    except DigitizeError:
        raise
    except BaseException:
        log.exception("this process cannot be made ready to read, and ends")
        sys.exit(1)


def _worker_class(app: "Celery") -> Any:
    """Return the class of Celery's worker that is stopped by SIGHUP as by SIGTERM.

    Without a terminal Celery would begin the program anew in its place, and with one leave the signal to
    whoever took it before.
    """

    class Worker(app.Worker):  # type: ignore[misc] # Celery has no types
        def install_platform_tweaks(self, worker: Any) -> None:
            is_ignored = signal.getsignal(signal.SIGHUP) == signal.SIG_IGN  # as nohup asks for
            super().install_platform_tweaks(worker)
            handler = signal.SIG_IGN if is_ignored else signal.getsignal(signal.SIGTERM)
            signal.signal(signal.SIGHUP, handler)

    return Worker


def _serve(app: "Celery", jobs: int, log_level: str, *, events: bool) -> int:
    """Run Celery's worker, and return its exit code."""
    ways: list[str] = []

    def note_the_way(how: str, **_: Any) -> None:
        ways.append(how)

    signals.worker_shutting_down.connect(note_the_way, weak=False)
    try:
        worker = _worker_class(app)(
            hostname=f"digitize-{os.getpid()}@{socket.gethostname()}",
            concurrency=jobs,
            pool=LastingPool,
            loglevel=log_level,
            quiet=True,
            optimization="fair",
            without_gossip=True,
            without_mingle=True,
            # Its heartbeats go out as events; nobody takes them unless pages' events are taken, too.
            without_heartbeat=not events,
        )
        worker.start()
    finally:
        signals.worker_shutting_down.disconnect(note_the_way)
    if ways:
        # Celery would call it a failure when it was Ctrl-C that asked for it.
        return 0 if set(ways) == {"Warm"} else _INTERRUPTED
    return int(worker.exitcode or 0)
