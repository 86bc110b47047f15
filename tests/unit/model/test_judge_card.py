"""A card tells how a model came to be, and how good its networks are."""

import json

import numpy as np
import pytest

from model.bundle import MANIFEST, open_bundle, shipped_bundle
from model.contract import CLASSES, NOT_A_DIGIT
from model.ink_figures import ink_figures, ink_rows
from model.judge import judge
from model.judge_card import CARD, model_card
from model.registry import check_files

DATA = {"glyphs": 11, "origin": "a sample", "seed": 1, "sha256": "a" * 64}
COUNTS = np.array([[8, 2, 0, 0, 0], [1, 1, 0, 0, 0], [0, 0, 4, 0, 0], [0, 0, 0, 0, 0], [1, 0, 0, 3, 6]])


@pytest.fixture
def judgement():
    labels = np.arange(CLASSES)
    return judge(np.eye(CLASSES, dtype=np.float32)[labels], labels, np.where(labels == NOT_A_DIGIT, 5, 0))


def test_the_course_of_training_and_all_rounds_before_it_are_told(judgement):
    round_of = {
        "id": "default-first",
        "sources": [{"name": "mnist", "weight": 1.0}, {"name": "fonts", "weight": 0.3}],
        "training": {"epochs": 8, "learning_rate": 0.002, "seed": 1},
        "drawing": {"seed": 1},
    }
    manifest = {
        "id": "default-second",
        "parent": {"id": "default-first"},
        "training": {"epochs": 5, "learning_rate": 0.0005, "seed": 2, "left_out": {"digits": 3}},
        "drawing": {"seed": 1},
        "rounds": [round_of],
    }

    card = model_card(manifest, judgement, DATA, [], against="")

    for row in ("learning_rate | 0.0005", "left_out: digits | 3", "went on from | default-first"):
        assert f"| {row} |" in card
    assert "| drawn by seed | 1 |" in card
    assert "| default-first | mnist 1, fonts 0.3 | 8 | 0.002 | 1 | 1 |" in card


def test_the_network_of_ink_has_its_figures(judgement):
    ink = {"pages": {"training": 9, "test": 3}, "metrics": ink_figures(COUNTS)}

    card = model_card({"id": "one", "ink": ink}, judgement, DATA, [], against="")

    assert f"{100 * 19 / 26:.1f} % of 26 squares with ink right, on 3 drawn pages" in " ".join(card.split())
    assert "| digits by hand | 10 | 80.0 % | printed digits, 20.0 % |" in card
    assert "Sorts of ink" not in model_card({"id": "one"}, judgement, DATA, [], against="")


def test_a_sort_that_is_not_there_or_is_never_mistaken_is_told_without_a_mistake():
    rows = {row[0]: row[1:] for row in ink_rows(COUNTS.tolist())}

    assert rows["words and marks by hand"] == ("4", "100.0 %", "")
    assert rows["printed words"] == ("0", "0.0 %", "")


def test_the_shipped_model_has_the_card_of_what_it_is():
    folder = shipped_bundle()
    bundle = open_bundle(folder)
    check_files(bundle)
    manifest, card = bundle.manifest, (folder / CARD).read_text("utf-8")

    assert CARD in manifest["files"]
    assert card.startswith(f"# {bundle.id}\n")
    assert f"| learning_rate | {manifest['training']['learning_rate']} |" in card
    judged = manifest["metrics"]["judged"]
    assert f"sha256 `{judged['data']['sha256'][:12]}`" in card
    assert f"| digits read right | {100 * judged['digits']['share']:.2f} % (" in card
    assert "## Sorts of ink" in card
    assert json.loads((folder / MANIFEST).read_text())["id"] == bundle.id
