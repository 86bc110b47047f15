"""What `docs/model.md` says of a training is what `digitize retrain` takes and prints."""

from dataclasses import replace
from pathlib import Path

import pytest

from cli.console import Console
from model.errors import DataInvalid
from model.judge_pair import Comparison
from model.registry import Choice
from tests.digit_files import digits, write_picture
from tests.model_builders import reading
from worker.decision import Verdict, decided
from worker.ingredients import Asked, load_ingredients
from worker.promotion import Registry
from worker.written_sources import PARTS, written_sources

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


@pytest.mark.parametrize(
    ("pictures", "enough"),
    [
        (("17.png", "18.png", "19.png"), True),
        (("17.png", "18.png"), False),
        (("anna/17.png", "ben/scan-3.png", "cleo/1.png"), True),
        (("anna/17.png", "anna/18.png", "ben/scan-3.png", "ben/scan-4.png"), False),
    ],
)
def test_three_pictures_of_each_digit_or_three_writers_are_enough_and_fewer_are_not(
    tmp_path, pictures, enough
):
    folder = tmp_path / "our-digits"
    images, labels = digits(each=len(pictures) + 1)
    for digit in range(10):
        for name, image in zip(pictures, images[labels == digit], strict=False):
            write_picture(folder / str(digit) / name, image)
    write_picture(folder / "not-a-digit" / "anna" / "tick.png", images[-1])

    def parted():
        ingredients = load_ingredients([Asked("digits", folder)], lambda _: None)
        return written_sources(ingredients, 0, lambda _: None)

    if not enough:
        with pytest.raises(DataInvalid, match="no 0 can be held out"):
            parted()
        return
    (source,) = parted()
    assert {part: len(side.labels) for part, side in source.sides.items()} == dict.fromkeys(PARTS, 10)
