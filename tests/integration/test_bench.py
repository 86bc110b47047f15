"""The benchmark from its command line to its table, on few pages."""

import shutil

import pytest

from bench import __main__ as bench


@pytest.mark.skipif(
    shutil.which("taskset") is None, reason="the benchmark gives each engine one core by taskset"
)
def test_a_small_run_prints_its_table(monkeypatch, capsys):
    monkeypatch.setattr(bench, "KINDS", ("clean", "boxes"))
    monkeypatch.setattr(bench, "_first_result", lambda: 1.25)
    monkeypatch.setattr("sys.argv", ["bench", "--pages", "1", "--engines", "digitize"])

    bench.main()

    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in capsys.readouterr().out.splitlines()]
    head, _, *figures = [row for row in rows if row]
    assert [row[:3] for row in figures] == [
        ["synthetic", "digitize", "2 of 2"],
        ["… clean", "digitize", "1 of 1"],
        ["… boxes", "digitize", "1 of 1"],
    ]
    whole = dict(zip(head, figures[0], strict=True))
    assert 0.5 < float(whole["page_f1"]) <= 1.0
    assert 0.5 < float(whole["page_recall"]) <= 1.0
    assert float(whole["peak MB"]) > 10
