"""What breaks a job: workers are killed in the middle of a page, whole or a process; Redis is restarted.

The seed of a plan says what is broken, and after how many pages, but not which page is broken off.
"""

import os
import random
import signal
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from bench.plain_reader import BEGUN, FACTORY, TAKES, pages_begun
from bench.rig import RedisServer, Worker, children_of
from worker.jobs import Job

__all__ = ["EMPTIED", "Blow", "Breaker", "Fallen", "Plan", "dice_of"]

#: How long a page takes: many times what lies between a look at who reads and the kill.
_PAGE_TAKES_S = 0.2

#: Between two looks at how far the job is.
_LOOK_EVERY_S = 0.02

#: A restart of Redis after which it holds nothing.
EMPTIED = "redis, without its data"


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


@dataclass(frozen=True)
class Blow:
    """One thing to break.

    Attributes
    ----------
    moment : int
        How many pages are done by then.
    what : str
        "child", "worker", "redis", or `EMPTIED`.
    place : int
        Which worker; where it reads nothing just then, the next one that does.
    """

    moment: int
    what: str
    place: int


@dataclass(frozen=True)
class Fallen:
    """What came of a blow.

    Attributes
    ----------
    blow : Blow
        What was broken.
    in_time : bool
        Whether a page was still missing afterwards.
    page : str or None
        The page that was broken off by it: begun, and without a record once its process was gone.
    """

    blow: Blow
    in_time: bool
    page: str | None = None


def dice_of(plan: Plan) -> list[Blow]:
    """Return what the seed of a plan says, in order; the last fifth of the pages is left alone."""
    dice = random.Random(plan.seed)
    moments = range(plan.pages // 50 + 1, plan.pages * 4 // 5)
    blows = plan.kills + plan.restarts
    redis_at = sorted(dice.sample(range(blows), plan.restarts))
    kinds = [dice.choice(("child", "worker")) for _ in range(blows)]
    for number, place in enumerate(redis_at):
        kinds[place] = EMPTIED if number % 2 else "redis"
    places = [dice.randrange(plan.workers) for _ in range(blows)]
    return [Blow(*blow) for blow in zip(sorted(dice.choices(moments, k=blows)), kinds, places, strict=True)]


class Breaker(threading.Thread):
    """Breaks one thing after the other, each when the job has come that far.

    Parameters
    ----------
    plan : Plan
        What to break.
    job : Job
        Of pages of :func:`bench.rig.draw_job`.
    redis : RedisServer
        Runs already.
    folder : Path
        For what workers say, and the pages that they begin.
    """

    def __init__(self, plan: Plan, job: Job, redis: RedisServer, folder: Path) -> None:
        super().__init__(name="breaker", daemon=True)
        self._plan, self._job, self._redis, self._folder = plan, job, redis, folder
        self._keys = {entry.name: entry.key for entry in job.entries}
        self._over = threading.Event()
        self._ended: list[Worker] = []
        self.begun = folder / "begun"
        self.begun.touch()
        self.fallen: list[Fallen] = []
        self.workers = [self._new_worker() for _ in range(plan.workers)]

    def run(self) -> None:
        """Let all blows fall, or as many as do before the job is over."""
        for blow in dice_of(self._plan):
            while self._done() < blow.moment:
                if self._over.wait(_LOOK_EVERY_S):
                    return
            page = None
            if blow.what.startswith("redis"):
                self._redis.restart(empty=blow.what == EMPTIED)
            else:
                page = self._kill(blow)
            if self._over.is_set():
                return
            self.fallen.append(Fallen(blow, self._done() < self._plan.pages, page))

    def stop(self) -> int:
        """Break nothing more, let all workers end, and return how many did not."""
        self._break_no_more()
        return sum(not worker.stop() for worker in self.workers)

    def end(self) -> None:
        """End everything."""
        self._break_no_more()
        for worker in (*self.workers, *self._ended):
            worker.end()

    def _break_no_more(self) -> None:
        self._over.set()
        if self.is_alive():
            self.join()

    def _kill(self, blow: Blow) -> str | None:
        """Kill a worker, or its process that reads, while it reads; return the page if that broke it off."""
        while (found := self._reading(blow.place)) is None:
            if self._over.wait(_LOOK_EVERY_S):
                return None
        place, child, page = found
        worker = self.workers[place]
        if blow.what == "child":
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
            worker.wait_until_gone(child)
        else:
            worker.kill()
            worker.wait_until_gone()
            self._ended.append(worker)
            self.workers[place] = self._new_worker()
        return page if self._is_missing(page) else None

    def _reading(self, first: int) -> tuple[int, int, str] | None:
        """Return the first worker, from one on, that is reading: its place, its process, and the page.

        No page is broken off twice, for one that loses three processes is given up, as it should be.
        """
        spared = {fallen.page for fallen in self.fallen}
        last = {process: page for page, process in pages_begun(self.begun)}
        for turn in range(len(self.workers)):
            place = (first + turn) % len(self.workers)
            for child in children_of(self.workers[place].process.pid):
                page = last.get(child)
                if page is not None and page not in spared and self._is_missing(page):
                    return place, child, page
        return None

    def _is_missing(self, page: str) -> bool:
        return self._job.outcome(self._keys[page]) is None

    def _done(self) -> int:
        return sum(1 for _ in (self._job.local_path / "pages").rglob("*.json"))

    def _new_worker(self) -> Worker:
        variables = {BEGUN: str(self.begun), TAKES: str(_PAGE_TAKES_S)}
        return Worker(
            self._redis, FACTORY, 1, self._folder / "workers.log", quick=self._plan.quick, **variables
        )
