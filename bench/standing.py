"""Processes that read pages, stand ready between two turns, and take the same pages one way or the other."""

import multiprocessing
import time
from collections.abc import Callable
from contextlib import ExitStack
from multiprocessing.queues import SimpleQueue
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from bench.queue_figures import Way
from bench.rig import RedisServer, Worker, is_ready, no_settings_around, processor_s, settings_for, soon
from worker.embedded import run_embedded
from worker.jobs import Job
from worker.queue import enqueue
from worker.reader_cache import DEFAULT_READER, get_reader, prepare_process
from worker.settings import load_settings

__all__ = ["PATIENCE_S", "Bare", "Pool", "Queue", "Readers"]

#: Nothing that is measured here takes as long.
PATIENCE_S = 900.0
#: How often it is looked whether all pages are read.
_LOOK_S = 0.25


class Readers(Protocol):
    """Some processes that read what a job names."""

    def read(self, job: Job) -> Way:
        """Read all its pages and tell what that took."""


class _Standing:
    """What is started once and ended once; whatever goes wrong between."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _where: TracebackType | None
    ) -> None:
        self.end()

    def end(self) -> None:
        """End its processes."""


class Bare(_Standing):
    """Processes that decode and read and do nothing else, each taking the next page as soon as it is free.

    Parameters
    ----------
    processes : int
        How many.
    """

    def __init__(self, processes: int) -> None:
        context = multiprocessing.get_context("spawn")
        self._pages: SimpleQueue[Path | None] = context.SimpleQueue()
        self._read: SimpleQueue[None] = context.SimpleQueue()
        self._processes = [
            context.Process(target=_read_bare, args=(self._pages, self._read), daemon=True)
            for _ in range(processes)
        ]
        for process in self._processes:
            process.start()
        for _ in self._processes:  # each says that it holds its model
            self._read.get()

    def read(self, job: Job) -> Way:
        """Read the pages of a job."""
        numbers = [process.pid for process in self._processes if process.pid is not None]
        pages = [Path(entry.path) for entry in job.entries]
        started_s, taken_s = time.perf_counter(), processor_s(numbers)
        for page in pages:
            self._pages.put(page)
        for _ in pages:
            self._read.get()
        return _way(time.perf_counter() - started_s, processor_s(numbers) - taken_s, len(pages))

    def end(self) -> None:
        """Have them end."""
        for _ in self._processes:
            self._pages.put(None)
        for process in self._processes:
            process.join(PATIENCE_S)


def _read_bare(pages: "SimpleQueue[Path | None]", read: "SimpleQueue[None]") -> None:
    from segmentation.page import decode_page

    prepare_process(DEFAULT_READER, None)
    reader = get_reader(DEFAULT_READER, None)
    read.put(None)
    while (file := pages.get()) is not None:
        reader.read_page(decode_page(file.read_bytes()))
        read.put(None)


class Pool(_Standing):
    """The run without a server. It starts its processes for each job: that and its first page count apart.

    Parameters
    ----------
    processes : int
        How many.
    """

    def __init__(self, processes: int) -> None:
        with no_settings_around():
            self._settings = load_settings(jobs=processes)

    def read(self, job: Job) -> Way:
        """Read the pages of a job."""
        done_s: list[float] = []
        started_s = time.perf_counter()
        run_embedded(
            job, job.entries, self._settings, lambda *_: done_s.append(time.perf_counter() - started_s)
        )
        return Way((done_s[-1] - done_s[0]) / (len(done_s) - 1), first_s=done_s[0])


class Queue(_Standing):
    """A worker behind a Redis of its own.

    Parameters
    ----------
    folder : Path
        For the data of Redis, and what the worker says.
    processes : int
        That read.
    """

    def __init__(self, folder: Path, processes: int) -> None:
        folder.mkdir(parents=True)
        self._redis = RedisServer(folder / "redis")
        self._settings = settings_for(self._redis, jobs=processes)
        self._started = ExitStack()
        try:
            self._started.callback(self._redis.kill)
            self._redis.start()
            self._worker = Worker(self._redis, DEFAULT_READER, processes, folder / "log", quick=False)
            self._started.callback(self._end_worker)
            self._soon(lambda: is_ready(self._redis, self._worker.process.pid, processes), "a ready worker")
        except BaseException:
            self.end()
            raise

    def read(self, job: Job) -> Way:
        """Read the pages of a job.

        Page files are only counted, and seldom, until all are there: to look takes the time of those who
        read. When the last one was written is what its file says.
        """
        pages = len(job.entries)
        started_s, taken_s = time.time(), self._processor_s()
        enqueue(job, job.entries, self._settings)
        self._soon(lambda: len(_page_files(job)) == pages, "all pages are read")
        seconds = max(file.stat().st_mtime for file in _page_files(job)) - started_s
        taken_s = self._processor_s() - taken_s
        assert job.progress().read == pages
        return _way(seconds, taken_s, pages)

    def end(self) -> None:
        """End the worker and its Redis."""
        self._started.close()

    def _end_worker(self) -> None:
        if self._worker.process.poll() is None:
            self._worker.stop()
        self._worker.end()

    def _processor_s(self) -> float:
        """Return what the worker and Redis have taken: without a queue nobody would need the latter."""
        return self._worker.processor_s() + processor_s([self._redis.process])

    @staticmethod
    def _soon(look: Callable[[], object], what: str) -> None:
        soon(look, what, PATIENCE_S, _LOOK_S)


def _way(seconds: float, taken_s: float, pages: int) -> Way:
    return Way(seconds / pages, taken_s / pages)


def _page_files(job: Job) -> list[Path]:
    try:
        # Those of long jobs lie on shelves.
        return list((job.local_path / "pages").rglob("*.json"))
    except FileNotFoundError:
        return []
