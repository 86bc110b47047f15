"""A worker with everything that watches it: its sign of life, its watch, and its metrics where asked for."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

from celery import signals

from worker.heartbeat import Heartbeat
from worker.metrics import WorkerMetrics
from worker.metrics_server import MetricsServer
from worker.page_events import PageEvents
from worker.worker_watch import Watch, Witness

if TYPE_CHECKING:
    from celery.utils.dispatch import Signal

    from worker.settings import Settings

__all__ = ["watched"]


@contextmanager
def watched(
    settings: "Settings", jobs: int, events: PageEvents, heartbeat: Heartbeat, *witnesses: Witness
) -> Iterator[Watch]:
    """Watch whatever worker runs in between, from when it is ready until it is told to end.

    Parameters
    ----------
    settings : Settings
        Broker, time limits, and where metrics are served.
    jobs : int
        Number of processes.
    events : PageEvents
        What the processes tell; closed in the end.
    heartbeat : Heartbeat
        The sign of life; taken back in the end.
    *witnesses : Witness
        Told of what the watch sees, beside the metrics.

    Yields
    ------
    Watch
        Which says in the end whether the worker stood still.

    Raises
    ------
    SettingsInvalid
        The metrics cannot be served where they are to be.
    DigitizeError
        What serves them is not installed.
    """
    with ExitStack() as stack:
        stack.callback(events.close)
        metrics = WorkerMetrics(jobs) if settings.metrics_port else None
        watch = Watch(settings, events, [*witnesses, *([metrics] if metrics else [])])
        if metrics and settings.metrics_port:
            metrics.up_while(heartbeat.beats)
            _serve(settings.metrics_host, settings.metrics_port, metrics, watch, heartbeat, stack)
        stack.callback(watch.join)
        stack.callback(heartbeat.stop)
        _connect(signals.worker_ready, heartbeat.start, stack)
        _connect(signals.worker_ready, watch.start, stack)
        _connect(signals.worker_shutting_down, watch.stop, stack)
        yield watch


def _serve(
    host: str, port: int, metrics: WorkerMetrics, watch: Watch, heartbeat: Heartbeat, stack: ExitStack
) -> None:
    """Serve metrics until the end; the port is taken before any page is, or not at all."""
    server = MetricsServer(host, port, metrics.registry, live=watch.alive, ready=heartbeat.beats)
    stack.callback(server.close)
    _connect(signals.worker_process_init, server.leave_to_parent, stack)
    server.start()


def _connect(signal: "Signal", receiver: Any, stack: ExitStack) -> None:
    signal.connect(receiver, weak=False)
    stack.callback(signal.disconnect, receiver)
