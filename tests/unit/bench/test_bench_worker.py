"""What a worker costs, measured at a real one that reads few pages, and told as a table."""

import shutil
from dataclasses import replace

import pytest

from bench import worker as bench
from bench.worker import Figures, measured, verdicts


@pytest.mark.redis
def test_a_worker_is_weighed_before_and_after_it_reads(tmp_path):
    if shutil.which("redis-server") is None:
        pytest.skip("redis-server is not installed")
    figures = measured(tmp_path, jobs=1, pages=10)
    assert figures.ready_s > 0
    assert figures.ready_processor_s > 0
    assert 10 < figures.parent_mb < figures.idle_mb < figures.first_page_mb
    assert figures.after_mb > figures.parent_mb
    assert figures.pages == 10


STARTS = (
    Figures(1, 1.0, 0.5, 80.0, 30.0),
    Figures(1, 9.0, 0.7, 90.0, 31.0),
    Figures(1, 1.4, 0.6, 85.0, 32.0, 100.0, 5000, 105.0),
)


def test_medians_of_the_starts_and_what_the_last_one_grew_by(monkeypatch, capsys):
    starts = iter(STARTS)
    monkeypatch.setattr(bench, "measured", lambda _folder, _jobs, _pages: next(starts))
    assert bench.main(["--starts", "3"]) == 0
    assert capsys.readouterr().out.splitlines()[2:] == [
        "| ready, seconds by the clock | 1.40 |",
        "| ready, seconds of processor time | 0.60 |",
        "| waiting, MB | 85 |",
        "| … of which the parent | 31 |",
        "| after the first pages, MB | 100 |",
        "| after 5,000 pages, MB | 105 (+5.0 %) |",
        "asked: at most 1.5 s until it is ready: 1.4: reached",
        "asked: at most 150 MB while it waits: 85: reached",
        "asked: at most 10 % more after 5,000 pages: 5: reached",
    ]


@pytest.mark.parametrize(
    ("changed", "missed"),
    [
        ({"ready_s": 1.6}, "asked: at most 1.5 s until it is ready: 1.6: missed"),
        ({"idle_mb": 151.0}, "asked: at most 150 MB while it waits: 151: missed"),
        ({"after_mb": 111.0}, "asked: at most 10 % more after 5,000 pages: 11: missed"),
    ],
)
def test_what_is_missed_is_the_exit_code(changed, missed, monkeypatch, capsys):
    figures = replace(STARTS[-1], **changed)
    monkeypatch.setattr(bench, "measured", lambda *_: figures)
    assert bench.main(["--starts", "1"]) == 1
    assert [line for line in capsys.readouterr().out.splitlines() if line.endswith("missed")] == [missed]


def test_start_and_memory_are_asked_of_one_process_and_growth_of_what_was_read():
    assert [*verdicts([Figures(4, 9.0, 9.0, 900.0, 30.0)])] == []
    (grown,) = verdicts([replace(STARTS[-1], jobs=4)])
    assert grown.reached
