"""A job whose workers, their children and whose Redis are killed at random: no page lost, none twice.

    python -m bench.chaos [--pages N] [--workers N] [--kills N] [--restarts N] [--seed S] [--timeout S]

The seed says what is killed, how, and after how many pages; it is killed while it reads one. A worker that
was killed is started again, as a supervisor would; each second time Redis comes back without its data. Exit
code 1 unless every page has its own result once, none is lost, nothing hangs, and nothing is left in Redis;
and unless everything was killed while pages were missing, at least every second kill in the middle of a page,
and nobody but workers saw to it that such a page was read, but where Redis had lost its data.
"""

import argparse
import csv
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from redis import Redis

from bench.breaker import EMPTIED, Breaker, Fallen, Plan
from bench.ending import ended_by_sigterm
from bench.plain_reader import pages_begun
from bench.rig import RedisServer, draw_job, settings_for, soon
from worker.errors import BrokerUnreachable, WaitTimedOut
from worker.heartbeat import living
from worker.held_pages import workers_with_a_place
from worker.jobs import Job
from worker.queue import enqueue
from worker.settings import Settings
from worker.tables import write_tables
from worker.waiting import QUEUED_AGAIN, wait_for

__all__ = ["Outcome", "chaos", "count", "main"]


@dataclass
class Outcome:
    """What came of it.

    Attributes
    ----------
    results, duplicates, wrong, lost, hangs : int
        Pages with a result in the table; rows too many; rows of another number than their page's; pages
        without a row; 1 if the job did not end in time,
        and 1 more for each process that did not end when told to.
    begun : int
        How often a page was begun: those above the number of pages were read again after a kill.
    queued_again : int
        How often the program that waits found pages missing that Redis did not hold, and queued them again.
    seconds : float
        From queueing to the table.
    fallen : list of Fallen
        What was killed, in order, and what came of that.
    left : list of str
        Keys that lie in Redis though all is done, and would stay there.
    """

    results: int = 0
    duplicates: int = 0
    wrong: int = 0
    lost: int = 0
    hangs: int = 0
    begun: int = 0
    queued_again: int = 0
    seconds: float = 0.0
    fallen: list[Fallen] = field(default_factory=list)
    left: list[str] = field(default_factory=list)

    @property
    def broken_off(self) -> int:
        """How many pages were broken off in the middle."""
        return sum(fallen.page is not None for fallen in self.fallen)

    def faults(self, plan: Plan) -> list[str]:
        """Say why the run does not show what it is to show; empty where it does."""
        blows = plan.kills + plan.restarts
        in_time = sum(fallen.in_time for fallen in self.fallen)
        emptied = sum(fallen.blow.what == EMPTIED for fallen in self.fallen)
        holds = {
            f"{self.results} of {plan.pages} pages have a result": self.results == plan.pages,
            f"{self.duplicates} results stand twice": not self.duplicates,
            f"{self.wrong} results are another page's": not self.wrong,
            f"{self.lost} pages are lost": not self.lost,
            f"{self.hangs} things hung": not self.hangs,
            f"{in_time} of {blows} were killed while pages were missing": in_time == blows,
            f"{self.broken_off} of {plan.kills} kills came in the middle of a page, not half of them": (
                self.broken_off >= plan.kills / 2
            ),
            f"{self.broken_off} pages were broken off, and {self.begun - plan.pages} begun again": (
                self.begun - plan.pages >= self.broken_off
            ),
            f"pages came back through the waiting program alone {self.queued_again} times": (
                self.queued_again <= emptied
            ),
            f"left in Redis: {', '.join(self.left)}": not self.left,
        }
        return [what for what, does_hold in holds.items() if not does_hold]


def count(job: Job, outcome: Outcome) -> None:
    """Count what stands in the table of a job."""
    write_tables(job)
    with (job.local_path / "results.csv").open(newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    files = [row["file"] for row in rows]
    outcome.results = len(set(files))
    outcome.duplicates = len(files) - len(set(files))
    # A page is named after its number.
    outcome.wrong = sum(row["text"] != Path(row["file"]).stem for row in rows)
    outcome.lost = len(job.entries) - len(set(files))


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
    breaker = None
    try:
        redis.start()
        settings = settings_for(redis)
        breaker = Breaker(plan, job, redis, folder)
        started_s = time.monotonic()
        enqueue(job, job.entries, settings)
        breaker.start()
        outcome.hangs += not _finished(job, settings, started_s + plan.timeout_s, outcome)
        outcome.seconds = time.monotonic() - started_s
        _settled(redis, settings)
        outcome.hangs += breaker.stop()
        outcome.fallen = breaker.fallen
        count(job, outcome)
        outcome.begun = sum(1 for _ in pages_begun(breaker.begun))
        keys = redis.lasting_keys(settings.key_prefix)
        outcome.left = [key for key in keys if "_kombu.binding" not in key]
    finally:
        if breaker is not None:
            breaker.end()
        redis.kill()
    return outcome


def _finished(job: Job, settings: Settings, until_s: float, outcome: Outcome) -> bool:
    """Wait as `submit` does, and go on as `resume` does where it ends; False if the time is up."""

    def tell(warning: str) -> None:
        outcome.queued_again += warning.endswith(QUEUED_AGAIN)
        _tell(warning)

    while True:
        try:
            left_s = max(until_s - time.monotonic(), 0.0)
            wait_for(job, settings, timeout_s=left_s, on_progress=lambda _: None, on_warning=tell)
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
    with ended_by_sigterm(), tempfile.TemporaryDirectory() as folder:
        outcome = chaos(plan, Path(folder))
    _print(outcome, plan)
    faults = outcome.faults(plan)
    for fault in faults:
        print(f"missed: {fault}")
    return 1 if faults else 0


def _print(outcome: Outcome, plan: Plan) -> None:
    broken = [f"{fallen.blow.what} at {fallen.blow.moment}" for fallen in outcome.fallen]
    print(f"killed: {', '.join(broken) or 'nothing'}; {outcome.broken_off} in the middle of a page")
    print(f"begun {outcome.begun} times, {outcome.begun - plan.pages} of them again; seed {plan.seed}")
    print(
        f"results {outcome.results}, duplicates {outcome.duplicates}, lost {outcome.lost}, "
        f"hangs {outcome.hangs}; {outcome.seconds:.1f} s"
    )


if __name__ == "__main__":
    raise SystemExit(main())
