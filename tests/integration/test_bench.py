"""The benchmark from its command line to its table, on few pages."""

import shutil

import pytest

from bench import __main__ as bench

pytestmark = pytest.mark.skipif(
    shutil.which("taskset") is None, reason="the benchmark gives each engine one core by taskset"
)


def _table(capsys):
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in capsys.readouterr().out.splitlines()]
    head, _, *figures = [row for row in rows if row]
    return head, figures


def test_a_small_run_prints_its_table(monkeypatch, capsys):
    monkeypatch.setattr(bench, "KINDS", ("clean", "boxes"))
    monkeypatch.setattr(bench, "_first_result", lambda: 1.25)
    monkeypatch.setattr("sys.argv", ["bench", "--pages", "1", "--engines", "digitize", "--sets", "synthetic"])

    bench.main()

    head, figures = _table(capsys)
    assert [row[:3] for row in figures] == [
        ["synthetic", "digitize", "2 of 2"],
        ["… clean", "digitize", "1 of 1"],
        ["… boxes", "digitize", "1 of 1"],
    ]
    whole = dict(zip(head, figures[0], strict=True))
    assert 0.5 < float(whole["page_f1"]) <= 1.0
    assert 0.5 < float(whole["page_recall"]) <= 1.0
    assert float(whole["peak MB"]) > 10


def test_what_is_read_where_nothing_is_written_is_counted(monkeypatch, capsys):
    few = {name: draw for name, draw in bench.SORTS.items() if name in {"text", "blank"}}
    monkeypatch.setattr("bench.nothing.SORTS", few)
    monkeypatch.setattr(bench, "SORTS", few)
    monkeypatch.setattr(bench, "PAGES_PER_SORT", 1)
    monkeypatch.setattr(bench, "_first_result", lambda: 1.25)
    monkeypatch.setattr("sys.argv", ["bench", "--engines", "digitize", "--sets", "nothing"])

    bench.main()

    head, figures = _table(capsys)
    found = {row[0]: float(row[head.index("digits a page")]) for row in figures}
    assert list(found) == ["nothing by hand", "… text", "… blank"]
    assert found["… blank"] <= 1
    both = (found["… text"] + found["… blank"]) / 2
    assert found["nothing by hand"] == pytest.approx(both, abs=0.01)
