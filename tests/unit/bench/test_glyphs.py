"""Engines take turns; what is asked of the classifier is asked of it."""

import json
import sys

import numpy as np
import pytest

from bench import glyphs
from bench.glyph_engines import FLOAT32, GLYPHS, MODEL, peak_mb
from bench.glyphs import Figures, figures_of, missed, run_in_turns, table
from model.bundle import RUNTIME, shipped_bundle


def turns(*seconds, peak_mb=50.0):
    return [{"seconds": s, "peak_mb": peak_mb + k} for k, s in enumerate(seconds)]


def test_ratios_are_those_of_the_same_round():
    measured = {"model.predict": turns(2.0, 4.0, 9.0), "classifier": turns(1.0, 1.0, 3.0)}

    predict, own = figures_of(measured, 512)

    assert predict == Figures("model.predict", 128.0, 1.0, 52.0)
    assert own == Figures("classifier", 512.0, 3.0, 52.0)


def test_the_table_has_a_row_each():
    rows = table([Figures("model.predict", 3951.4, 1.0, 884.4), Figures("classifier", 1e4, 3.214, 47)])

    assert rows.splitlines()[2:] == [
        "| model.predict | 3,951 | 1.00 | 884 |",
        "| classifier | 10,000 | 3.21 | 47 |",
    ]


@pytest.mark.parametrize(
    ("ratio", "peak_mb", "said"),
    [
        (3.0, 120.0, []),
        (2.994, 50.0, ["2.99 times as quick as model.predict, not 3"]),
        (9.0, 121.0, ["121 MB, not 120"]),
    ],
)
def test_what_is_missed_is_said(ratio, peak_mb, said):
    others = [Figures("model.predict", 1.0, 1.0, 900.0), Figures("classifier, int8", 1.0, 1.0, 900.0)]

    assert missed([*others, Figures("classifier", 1.0, ratio, peak_mb)]) == said


def test_peak_memory_is_that_of_the_program(tmp_path):
    (tmp_path / "status").write_text("Name:\tpython\nVmPeak:\t  9999 kB\nVmHWM:\t  2048 kB\n")

    assert peak_mb(tmp_path / "status") == 2.0
    assert 10 < peak_mb() < 10_000


@pytest.fixture
def folder(tmp_path):
    np.save(tmp_path / GLYPHS, np.zeros((3, 28, 28), np.float32))
    (tmp_path / FLOAT32).write_bytes((shipped_bundle() / RUNTIME).read_bytes())
    (tmp_path / MODEL).write_text(str(shipped_bundle()))
    return tmp_path


def test_engines_without_tensorflow_answer_in_each_round(folder):
    names = ["LiteRT, float32", "classifier, float32", "classifier"]

    measured = run_in_turns(names, folder, 2)

    assert list(measured) == names
    for own in measured.values():
        assert len(own) == 2
        assert all(turn["seconds"] > 0 for turn in own)
        # Python, NumPy and LiteRT, and no TensorFlow.
        assert all(20 < turn["peak_mb"] < 120 for turn in own)


def test_an_engine_that_ends_is_named_with_its_reason(folder):
    (folder / FLOAT32).unlink()

    with pytest.raises(RuntimeError, match=r"LiteRT, float32 ended .* No such file"):
        run_in_turns(["LiteRT, float32", "classifier"], folder, 1)


@pytest.mark.parametrize(("ratio", "code"), [(4.0, 0), (2.0, 1)])
def test_the_command_prints_and_writes_what_was_measured(ratio, code, monkeypatch, tmp_path, capsys):
    pytest.importorskip("tensorflow", reason="model.predict needs the extra `train`")
    measured = [Figures("model.predict", 1.0, 1.0, 900.0), Figures("classifier", 2.0, ratio, 50.0)]
    monkeypatch.setattr(glyphs, "_measured", lambda model, count, rounds: measured)
    monkeypatch.setattr(sys, "argv", ["bench", "--glyphs", "7", "--json", str(tmp_path / "out.json")])

    assert glyphs.main() == code

    assert "| classifier | 2 |" in capsys.readouterr().out
    told = json.loads((tmp_path / "out.json").read_text())
    assert told["glyphs"] == 7
    assert [one["ratio"] for one in told["engines"]] == [1.0, ratio]


@pytest.mark.parametrize("words", [["--rounds", "0"], ["--glyphs", "0"], ["--model", "nowhere"]])
def test_what_cannot_be_measured_is_refused(words, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["bench", *words])

    with pytest.raises(SystemExit) as caught:
        glyphs.main()
    assert caught.value.code == 2
    assert "error" in capsys.readouterr().err
