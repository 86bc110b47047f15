"""What the queue costs: pages a second through Redis beside the bare reader on the same cores.

    python -m bench.queue [--pages N] [--jobs N] [--queued N] [--kills N]

Pages are those of `examples/scans`, again and again. "bare" are processes that decode and read and do
nothing else; "pool" is the run without a server; "queue" is a worker behind a Redis of its own. All have
loaded their reader before the clock starts, but the pool, whose start is told beside it. Then how quickly
pages are queued, and after how long a page is begun again whose process, or whole worker, was killed.
Processor time says what the queue costs also where others use the machine.
"""

import argparse
import multiprocessing
import os
import shutil
import signal
import tempfile
import time
from collections.abc import Callable, Sequence
from multiprocessing.queues import SimpleQueue
from multiprocessing.synchronize import Barrier
from pathlib import Path
from statistics import median

from redis import Redis

from bench.plain_reader import BEGUN, FACTORY, TAKES
from bench.rig import RedisServer, Worker, children_of, draw_job, settings_for, soon
from worker.embedded import run_embedded, usable_cores
from worker.heartbeat import workers_alive
from worker.job_folder import ReadOptions
from worker.jobs import Job, PageEntry
from worker.queue import enqueue
from worker.reader_cache import DEFAULT_READER, get_reader, prepare_process
from worker.settings import Settings

__all__ = ["main"]

EXAMPLES = Path(__file__).parents[1] / "examples" / "scans"

#: A page that a kill is to come in the middle of.
_LONG_PAGE_S = 2.0

#: Nothing that is measured here takes as long.
_PATIENCE_S = 900.0


def _copied_job(folder: Path, pages: int) -> Job:
    """Make a job of copies of the example pages."""
    scans = folder / "scans"
    scans.mkdir(parents=True)
    examples = sorted(EXAMPLES.iterdir())
    entries = []
    for number in range(pages):
        example = examples[number % len(examples)]
        path = scans / f"{number:05d}{example.suffix}"
        shutil.copy(example, path)
        entries.append(PageEntry.of(path, name=path.name))
    return Job.create(folder / "job", entries, [], ReadOptions())


def _bare(job: Job, jobs: int) -> tuple[float, float]:
    """Return the seconds in which bare processes read the pages, by clock and processor."""
    context = multiprocessing.get_context("spawn")
    ready, taken = context.Barrier(jobs + 1), context.SimpleQueue()
    shares = [[entry.file for entry in [*job.entries][place::jobs]] for place in range(jobs)]
    readers = [
        context.Process(target=_read_bare, args=(share, ready, taken), daemon=True) for share in shares
    ]
    for reader in readers:
        reader.start()
    ready.wait(_PATIENCE_S)
    started_s = time.perf_counter()
    for reader in readers:
        reader.join(_PATIENCE_S)
    return time.perf_counter() - started_s, sum(taken.get() for _ in readers)


def _read_bare(files: Sequence[Path], ready: Barrier, taken: "SimpleQueue[float]") -> None:
    from segmentation.page import decode_page

    prepare_process(DEFAULT_READER, None)
    reader = get_reader(DEFAULT_READER, None)
    ready.wait(_PATIENCE_S)
    started_s = time.process_time()
    for file in files:
        reader.read_page(decode_page(file.read_bytes()))
    taken.put(time.process_time() - started_s)


def _pool(job: Job, settings: Settings) -> tuple[float, float]:
    """Return the seconds of a run without a server, and those until its first page was done."""
    done_s: list[float] = []
    started_s = time.perf_counter()
    run_embedded(job, job.entries, settings, lambda *_: done_s.append(time.perf_counter() - started_s))
    return done_s[-1], done_s[0]


def _through_redis(
    job: Job, redis: RedisServer, settings: Settings, log: Path, jobs: int
) -> tuple[float, float]:
    """Return the seconds in which a worker that stands ready reads the pages, by clock and processor."""
    worker = Worker(redis, DEFAULT_READER, jobs, log, quick=False)
    try:
        _until_alive(redis, settings, 1)
        started_s, taken_s = time.perf_counter(), worker.processor_s()
        enqueue(job, job.entries, settings)
        soon(lambda: job.progress().done == len(job.entries), "all pages are read", _PATIENCE_S)
        return time.perf_counter() - started_s, worker.processor_s() - taken_s
    finally:
        worker.stop()
        worker.end()


def _queueing(folder: Path, settings: Settings, pages: int) -> tuple[float, float]:
    """Return the seconds in which pages are queued, by clock and processor."""
    entries = [
        PageEntry.of(folder / f"{number}.png", name="page", sha256="0" * 64) for number in range(pages)
    ]
    job = Job.create(folder / "job", entries, [], ReadOptions())
    started_s, taken_s = time.perf_counter(), time.process_time()
    enqueue(job, entries, settings)
    return time.perf_counter() - started_s, time.process_time() - taken_s


def _recovery(folder: Path, redis: RedisServer, settings: Settings, kill: Callable[[Worker], None]) -> float:
    """Return after how many seconds a page of a worker that was killed was begun by another one."""
    job, begun = draw_job(folder, 1), folder / "begun"
    begun.touch()
    variables = {BEGUN: str(begun), TAKES: str(_LONG_PAGE_S)}
    workers = [Worker(redis, FACTORY, 1, folder / "log", quick=False, **variables) for _ in range(2)]
    try:
        _until_alive(redis, settings, 2)
        enqueue(job, job.entries, settings)
        soon(begun.read_text, "the page is begun", _PATIENCE_S)
        (reading,) = (worker for worker in workers if _holds(redis, settings, worker))
        started_s = time.perf_counter()
        kill(reading)
        soon(lambda: len(begun.read_text().split()) == 2, "it is begun again", _PATIENCE_S)
        seconds = time.perf_counter() - started_s
        soon(lambda: not job.missing(), "it is read", _PATIENCE_S)
        return seconds
    finally:
        for worker in workers:
            if worker.process.poll() is None:
                worker.stop()
            worker.end()


def _holds(redis: RedisServer, settings: Settings, worker: Worker) -> bool:
    with Redis.from_url(redis.url) as client:
        held = client.hvals(f"{settings.key_prefix}held")
    return any(f":{worker.process.pid}:" in os.fsdecode(holder) for holder in held)


def _until_alive(redis: RedisServer, settings: Settings, workers: int) -> None:
    with Redis.from_url(redis.url) as client:
        soon(lambda: len(workers_alive(client, settings.key_prefix)) >= workers, "workers", _PATIENCE_S)


def _kill_child(worker: Worker) -> None:
    for child in children_of(worker.process.pid):
        os.kill(child, signal.SIGKILL)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, and print the figures as a table in Markdown."""
    parser = argparse.ArgumentParser(prog="python -m bench.queue", description=__doc__)
    parser.add_argument("--pages", type=int, default=60, help="pages that are read each way; 0 for none")
    parser.add_argument("--jobs", type=int, default=usable_cores(), help="processes that read")
    parser.add_argument("--queued", type=int, default=10_000, help="pages that are only queued")
    parser.add_argument("--kills", type=int, default=3, help="recoveries of each kind; the median is told")
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as name:
        redis = RedisServer(Path(name) / "redis")
        redis.start()
        try:
            if chosen.pages:
                _throughput(Path(name), redis, chosen.pages, chosen.jobs)
            apart = settings_for(redis, key_prefix="apart:")
            seconds, taken_s = _queueing(Path(name) / "queued", apart, chosen.queued)
            queued, by_processor = chosen.queued / seconds, chosen.queued / taken_s
            print(
                f"\nqueueing: {queued:,.0f} pages/s by the clock, {by_processor:,.0f} by processor time",
                flush=True,
            )
            for what, kill in (("process", _kill_child), ("worker", Worker.kill)):
                folders = [Path(name) / f"{what}-{number}" for number in range(chosen.kills)]
                again = [_recovery(folder, redis, settings_for(redis), kill) for folder in folders]
                if again:
                    print(f"begun again after its {what} was killed: {median(again):.2f} s", flush=True)
        finally:
            redis.kill()
    return 0


def _throughput(folder: Path, redis: RedisServer, pages: int, jobs: int) -> None:
    """Measure and print how many pages a second are read each way."""
    settings = settings_for(redis, jobs=jobs)
    print(f"| {pages} pages, {jobs} processes | pages/s | of bare | processor ms a page |")
    print("|---|---:|---:|---:|")
    seconds, taken_s = _bare(_copied_job(folder / "bare", pages), jobs)
    bare = pages / seconds
    print(f"| bare | {bare:.2f} | 1.00 | {1000 * taken_s / pages:.0f} |", flush=True)
    seconds, first_s = _pool(_copied_job(folder / "pool", pages), settings)
    pool = (pages - 1) / (seconds - first_s)
    print(f"| pool, after {first_s:.2f} s for the first | {pool:.2f} | {pool / bare:.2f} |  |", flush=True)
    job = _copied_job(folder / "queue", pages)
    seconds, taken_s = _through_redis(job, redis, settings, folder / "log", jobs)
    cost = f"{1000 * taken_s / pages:.0f}"
    print(f"| queue | {pages / seconds:.2f} | {pages / seconds / bare:.2f} | {cost} |", flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
