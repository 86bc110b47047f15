"""A job whose workers, their children and whose Redis are killed at random: no page lost, none twice.

    python -m bench.chaos [--pages N] [--workers N] [--kills N] [--restarts N] [--seed S] [--timeout S]

The seed says what is killed, how, and after how many pages. A worker that was killed is started again, as
a supervisor would; each second time Redis comes back without its data. Exit code 1 unless every page has
its result once, none is lost, and nothing hangs.
"""

import argparse
import csv
import os
import random
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from redis import Redis

from bench.plain_reader import BEGUN, FACTORY, TAKES
from bench.rig import RedisServer, Worker, children_of, draw_job, settings_for, soon
from worker.errors import BrokerUnreachable, WaitTimedOut
from worker.heartbeat import living
from worker.held_pages import workers_with_a_place
from worker.jobs import Job
from worker.queue import enqueue
from worker.settings import Settings
from worker.tables import write_tables
from worker.waiting import wait_for

__all__ = ["Blow", "Outcome", "Plan", "chaos", "count", "dice_of", "main"]

#: How long a page takes: long enough that most kills come in the middle of one.
_PAGE_TAKES_S = 0.02

#: Between two looks at how far the job is.
_LOOK_EVERY_S = 0.02


@dataclass(frozen=True)
class Plan:
    """What is broken, and when.

    Attributes
    ----------
    pages, workers, kills, restarts, seed : int
        Sizes, and where the dice begin.
    timeout_s : float
        A job that takes longer hangs.
    quick : bool
        Whether workers miss each other sooner than by default.
    """

    pages: int = 1000
    workers: int = 4
    kills: int = 20
    restarts: int = 2
    seed: int = 1
    timeout_s: float = 600.0
    quick: bool = False


@dataclass
class Outcome:
    """What came of it.

    Attributes
    ----------
    results, duplicates, lost, hangs : int
        Pages with a result in the table; rows too many; pages without one; 1 if the job did not end in time,
        and 1 more for each process that did not end when told to.
    begun : int
        How often a page was begun: those above the number of pages were read again after a kill.
    seconds : float
        From queueing to the table.
    broken : list of str
        What was killed, in order.
    left : list of str
        Keys that lie in Redis though all is done, and would stay there.
    """

    results: int = 0
    duplicates: int = 0
    lost: int = 0
    hangs: int = 0
    begun: int = 0
    seconds: float = 0.0
    broken: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)

    def holds(self, pages: int) -> bool:
        """Tell whether every page has its result once, and nothing hung."""
        return (self.results, self.duplicates, self.lost, self.hangs) == (pages, 0, 0, 0)


def count(job: Job, outcome: Outcome) -> None:
    """Count what stands in the table of a job."""
    write_tables(job)
    with (job.local_path / "results.csv").open(newline="", encoding="utf-8") as stream:
        files = [row["file"] for row in csv.DictReader(stream)]
    outcome.results = len(set(files))
    outcome.duplicates = len(files) - len(set(files))
    outcome.lost = len(job.entries) - len(set(files))


@dataclass(frozen=True)
class Blow:
    """One thing to break.

    Attributes
    ----------
    moment : int
        How many pages are done by then.
    what : str
        "child", "worker", "redis", or "redis, without its data".
    place : int
        Which worker.
    """

    moment: int
    what: str
    place: int


def dice_of(plan: Plan) -> list[Blow]:
    """Return what the seed of a plan says, in order."""
    dice = random.Random(plan.seed)
    moments = range(plan.pages // 50 + 1, plan.pages * 19 // 20)
    blows = plan.kills + plan.restarts
    redis_at = sorted(dice.sample(range(blows), plan.restarts))
    kinds = [dice.choice(("child", "worker")) for _ in range(blows)]
    for number, place in enumerate(redis_at):
        kinds[place] = "redis, without its data" if number % 2 else "redis"
    places = [dice.randrange(plan.workers) for _ in range(blows)]
    return [Blow(*blow) for blow in zip(sorted(dice.choices(moments, k=blows)), kinds, places, strict=True)]


class _Breaker(threading.Thread):
    """Breaks one thing after the other, each when the job has come that far."""

    def __init__(self, plan: Plan, job: Job, redis: RedisServer, folder: Path) -> None:
        super().__init__(name="breaker", daemon=True)
        self._plan, self._job, self._redis, self._folder = plan, job, redis, folder
        self._over = threading.Event()
        self.broken: list[str] = []
        self.ended: list[Worker] = []
        self.workers = [self._new_worker() for _ in range(plan.workers)]

    def run(self) -> None:
        for blow in dice_of(self._plan):
            while sum(1 for _ in (self._job.local_path / "pages").rglob("*.json")) < blow.moment:
                if self._over.wait(_LOOK_EVERY_S):
                    return
            what = self._broken_by(blow)
            self.broken.append(f"{what} at {blow.moment}")

    def stop(self) -> int:
        """Break nothing more, let all workers end, and return how many did not."""
        self._break_no_more()
        return sum(not worker.stop() for worker in self.workers)

    def end(self) -> None:
        """End everything."""
        self._break_no_more()
        for worker in (*self.workers, *self.ended):
            worker.end()

    def _break_no_more(self) -> None:
        self._over.set()
        if self.is_alive():
            self.join()

    def _broken_by(self, blow: Blow) -> str:
        """Break something, and say what; where a worker has no child just now it goes itself."""
        if blow.what.startswith("redis"):
            self._redis.restart(empty=blow.what != "redis")
            return blow.what
        worker = self.workers[blow.place]
        children = children_of(worker.process.pid)
        if blow.what == "child" and children:
            with suppress(ProcessLookupError):
                os.kill(children[0], signal.SIGKILL)
            return blow.what
        worker.kill()
        self.ended.append(worker)
        self.workers[blow.place] = self._new_worker()
        return "worker"

    def _new_worker(self) -> Worker:
        variables = {BEGUN: str(self._folder / "begun"), TAKES: str(_PAGE_TAKES_S)}
        return Worker(
            self._redis, FACTORY, 1, self._folder / "workers.log", quick=self._plan.quick, **variables
        )


def chaos(plan: Plan, folder: Path) -> Outcome:
    """Read a job while things are killed, and count what came of it; everything that was started is ended.

    Parameters
    ----------
    plan : Plan
        What to break.
    folder : Path
        For pages, job, Redis and logs.
    """
    outcome, redis = Outcome(), RedisServer(folder / "redis")
    job = draw_job(folder, plan.pages)
    redis.start()
    breaker = None
    try:
        settings = settings_for(redis)
        breaker = _Breaker(plan, job, redis, folder)
        started_s = time.monotonic()
        enqueue(job, job.entries, settings)
        breaker.start()
        outcome.hangs += not _finished(job, settings, started_s + plan.timeout_s)
        outcome.seconds = time.monotonic() - started_s
        _settled(redis, settings)
        outcome.hangs += breaker.stop()
        outcome.broken = breaker.broken
        count(job, outcome)
        outcome.begun = len((folder / "begun").read_text(encoding="ascii").splitlines())
        keys = redis.lasting_keys(settings.key_prefix)
        outcome.left = [key for key in keys if "_kombu.binding" not in key]
    finally:
        if breaker is not None:
            breaker.end()
        redis.kill()
    return outcome


def _finished(job: Job, settings: Settings, until_s: float) -> bool:
    """Wait as `submit` does, and go on as `resume` does where it ends; False if the time is up."""
    while True:
        try:
            left_s = max(until_s - time.monotonic(), 0.0)
            wait_for(job, settings, timeout_s=left_s, on_progress=lambda _: None, on_warning=_tell)
            return True
        except WaitTimedOut:
            return False
        except BrokerUnreachable as error:
            _tell(error.message)
            if time.monotonic() > until_s:
                return False
            with suppress(BrokerUnreachable):
                enqueue(job, job.missing(), settings)


def _settled(redis: RedisServer, settings: Settings) -> None:
    """Give those who live the time to clear up after the dead; what is left after that is told."""

    def is_settled() -> bool:
        with Redis.from_url(redis.url) as client:
            names = [f"{settings.key_prefix}{name}" for name in ("unacked", "held", settings.queue)]
            workers = workers_with_a_place(client, settings.key_prefix)
            return not client.exists(*names) and living(client, settings.key_prefix, workers) == workers

    with suppress(TimeoutError):
        soon(is_settled, "nothing is in hand")


def _tell(warning: str) -> None:
    print(warning, file=sys.stderr)


def main(arguments: Sequence[str] | None = None) -> int:
    """Break things, print what came of it, and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench.chaos", description=__doc__)
    default = Plan()
    for name in ("pages", "workers", "kills", "restarts", "seed"):
        parser.add_argument(f"--{name}", type=int, default=getattr(default, name))
    parser.add_argument("--timeout", type=float, default=default.timeout_s, help="seconds; longer is a hang")
    parser.add_argument("--quick", action="store_true", help="workers miss each other five times as soon")
    chosen = vars(parser.parse_args(arguments))
    plan = Plan(timeout_s=chosen.pop("timeout"), **chosen)
    with tempfile.TemporaryDirectory() as folder:
        outcome = chaos(plan, Path(folder))
    print(f"killed: {', '.join(outcome.broken) or 'nothing'}")
    print(f"begun {outcome.begun} times, {outcome.begun - plan.pages} of them again; seed {plan.seed}")
    print(
        f"results {outcome.results}, duplicates {outcome.duplicates}, lost {outcome.lost}, "
        f"hangs {outcome.hangs}; {outcome.seconds:.1f} s"
    )
    if outcome.left:
        print(f"left in Redis: {', '.join(outcome.left)}")
    return 0 if outcome.holds(plan.pages) else 1


if __name__ == "__main__":
    raise SystemExit(main())
