"""Reading here and now: a pool of processes on this machine, no server.

The parent only hands out pages and takes records, it never loads NumPy, OpenCV or the
network; each child loads the reader once. A child that dies in the middle of a page costs
that page one attempt and the others nothing.
"""

import logging
import os
from collections import Counter
from collections.abc import Callable, Collection
from concurrent.futures import FIRST_COMPLETED, wait
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from multiprocessing.context import SpawnContext
from multiprocessing.synchronize import RLock
from typing import TYPE_CHECKING

from pebble import ProcessExpired, ProcessFuture, ProcessPool

from worker.cancelling import cancelled_error, is_cancelled
from worker.current_folder import leave_if_gone
from worker.errors import DigitizeError, JobCancelled
from worker.failures import failed_page, record_failure, why_lost
from worker.job_folder import JobFolder
from worker.jobs import Job, PageEntry
from worker.log_lines import JsonLines, LogFormat, TextLines, about_page
from worker.object_path import Place
from worker.orphan import end_with_parent
from worker.page_task import process_page
from worker.places import Version
from worker.reader_cache import DEFAULT_READER, prepare_process, use_one_thread
from worker.records import PageRecord
from worker.roots import Roots, roots_of
from worker.shortage import remedy_for, what_was_said
from worker.signals import DeferredSignals, deferred_signals, interrupts_left_to_the_parent
from worker.waiting_pages import WaitingPages

if TYPE_CHECKING:
    from worker.settings import Settings

__all__ = ["run_embedded", "usable_cores"]

log = logging.getLogger(__name__)

#: Pages handed out per child: one being read, one waiting, so that no child ever waits for the parent.
_PAGES_PER_CHILD = 2

#: How long a Ctrl-C may wait until it is seen.
_LOOK_FOR_SIGNALS_EVERY_S = 0.1

#: Of what children say when details are asked for.
_CHILD_LOG_FORMAT = "%(name)s[%(process)d]: %(message)s"

OnDone = Callable[[PageEntry, PageRecord], None]


def usable_cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def run_embedded(
    job: Job,
    entries: Collection[PageEntry],
    settings: "Settings",
    on_done: OnDone,
    *,
    reader_factory: str = DEFAULT_READER,
) -> None:
    """Read pages with all cores and return when the last one is done.

    Parameters
    ----------
    job : Job
        Where the records go.
    entries : collection of PageEntry
        The pages to read, begun in this order.
    settings : Settings
        Number of processes, time limit, attempts.
    on_done : callable
        Called in this thread with each page as soon as it is done.
    reader_factory : str
        ``package.module:function`` that builds the reader in each child.

    Raises
    ------
    ModelRefused
        The model is missing or damaged; no page was touched.
    OutputNotWritable
        The job folder cannot be written. Pages that are done stay done.
    JobCancelled
        Somebody cancelled the job; pages that were being read have been finished.
    JobReplaced
        Another job has come into the folder.
    KeyboardInterrupt
        After the children have been stopped. Pages that are done stay done.
    """
    if not entries:
        return
    with deferred_signals() as signals:
        _EmbeddedRun(job, entries, settings, on_done, reader_factory, signals).run()


class _EmbeddedRun:
    """One run: which pages wait, which are handed out, how often each was begun."""

    def __init__(
        self,
        job: Job,
        entries: Collection[PageEntry],
        settings: "Settings",
        on_done: OnDone,
        factory: str,
        signals: DeferredSignals,
    ) -> None:
        self._job = job
        self._job_version = job.version()
        self._waiting = WaitingPages(entries)
        self._settings = settings
        self._on_done = on_done
        self._factory = factory
        self._signals = signals
        self._roots = roots_of(settings)
        self._children = min(settings.jobs or usable_cores(), len(entries))
        self._running: dict[ProcessFuture[PageRecord], PageEntry] = {}
        self._lost: Counter[str] = Counter()
        self._pools_lost = 0
        self._left_unread = 0

    def run(self) -> None:
        """Run pools until no page is left; a pool is replaced when it breaks as a whole."""
        leave_if_gone()
        while self._waiting or self._running:
            context = _ContextThatKeepsLocks()
            pool = self._make_pool(context)
            try:
                with interrupts_left_to_the_parent():
                    self._hand_out(pool)
                self._serve(pool)
            except BrokenProcessPool as error:
                self._take_back(error)
            finally:
                # Not close(): that would wait for pages of a run that is being given up.
                pool.stop()
                pool.join()
                context.locks.clear()
        if self._left_unread:
            raise cancelled_error(self._job)

    def _make_pool(self, context: SpawnContext) -> "ProcessPool":
        """Return a pool that starts its children, fresh interpreters, with the first page."""
        use_one_thread()
        return ProcessPool(
            max_workers=self._children,
            initializer=_start_child,
            initargs=(
                self._factory,
                self._job.options.model,
                self._settings.max_memory_mb,
                log.isEnabledFor(logging.DEBUG),
                self._settings.log_format,
            ),
            context=context,
        )

    def _serve(self, pool: "ProcessPool") -> None:
        """Hand out pages and take what comes back; of a cancelled job, nothing more is handed out."""
        while self._running:
            if self._left_unread or is_cancelled(self._job):
                self._left_unread += self._waiting.clear()
            done, _ = wait(self._running, _LOOK_FOR_SIGNALS_EVERY_S, return_when=FIRST_COMPLETED)
            self._signals.deliver()
            for future in done:
                self._take(future)
            self._hand_out(pool)

    def _hand_out(self, pool: "ProcessPool") -> None:
        """Keep every child busy; few pages are handed out at a time, so that stopping is quick."""
        while self._waiting and len(self._running) < self._children * _PAGES_PER_CHILD:
            entry = self._waiting.take()
            try:
                future = pool.schedule(
                    partial(_read_in_child, self._job.path, entry, factory=self._factory, roots=self._roots),
                    args=(self._lost[entry.key] + 1, self._job_version),
                    timeout=self._settings.task_time_limit_s,
                )
            except (RuntimeError, OSError) as error:
                self._waiting.put_first([entry])
                raise BrokenProcessPool(str(error)) from error
            self._running[future] = entry

    def _take(self, future: "ProcessFuture[PageRecord]") -> None:
        """Take one page back: done, lost with its child, out of time, or a reason to stop."""
        error = future.exception()
        if isinstance(error, BrokenProcessPool):
            raise error
        entry = self._running.pop(future)
        if error is None:
            self._pools_lost = 0
            self._on_done(entry, future.result())
        elif isinstance(error, JobCancelled):
            self._left_unread += 1
        elif isinstance(error, TimeoutError):
            limit_s = self._settings.task_time_limit_s
            self._fail(entry, "time-limit", f"reading took longer than {limit_s} s and was stopped")
        elif isinstance(error, ProcessExpired):
            self._count_loss(entry, f"ended with exit code {error.exitcode}")
        else:
            raise error

    def _count_loss(self, entry: PageEntry, how: str) -> None:
        """Try the page again, or give it up after as many lost children as the settings allow."""
        self._lost[entry.key] += 1
        lost = self._lost[entry.key]
        with about_page(self._job.path, entry.name, entry.page):
            log.warning("page %s of %r: its process %s (attempt %d)", entry.page, entry.name, how, lost)
        if lost < self._settings.max_attempts:
            self._waiting.put_last(entry)
        else:
            message = f"the process reading it was lost {lost} times; it {how}"
            self._fail(entry, "worker-lost", f"{message}{why_lost(self._settings.max_memory_mb)}")

    def _fail(self, entry: PageEntry, code: str, message: str) -> None:
        """Record a page that its child could not record; a record that made it in time stays."""
        failure = failed_page(
            path=entry.path, page=entry.page, sha256=entry.sha256, code=code, message=message
        )
        self._on_done(entry, record_failure(self._job, entry.key, failure, self._job_version))

    def _take_back(self, error: BrokenProcessPool) -> None:
        """Put the pages of a broken pool back; give up when pools break and no page gets done.

        Pages that are done after all are found done when their turn comes again.
        """
        self._pools_lost += 1
        why = what_was_said(error)
        if self._pools_lost >= self._settings.max_attempts:
            raise DigitizeError(
                f"the reading processes could not be started, or ended, {self._pools_lost} times "
                f"before a page was done{why and f': {why}'}",
                remedy=remedy_for(error),
            ) from error
        log.warning("the pool of processes broke%s, starting another", why and f" ({why})")
        self._waiting.put_first([*self._running.values()])
        self._running.clear()


class _ContextThatKeepsLocks(SpawnContext):
    """Starts children, and keeps the locks that they share until all of them are gone.

    A pool that stops drops its locks before its children: one that is just starting would look
    for a lock that is not there any more, and say so at length on standard error.
    """

    def __init__(self) -> None:
        self.locks: list[RLock] = []

    def RLock(self) -> RLock:
        """Return a new lock."""
        self.locks.append(super().RLock())
        return self.locks[-1]


def _start_child(
    factory: str, model: str | None, max_memory_mb: int, verbose: bool, log_format: LogFormat
) -> None:
    """Make a child ready before its first page comes.

    What happens to a page stands in its record, which the parent shows; a child that wrote to
    standard error, too, would say it twice and in between a progress bar.

    A refused model must not end the child, or the pool would start one after the other:
    it is refused again, and then reported, with the first page.
    """
    handler = logging.StreamHandler()
    as_json = log_format is LogFormat.JSON
    handler.setFormatter(JsonLines() if as_json else TextLines(_CHILD_LOG_FORMAT))
    logging.basicConfig(level=logging.DEBUG if verbose else logging.CRITICAL, handlers=[handler])
    logging.captureWarnings(True)
    end_with_parent()
    try:
        prepare_process(factory, model, max_memory_mb=max_memory_mb)
    except DigitizeError as error:
        log.debug("the reader did not load: %s", error)


def _read_in_child(
    folder: Place, entry: PageEntry, attempt: int, version: Version, *, factory: str, roots: Roots | None
) -> PageRecord:
    """Read a page in a child; a function of this module, because its name is what is sent."""
    if is_cancelled(JobFolder(folder)):
        raise JobCancelled("the job was cancelled before this page was begun")
    with about_page(folder, entry.name, entry.page):
        return process_page(
            folder, entry, attempt=attempt, reader_factory=factory, roots=roots, job_version=version
        )
