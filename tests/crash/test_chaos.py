"""The benchmark that kills at random, on few pages; the same one that `make chaos` runs at length."""

import re
from dataclasses import replace

import pytest

from bench import breaker
from bench import chaos as bench
from bench.breaker import EMPTIED, Blow, Fallen, Plan, dice_of
from bench.chaos import Outcome, chaos, count
from tests.fake_readers import number_record
from tests.job_builders import failed_record, job_of, read_record

pytestmark = [pytest.mark.redis, pytest.mark.usefixtures("_redis_installed")]

PLAN = Plan(pages=60, kills=4, restarts=1)
#: A kill in the middle of a page, and a restart of Redis.
KILLED = Fallen(Blow(3, "child", 0), in_time=True, page="00010.png")
RESTARTED = Fallen(Blow(9, "redis", 0), in_time=True)
#: What :data:`PLAN` is to come to.
SOUND = Outcome(results=60, begun=64, fallen=[KILLED] * 4 + [RESTARTED])


def test_few_pages_survive_it(capsys):
    code = bench.main(["--pages", "60", "--kills", "4", "--restarts", "2", "--quick", "--timeout", "180"])
    said = capsys.readouterr().out
    assert "redis, without its data at" in said
    assert "results 60, duplicates 0, lost 0, hangs 0; " in said, said
    assert "missed" not in said
    assert code == 0
    broken_off, again = re.search(r"; (\d) in the middle of a page\n.*, (\d+) of them again", said).groups()
    assert int(again) >= int(broken_off) >= 2


def test_the_seed_says_what_is_killed():
    plans = [dice_of(Plan(seed=seed)) for seed in (1, 1, 2)]
    assert plans[0] == plans[1] != plans[2]
    assert len(plans[0]) == 22


def test_nothing_is_left_to_be_killed_when_few_pages_are_missing():
    assert all(blow.moment < 48 for seed in range(50) for blow in dice_of(replace(PLAN, seed=seed)))


def test_what_is_missing_or_stands_twice_or_is_another_pages_is_counted(tmp_path):
    job = job_of(tmp_path, [31, 32, 33, 34])
    first, second, third, _ = job.entries
    job.write_record(first.key, read_record(first, [number_record("31")]))
    job.write_record(second.key, read_record(second, [number_record("32"), number_record("31", number=2)]))
    job.write_record(third.key, failed_record(third, "worker-lost"))
    outcome = Outcome()
    count(job, outcome)
    assert (outcome.results, outcome.duplicates, outcome.wrong, outcome.lost) == (2, 1, 1, 2)


def test_a_run_that_shows_what_it_is_to_show_has_no_faults():
    assert SOUND.faults(PLAN) == []
    emptied = Fallen(Blow(9, EMPTIED, 0), in_time=True)
    assert replace(SOUND, fallen=[KILLED] * 4 + [emptied], queued_again=1).faults(PLAN) == []


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"results": 59}, "59 of 60 pages have a result"),
        ({"duplicates": 1}, "1 results stand twice"),
        ({"wrong": 1}, "1 results are another page's"),
        ({"lost": 1}, "1 pages are lost"),
        ({"hangs": 1}, "1 things hung"),
        ({"left": ["digitize:held"]}, "left in Redis: digitize:held"),
        ({"fallen": [KILLED] * 4}, "4 of 5 were killed while pages were missing"),
        (
            {"fallen": [*SOUND.fallen[:4], replace(RESTARTED, in_time=False)]},
            "4 of 5 were killed while pages were missing",
        ),
        (
            {"fallen": [KILLED, *[replace(KILLED, page=None)] * 3, RESTARTED]},
            "1 of 4 kills came in the middle of a page, not half of them",
        ),
        ({"begun": 63}, "4 pages were broken off, and 3 begun again"),
        ({"queued_again": 1}, "pages came back through the waiting program alone 1 times"),
    ],
)
def test_each_thing_that_is_missed_is_told(changed, fault):
    assert replace(SOUND, **changed).faults(PLAN) == [fault]


def test_everything_is_ended_when_something_goes_wrong(tmp_path, monkeypatch):
    started = []

    class Told(breaker.Worker):
        def __init__(self, *args, **kwargs):
            super().__init__(*args, **kwargs)
            started.append(self.process)

    def fail(*_):
        raise ZeroDivisionError

    monkeypatch.setattr(breaker, "Worker", Told)
    monkeypatch.setattr(bench, "enqueue", fail)
    with pytest.raises(ZeroDivisionError):
        chaos(Plan(pages=60, workers=1, kills=0, restarts=0, quick=True), tmp_path)
    assert [process.poll() is not None for process in started] == [True]
