"""A candidate whose network of ink is worse does not read, however well it knows digits."""

import numpy as np
import pytest

from model.bundle import INK, open_bundle, write_manifest
from model.contract import CLASSES
from model.dataset_digits import Digits
from model.dataset_mix import Ingredient
from model.judge_card import CARD
from model.synth.digits import DigitSource
from tests.ink_builders import TellingSorter, telling_scenes
from tests.model_builders import reading
from worker import judging
from worker.candidate import retrain_candidate
from worker.errors import UsageError
from worker.ink_judging import INK_SET
from worker.judging import FrozenPlan
from worker.promotion import Registry
from worker.training import run_retrain

pytestmark = pytest.mark.usefixtures("trial_here")

TINY = FrozenPlan(tasks=1, sheets=1, pages=0, ink_pages=8)


def with_ink(folder, ink):
    """Write a model that reads as the shipped one does, with a stand-in for a network of ink."""
    reading(folder, ink)
    (folder / INK).write_bytes(ink)
    write_manifest(folder, {"recipe": "stand-in"})
    return folder


@pytest.fixture
def registry(tmp_path, monkeypatch):
    """A registry whose current model has a network of ink."""
    monkeypatch.setattr("model.classify.InkSorter", TellingSorter)
    monkeypatch.setattr("worker.ink_judging.InkSorter", TellingSorter)
    registry = Registry(tmp_path / "models")
    with_ink(registry.folder / "theirs", b"good")
    registry.promote("theirs")
    return registry


@pytest.fixture
def asked():
    """How many pages were drawn to judge networks of ink by, each time that it was done."""
    return []


@pytest.fixture
def retrain(registry, asked, monkeypatch):
    """Return the command's work with a stand-in for training, and one for drawing."""
    sample = DigitSource.builtin()
    digits = Digits(sample.images, sample.labels, sample.images, sample.labels, "test")
    glyphs = judging.frozen_glyphs(sample, plan=TINY, jobs=1)

    def answers_of(folder, given):
        return np.eye(CLASSES, dtype=np.float32)[given.labels]

    def scenes(pages, *, jobs):
        asked.append(pages)
        return telling_scenes(pages)

    for where in ("worker.judging.answers_of", "worker.evaluation.answers_of"):
        monkeypatch.setattr(where, answers_of)
    monkeypatch.setattr("worker.candidate.can_draw", lambda: False)
    monkeypatch.setattr("worker.candidate.frozen_glyphs", lambda *_, **__: glyphs)
    monkeypatch.setattr("worker.candidate.frozen_scenes", scenes)

    def run(ink):
        def train(data, *, out, finish, **_):
            with_ink(out, ink) if ink is not None else reading(out, b"without")
            finish(out, [Ingredient("ours", digits, 1.0)])
            return out

        monkeypatch.setattr("worker.candidate.run_retrain", train)
        return retrain_candidate(
            [], registry, out=None, name="ours", promote=True, on_event=lambda _: None, frozen=TINY
        )

    return run


def test_a_worse_network_of_ink_is_told_and_does_not_read(registry, retrain, asked):
    candidate = retrain(b"bad")

    assert not candidate.promoted
    assert candidate.decision == f"not promoted: ours is significantly worse than theirs on: {INK_SET}"
    assert candidate.remedy == "`digitize models promote ours` lets it read all the same."
    assert registry.record().current.name == "theirs"
    assert asked == [TINY.ink_pages]
    found = candidate.comparisons[-1]
    assert (found.name, found.images) == (INK_SET, TINY.ink_pages)
    # One of five sets: corrected for all of them.
    assert found.corrected_p == pytest.approx(5 * found.p_value)


def test_what_was_found_stands_in_the_card_and_in_the_manifest(retrain):
    folder = retrain(b"bad").folder

    row = next(line for line in (folder / CARD).read_text().splitlines() if INK_SET in line)
    assert row.endswith("| worse |")
    stored = open_bundle(folder).manifest["judged"]["sets"]
    assert [each["set"] for each in stored if each["worse"]] == [INK_SET]


def test_one_that_is_as_good_reads(registry, retrain):
    candidate = retrain(b"good, too")

    assert candidate.promoted
    assert candidate.comparisons[-1].name == INK_SET
    assert registry.record().current.name == "ours"


@pytest.mark.parametrize("ink", [b"good", None], ids=["the same one", "none"])
def test_nothing_is_drawn_where_there_are_no_two_to_compare(retrain, asked, ink):
    candidate = retrain(ink)

    assert asked == []
    assert INK_SET not in [each.name for each in candidate.comparisons]


def test_the_recipe_is_refused_before_anything_is_loaded_where_it_makes_no_sense(tmp_path, registry):
    def run(**options):
        return run_retrain(
            [], out=tmp_path / "out", recipe="ink", epochs=1, seed=0, on_event=pytest.fail, **options
        )

    with pytest.raises(UsageError, match="gives a network of ink to a reader, and none is named"):
        run()
    with pytest.raises(UsageError, match="keeps no optimizer"):
        run(parent=object(), keep_optimizer=True)
    assert not (tmp_path / "out").exists()
