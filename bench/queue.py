"""What the queue costs: pages a second through Redis beside the bare reader on the same cores.

    python -m bench.queue [--pages N] [--turns N] [--jobs N] [--queued N] [--kills N]

Pages are those of `examples/scans`, again and again. "bare" are processes that decode and read and do
nothing else; "pool" is the run without a server; "queue" is a worker behind a Redis of its own. All have
loaded their reader before the clock starts, but the pool, whose start is told beside it. The ways take
many short turns, each is held against the bare one of its turn, and the median is told with the interval
that holds it in 95 of 100 samples of such turns: what else a machine does for some seconds slows all ways
of a turn. How much the bare reader gains from more processes is the most that any queue could. Then how
quickly pages are queued, and after how long a page is begun again whose process, or whole worker, was
killed.
Processor time, for the queue that of the worker and its Redis, says what the queue costs also where others
use the machine. At last each figure is held against what was asked of it; the exit code is 1 where one is
missed.
"""

import argparse
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from statistics import median

from redis import Redis

from bench.ending import ended_by_sigterm
from bench.plain_reader import BEGUN, FACTORY, TAKES
from bench.queue_figures import Figures, Turn, table, verdicts
from bench.rig import RedisServer, Worker, children_of, draw_job, settings_for, soon
from bench.standing import PATIENCE_S, Bare, Pool, Queue, Readers
from bench.verdict import exit_code
from worker.embedded import usable_cores
from worker.heartbeat import workers_alive
from worker.job_folder import ReadOptions
from worker.jobs import Job, PageEntry
from worker.queue import enqueue
from worker.settings import Settings

__all__ = ["main"]

EXAMPLES = Path(__file__).parents[1] / "examples" / "scans"

#: A page that a kill is to come in the middle of.
_LONG_PAGE_S = 2.0


def _copied_job(folder: Path, pages: int, first: int) -> Job:
    """Make a job of copies of the example pages, from one of them on."""
    scans = folder / "scans"
    scans.mkdir(parents=True)
    examples = sorted(EXAMPLES.iterdir())
    entries = []
    for number in range(pages):
        example = examples[(first + number) % len(examples)]
        path = scans / f"{number:05d}{example.suffix}"
        shutil.copy(example, path)
        entries.append(PageEntry.of(path, name=path.name))
    return Job.create(folder / "job", entries, [], ReadOptions())


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
        soon(begun.read_text, "the page is begun", PATIENCE_S)
        (reading,) = (worker for worker in workers if _holds(redis, settings, worker))
        started_s = time.perf_counter()
        kill(reading)
        soon(lambda: len(begun.read_text().split()) == 2, "it is begun again", PATIENCE_S)
        seconds = time.perf_counter() - started_s
        soon(lambda: not job.missing(), "it is read", PATIENCE_S)
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
        soon(lambda: len(workers_alive(client, settings.key_prefix)) >= workers, "workers", PATIENCE_S)


def _kill_child(worker: Worker) -> None:
    for child in children_of(worker.process.pid):
        os.kill(child, signal.SIGKILL)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print the figures as a table in Markdown and what was asked of them; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench.queue", description=__doc__)
    parser.add_argument("--pages", type=int, default=20, help="pages a process in each turn; 0 for none")
    parser.add_argument("--turns", type=int, default=24, help="how often; the median is told")
    parser.add_argument("--jobs", type=int, default=usable_cores(), help="processes that read")
    parser.add_argument("--queued", type=int, default=10_000, help="pages that are only queued; 0 for none")
    parser.add_argument("--kills", type=int, default=3, help="recoveries of each kind; the median is told")
    chosen = parser.parse_args(arguments)
    if chosen.pages == 1 or chosen.turns < 1 or chosen.jobs < 1:
        parser.error(
            "--turns and --jobs have to be above 0, --pages 0 or above 1: the first one is not counted"
        )
    with ended_by_sigterm(), tempfile.TemporaryDirectory() as name:
        redis = RedisServer(Path(name) / "redis")
        try:
            redis.start()
            figures = _measured(Path(name), redis, chosen)
        finally:
            redis.kill()
    return exit_code(verdicts(figures, usable_cores()))


def _measured(folder: Path, redis: RedisServer, chosen: argparse.Namespace) -> Figures:
    """Measure and print what was chosen, one thing after the other."""
    figures = Figures()
    if chosen.pages:
        figures.turns = [*_turns(folder, chosen.turns, chosen.pages, chosen.jobs)]
        print(f"{table(figures.turns, chosen.pages)}\n", flush=True)
    if chosen.queued:
        apart = settings_for(redis, key_prefix="apart:")
        seconds, taken_s = _queueing(folder / "queued", apart, chosen.queued)
        figures.queued_a_second = chosen.queued / seconds
        by_clock, by_processor = f"{figures.queued_a_second:,.0f}", f"{chosen.queued / taken_s:,.0f}"
        print(f"queueing: {by_clock} pages/s by the clock, {by_processor} by processor time", flush=True)
    for what, kill in (("process", _kill_child), ("worker", Worker.kill)):
        folders = [folder / f"{what}-{number}" for number in range(chosen.kills)]
        again = [_recovery(each, redis, settings_for(redis), kill) for each in folders]
        figures.recoveries_s[what] = again
        if again:
            print(f"begun again after its {what} was killed: {median(again):.2f} s", flush=True)
    return figures


def _turns(folder: Path, turns: int, pages: int, jobs: int) -> Iterator[Turn]:
    """Let the ways read the same pages in turn, each turn in another order.

    All stand ready from before the first turn to after the last one, which is short: a machine that others
    use is slow for seconds or minutes, and what it is slow for has to be both sides of a ratio.
    """
    numbers = sorted({1, min(2, jobs), jobs})
    any_order = random.Random(0)
    with ExitStack() as standing:
        ways: dict[tuple[str, int], Readers] = {}
        for number in numbers:
            ways["bare", number] = standing.enter_context(Bare(number))
            ways["pool", number] = Pool(number)
            ways["queue", number] = standing.enter_context(Queue(folder / f"queue-{number}", number))
        for turn in range(turns + 1):
            _say(f"turn {turn} of {turns}" if turn else "each process grows to its size")
            found = {}
            for what, number in any_order.sample([*ways], len(ways)):
                here = folder / f"turn-{turn}-{what}-{number}"
                # Each time from another example on: of the pool's pages the first one is not counted.
                found[what, number] = ways[what, number].read(_copied_job(here, pages * number, first=turn))
                shutil.rmtree(here)
            if turn:
                yield {way: found[way] for way in ways}


def _say(how_far: str) -> None:
    print(how_far, file=sys.stderr, flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
