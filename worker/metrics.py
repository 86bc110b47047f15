"""What a worker serves to Prometheus, gathered in its parent from what its processes tell.

Prometheus' own mode for many processes keeps a file a process and metric in a folder: it wants a place to
write, which a hardened container has not, keeps the files of every process that was replaced, and mixes up
gauges. What is counted here comes over the pipe of :mod:`worker.page_events` and lives in one process, so
that a killed child takes nothing with it but its page.
"""

import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from worker.errors import DigitizeError
from worker.page_events import PageEvent
from worker.tool import tool_record

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry

__all__ = ["WorkerMetrics"]

#: Seconds: a page takes a quarter of one, and is stopped after 90, unless the settings say otherwise.
_BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0)

#: Kinds of :class:`~worker.page_events.PageEvent` under which a page's outcome is counted as it is.
_OUTCOMES = {"put-off": "put-off", "given-up": "given-up"}

#: The code of a page that is not tried any more because it cost so many processes.
_LOST = "worker-lost"
#: That of a page whose record cannot be written, or whose job cannot be looked at.
_UNWRITABLE = "unwritable"


class WorkerMetrics:
    """The metrics of one worker.

    Parameters
    ----------
    processes : int
        How many read.
    """

    def __init__(self, processes: int) -> None:
        try:
            import prometheus_client as prometheus  # only where metrics are asked for
        except ImportError:
            raise DigitizeError(
                "metrics need prometheus-client, which is not installed",
                remedy="Install again: `make install`; or leave out --metrics-port.",
            ) from None
        # When a counter began says process_start_time_seconds.
        prometheus.disable_created_metrics()  # type: ignore[no-untyped-call] # it has no types
        self.registry: CollectorRegistry = prometheus.CollectorRegistry()
        prometheus.ProcessCollector(registry=self.registry)
        counter = partial(prometheus.Counter, registry=self.registry)
        gauge = partial(prometheus.Gauge, registry=self.registry)
        histogram = partial(prometheus.Histogram, registry=self.registry)
        self._pages = counter("digitize_pages", "Pages by what became of them.", ["outcome", "code"])
        self._numbers = counter("digitize_numbers", "Numbers of pages by what became of them.", ["outcome"])
        self._attempts = counter("digitize_page_attempts", "Pages begun, again and again included.")
        self._lost = counter("digitize_processes_lost", "Processes that ended in the middle of a page.")
        self._quarantined = counter(
            "digitize_pages_quarantined", "Pages that nobody tries any more.", ["reason"]
        )
        self._stages = histogram(
            "digitize_stage_seconds", "Seconds of a page by step.", ["stage"], buckets=_BUCKETS
        )
        self._queue = gauge("digitize_queue_pages", "Pages that wait, for all workers of the queue.")
        self._broker = gauge("digitize_broker_up", "Whether the broker answers.")
        self._in_hand = gauge("digitize_pages_in_hand", "Pages being read by this worker.")
        self._progress = gauge(
            "digitize_last_progress_timestamp_seconds",
            "When a page was last begun or done, at first the start.",
        )
        self._model = gauge("digitize_model", "The model in use, always 1.", ["model"])
        self._up = gauge("digitize_worker_up", "Whether the worker takes pages.")
        gauge("digitize_worker_processes", "Processes that read.").set(processes)
        gauge("digitize_build", "Always 1.", ["version"]).labels(tool_record().version).set(1)
        self._queue.set(float("nan"))  # nobody has looked
        self._progress.set(time.time())
        self._begin_at_nought()

    def up_while(self, question: Callable[[], bool]) -> None:
        """Give what is asked, whenever the metrics are, whether the worker takes pages."""
        self._up.set_function(lambda: float(question()))

    def saw(self, event: PageEvent, in_hand: int) -> None:
        """Count what happened to a page."""
        self._in_hand.set(in_hand)
        if event.model:
            self._model.clear()
            self._model.labels(event.model).set(1)
        if event.kind == "ready":
            return
        self._progress.set(time.time())
        if event.kind == "begun":
            self._attempts.inc()
        elif event.kind == "lost":
            self._lost.inc()
        elif event.kind == "done":
            self._count_done(event)
        elif event.kind in _OUTCOMES:
            self._pages.labels(_OUTCOMES[event.kind], "").inc()
            if event.kind == "given-up":
                self._quarantined.labels(_UNWRITABLE).inc()

    def looked(self, waiting: int | None, in_hand: int) -> None:
        """Take down what a look at the queue found."""
        self._broker.set(waiting is not None)
        self._queue.set(float("nan") if waiting is None else waiting)
        self._in_hand.set(in_hand)

    def _begin_at_nought(self) -> None:
        """Serve what is alerted on before it happens: what begins at 1 has, to Prometheus, not risen."""
        for reason in (_LOST, _UNWRITABLE):
            self._quarantined.labels(reason)
        for outcome in _OUTCOMES.values():
            self._pages.labels(outcome, "")

    def _count_done(self, event: PageEvent) -> None:
        self._pages.labels(event.outcome, event.code).inc()
        if event.code == _LOST:
            self._quarantined.labels(_LOST).inc()
        for end, count in event.numbers.items():
            self._numbers.labels(end).inc(count)
        for stage, seconds in event.seconds.items():
            self._stages.labels(stage).observe(seconds)
