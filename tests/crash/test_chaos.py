"""The benchmark that kills at random, on few pages; the same one that `make chaos` runs at length."""

import pytest

from bench import chaos as bench
from bench.chaos import Outcome, Plan, chaos, count
from tests.fake_readers import number_record
from tests.job_builders import failed_record, job_of, read_record

pytestmark = [pytest.mark.redis, pytest.mark.usefixtures("_redis_installed")]


def test_few_pages_survive_it(capsys):
    code = bench.main(["--pages", "60", "--kills", "4", "--restarts", "1", "--quick", "--timeout", "180"])
    said = capsys.readouterr().out
    assert "results 60, duplicates 0, lost 0, hangs 0; " in said, said
    assert "left in Redis" not in said
    assert code == 0


def test_the_seed_says_what_is_killed(tmp_path):
    plans = [bench.dice_of(Plan(seed=seed)) for seed in (1, 1, 2)]
    assert plans[0] == plans[1] != plans[2]
    assert len(plans[0]) == 22


def test_what_is_missing_or_stands_twice_is_counted(tmp_path):
    job = job_of(tmp_path, [31, 32, 33, 34])
    first, second, third, _ = job.entries
    job.write_record(first.key, read_record(first, [number_record("31")]))
    job.write_record(second.key, read_record(second, [number_record("32"), number_record("32", number=2)]))
    job.write_record(third.key, failed_record(third, "worker-lost"))
    outcome = Outcome()
    count(job, outcome)
    assert (outcome.results, outcome.duplicates, outcome.lost) == (2, 1, 2)
    assert not outcome.holds(4)
    assert Outcome(results=4).holds(4)
    assert not Outcome(results=4, hangs=1).holds(4)


def test_everything_is_ended_when_something_goes_wrong(tmp_path, monkeypatch):
    started = []

    class Told(bench.Worker):
        def __init__(self, *args, **kwargs):
            super().__init__(*args, **kwargs)
            started.append(self.process)

    def fail(*_):
        raise ZeroDivisionError

    monkeypatch.setattr(bench, "Worker", Told)
    monkeypatch.setattr(bench, "enqueue", fail)
    with pytest.raises(ZeroDivisionError):
        chaos(Plan(pages=60, workers=1, kills=0, restarts=0, quick=True), tmp_path)
    assert [process.poll() is not None for process in started] == [True]
