"""What a worker costs, measured at a real one that reads few pages, and told as a table."""

import shutil

import pytest

from bench import worker as bench
from bench.worker import Figures, measured


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


def test_medians_of_the_starts_and_what_the_last_one_grew_by(monkeypatch, capsys):
    starts = iter(
        [
            Figures(1, 1.0, 0.5, 80.0, 30.0),
            Figures(1, 9.0, 0.7, 90.0, 31.0),
            Figures(1, 2.0, 0.6, 85.0, 32.0, 100.0, 5000, 105.0),
        ]
    )
    monkeypatch.setattr(bench, "measured", lambda _folder, _jobs, _pages: next(starts))
    assert bench.main(["--starts", "3"]) == 0
    assert capsys.readouterr().out.splitlines()[2:] == [
        "| ready, seconds by the clock | 2.00 |",
        "| ready, seconds of processor time | 0.60 |",
        "| waiting, MB | 85 |",
        "| … of which the parent | 31 |",
        "| after the first pages, MB | 100 |",
        "| after 5,000 pages, MB | 105 (+5.0 %) |",
    ]
