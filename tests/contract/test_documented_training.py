"""What `docs/model.md` shows of a training is what `digitize retrain` prints."""

from dataclasses import replace
from pathlib import Path

import pytest

from cli.console import Console
from model.judge_pair import Comparison
from model.registry import Choice
from tests.model_builders import reading
from worker.decision import Verdict, decided
from worker.promotion import Registry

TEXT = (Path(__file__).parents[2] / "docs" / "model.md").read_text(encoding="utf-8")
SOUND = Comparison("", 200, 100, 180, 190, 5, 15, 0.994, 0.994)
WORSE = replace(SOUND, corrected_p=0.001)
SIX = [f"{before}{name}" for before in ("", "mnist: ", "our-digits: ") for name in ("digits", "not a digit")]


@pytest.mark.parametrize(
    ("name", "comparisons"),
    [
        ("ours", [replace(SOUND, name=name) for name in SIX]),
        ("alone", [replace(WORSE, name="digits"), replace(WORSE, name="not a digit")]),
    ],
)
def test_the_decisions_and_hints_of_the_guide_are_those_of_the_program(tmp_path, capsys, name, comparisons):
    registry, console = Registry(tmp_path), Console()
    reading(tmp_path / name)

    verdict = Verdict("shipped", comparisons, "", False)
    decision = decided(registry, name, Choice("shipped"), verdict, promote=True)
    console.result(decision.text)
    console.hint(decision.remedy)

    printed, told = capsys.readouterr()
    assert f"\n{printed}" in TEXT
    assert f"\n{told}" in TEXT
