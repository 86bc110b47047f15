"""Training is timed epoch by epoch, and the two ways of it in turns."""

import json
import sys

import pytest

from bench import training
from bench.training import epoch_seconds, told


def test_ratios_are_those_of_the_same_round():
    bare, own = [(2.0, 4.0), (4.0, 8.0), (9.0, 9.0)], [(1.0, 2.0), (1.0, 1.0), (3.0, 6.0)]

    assert told({"bare fit": bare, "digitize": own}, 100) == {
        "bare fit, glyphs a second": 25,
        "digitize, glyphs a second": 100,
        "ratio": 3.0,
        "ratio of processor time": 2.0,
    }


def test_the_first_epoch_is_not_counted(monkeypatch):
    clock, processors = iter([50.0, 52.0, 57.0, 60.0]), iter([80.0, 84.0, 94.0, 100.0])
    monkeypatch.setattr(training, "_glyphs", lambda count, seed: count)
    monkeypatch.setattr(training.time, "perf_counter", lambda: next(clock))
    monkeypatch.setattr(training.time, "process_time", lambda: next(processors))
    monkeypatch.setattr(training, "_train_bare", lambda _, __, epochs, end: [end() for _ in range(epochs)])

    assert epoch_seconds("bare fit", 40, 4) == (3.0, 6.0)


def test_the_ways_take_turns(monkeypatch, tmp_path, capsys):
    taken = []

    def in_a_child(way, glyphs, epochs):
        taken.append(way)
        return {"bare fit": (3.0, 6.0), "digitize": (1.5, 2.0)}[way]

    monkeypatch.setattr(training, "_in_a_child", in_a_child)
    monkeypatch.setattr(sys, "argv", ["bench", "--rounds", "2", "--json", str(tmp_path / "out.json")])

    assert training.main() == 0

    assert taken == ["bare fit", "digitize"] * 2
    assert json.loads((tmp_path / "out.json").read_text())["ratio"] == 2.0
    said = capsys.readouterr().out
    assert "bare fit: 3.00 s an epoch, 6.00 s of all" in said
    assert said.splitlines()[-1] == (
        "asked of digitize: quicker than the bare fit: 2.00 times as quick by the clock, "
        "3.00 times by processor time: reached"
    )


def test_who_is_no_quicker_is_told_so_by_the_exit_code(monkeypatch, capsys):
    monkeypatch.setattr(training, "_in_a_child", lambda *_: (2.0, 4.0))
    monkeypatch.setattr(sys, "argv", ["bench", "--rounds", "1"])

    assert training.main() == 1
    assert capsys.readouterr().out.endswith("1.00 times by processor time: missed\n")


@pytest.mark.parametrize("words", [["--epochs", "1"], ["--rounds", "0"], ["--glyphs", "0"]])
def test_what_cannot_be_measured_is_refused(words, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["bench", *words])

    with pytest.raises(SystemExit) as caught:
        training.main()
    assert caught.value.code == 2
    assert "above" in capsys.readouterr().err


@pytest.mark.train
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::UserWarning")
@pytest.mark.parametrize("way", ["bare fit", "digitize"])
def test_either_way_trains(way):
    pytest.importorskip("keras", reason="training needs the extra `train`")

    assert min(epoch_seconds(way, 40, 2)) > 0
