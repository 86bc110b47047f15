"""What the queue costs: ratios of one and the same turn, and each figure held against what was asked."""

import os
import shutil
from dataclasses import replace
from multiprocessing import resource_tracker
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from bench import queue as bench
from bench import standing
from bench.queue_figures import Figures, Way, interval_of, table, verdicts
from bench.rig import children_of


def turn(*, bare=(1.0, 0.5), queue=(1.0, 0.5)):
    """Return a turn by seconds a page, of one process and of two."""
    ways = {}
    for place, number in enumerate((1, 2)):
        ways["bare", number] = Way(bare[place], by_processor_s=0.1)
        ways["pool", number] = Way(bare[place], first_s=0.6)
        ways["queue", number] = Way(queue[place], by_processor_s=0.11)
    return ways


SOUND = Figures([turn()], 20_000.0, {"process": [0.2, 0.3], "worker": [9.9, 12.0]})


def test_all_that_was_measured_is_held_against_what_was_asked():
    assert [verdict.line for verdict in verdicts(SOUND, cores=2)] == [
        "asked: at least 0.95 of what bare processes read, with 1 process: 1: reached",
        "asked: at least 0.95 of what bare processes read, with 2 processes: 1: reached",
        "asked: at least 1.9 times as much with two processes as with one: 2: reached",
        "asked: at least 2,000 pages queued a second: 20,000: reached",
        "asked: at most 15 s until a page is begun again whose process was killed, each time: 0.3: reached",
        "asked: at most 15 s until a page is begun again whose worker was killed, each time: 12: reached",
    ]


@pytest.mark.parametrize(
    ("changed", "missed"),
    [
        ({"turns": [turn(queue=(1.06, 0.5))]}, "with 1 process: 0.9434"),
        ({"turns": [turn(bare=(1.0, 0.49), queue=(1.0, 0.52))]}, "with 2 processes: 0.9423"),
        ({"turns": [turn(bare=(1.0, 0.55), queue=(1.0, 0.55))]}, "two processes as with one: 1.818"),
        ({"queued_a_second": 1999.0}, "pages queued a second: 1,999"),
        ({"recoveries_s": {"worker": [9.0, 16.0, 9.0]}}, "worker was killed, each time: 16"),
    ],
)
def test_each_figure_may_be_missed_alone(changed, missed):
    lines = [verdict.line for verdict in verdicts(replace(SOUND, **changed), cores=2) if not verdict.reached]
    assert len(lines) == 1
    assert lines[0].endswith(f"{missed}: missed")


def test_a_median_of_ratios_counts_and_not_a_ratio_of_medians():
    turns = [
        turn(bare=(1.0, 0.5), queue=(1.0, 0.5)),
        turn(bare=(2.0, 1.0), queue=(4.0, 2.0)),
        turn(bare=(3.0, 1.5), queue=(3.0, 1.5)),
    ]
    assert all(verdict.reached for verdict in verdicts(Figures(turns), cores=2))


def test_nothing_is_asked_of_what_was_not_measured_nor_of_two_processes_on_one_core():
    assert [*verdicts(Figures(), cores=2)] == []
    assert [*verdicts(Figures(recoveries_s={"worker": []}), cores=2)] == []
    assert not any("as with one" in verdict.line for verdict in verdicts(SOUND, cores=1))


def test_the_table_has_a_row_a_way_and_a_line_a_gain():
    assert table(SOUND.turns, 40).splitlines() == [
        "| 40 pages a process, median of 1 | pages/s | of bare | processor ms a page |",
        "|---|---:|---:|---:|",
        "| bare, 1 | 1.00 | 1 | 100 |",
        "| pool, 1, after 0.60 s | 1.00 | 1.000 (1.00 to 1.00) |  |",
        "| queue, 1 | 1.00 | 1.000 (1.00 to 1.00) | 110 |",
        "| bare, 2 | 2.00 | 1 | 100 |",
        "| pool, 2, after 0.60 s | 2.00 | 1.000 (1.00 to 1.00) |  |",
        "| queue, 2 | 2.00 | 1.000 (1.00 to 1.00) | 110 |",
        "bare: 2 processes read 2.000 (2.00 to 2.00) times as much as one",
        "queue: 2 processes read 2.000 (2.00 to 2.00) times as much as one",
    ]


def test_a_median_of_more_turns_is_surer_and_one_turn_that_was_disturbed_changes_little():
    noisy = np.random.default_rng(1).normal(0.95, 0.05, 64)
    few, many = interval_of(noisy[:8]), interval_of(noisy)
    assert few[0] < many[0] < 0.95 < many[1] < few[1]
    assert interval_of([*noisy, 0.1]) == pytest.approx(many, abs=0.01)


class Noting:
    """A way that reads nothing, and notes the first page of each job."""

    def __init__(self, first):
        self.first = first

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def read(self, job):
        self.first.append(Path(job.entries[0].path).read_bytes())
        return Way(1.0)


def test_what_the_pool_leaves_out_goes_round_and_each_turn_is_told(monkeypatch, tmp_path, capsys):
    examples = [path.read_bytes() for path in sorted(bench.EXAMPLES.iterdir())]
    first = []
    monkeypatch.setattr(bench, "Pool", lambda _: Noting(first))
    monkeypatch.setattr(bench, "Bare", lambda _: Noting([]))
    monkeypatch.setattr(bench, "Queue", lambda *_: Noting([]))
    assert len([*bench._turns(tmp_path, turns=len(examples), pages=2, jobs=1)]) == len(examples)
    assert first == [*examples, examples[0]]
    told = capsys.readouterr().err.splitlines()
    assert told[1:] == [f"turn {turn} of {len(examples)}" for turn in range(1, len(examples) + 1)]


def test_the_time_of_redis_counts_as_that_of_the_queue(monkeypatch):
    queue = standing.Queue.__new__(standing.Queue)
    queue._worker = SimpleNamespace(processor_s=lambda: 2.0)
    queue._redis = SimpleNamespace(process=7)
    monkeypatch.setattr(
        standing, "processor_s", lambda processes: sum({7: 0.5}[number] for number in processes)
    )
    assert queue._processor_s() == 2.5


@pytest.mark.redis
def test_all_ways_take_their_turns_and_leave_no_process(tmp_path):
    if shutil.which("redis-server") is None:
        pytest.skip("redis-server is not installed")
    before = set(children_of(os.getpid()))
    (turn,) = bench._turns(tmp_path, turns=1, pages=2, jobs=1)
    assert [*turn] == [("bare", 1), ("pool", 1), ("queue", 1)]
    assert all(way.by_clock_s > 0 for way in turn.values())
    assert turn["queue", 1].by_processor_s > 0
    assert set(children_of(os.getpid())) <= before | {resource_tracker._resource_tracker._pid}


@pytest.mark.redis
def test_what_is_missed_is_the_exit_code(monkeypatch, capsys):
    if shutil.which("redis-server") is None:
        pytest.skip("redis-server is not installed")
    little = ["--pages", "0", "--kills", "0", "--queued", "50"]
    monkeypatch.setattr(bench, "_queueing", lambda *_: (0.01, 0.01))
    assert bench.main(little) == 0
    monkeypatch.setattr(bench, "_queueing", lambda *_: (1.0, 0.01))
    assert bench.main(little) == 1
    assert capsys.readouterr().out.splitlines() == [
        "queueing: 5,000 pages/s by the clock, 5,000 by processor time",
        "asked: at least 2,000 pages queued a second: 5,000: reached",
        "queueing: 50 pages/s by the clock, 5,000 by processor time",
        "asked: at least 2,000 pages queued a second: 50: missed",
    ]
