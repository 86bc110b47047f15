"""The recipe ink from end to end: trained, judged, promoted, and used like any other model."""

import json
import shutil

import numpy as np
import pytest

from model.bundle import INK, INK_WEIGHTS, RUNTIME, WEIGHTS, open_bundle, shipped_bundle, write_manifest
from model.ink_runtime import CORE_PX, SORTS, InkSorter
from model.judge_card import CARD
from model.synth.digits import DigitSource
from tests.digit_files import moved
from worker.candidate import retrain_candidate
from worker.ingredients import Asked
from worker.ink_judging import INK_SET
from worker.judging import FrozenPlan
from worker.promotion import Registry
from worker.training import Plan

TINY = FrozenPlan(tasks=1, sheets=1, pages=0, ink_pages=2)
SMALLEST = Plan(
    tasks=1,
    held_out_tasks=1,
    read_tasks=1,
    judged_tasks=1,
    read_pages=2,
    ink_tasks=1,
    ink_test_tasks=1,
    ink_pages=2,
)


@pytest.fixture
def digits(tmp_path):
    sample = DigitSource.builtin()
    path = tmp_path / "digits.npz"
    images, labels = moved(sample.images), sample.labels.astype(np.uint8)
    np.savez(path, x_train=images[100:], y_train=labels[100:], x_test=images[:100], y_test=labels[:100])
    return path


def without_ink(folder, *, pictures=()):
    """Write the shipped model as it would be without a network of ink, with pictures of its own training."""
    shutil.copytree(shipped_bundle(), folder)
    for picture in pictures:
        (folder / picture).write_bytes(b"of the parent's training")
    for file in (INK, INK_WEIGHTS):
        (folder / file).unlink(missing_ok=True)
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest.pop("ink", None)
    write_manifest(folder, {key: manifest[key] for key in manifest.keys() - {"files", "format", "id"}})
    return folder


@pytest.mark.train
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")
@pytest.mark.filterwarnings("ignore:.*tf.lite.Interpreter is deprecated.*:UserWarning")
def test_a_network_of_ink_is_trained_judged_promoted_and_used(digitize, digits, tmp_path, monkeypatch):
    pytest.importorskip("tensorflow", reason="training needs the extra `train`")
    monkeypatch.setattr("model.ink_training.EPOCH_STEPS", 3)
    for module in ("judging", "evaluation"):
        monkeypatch.setattr(f"worker.{module}.FrozenPlan", lambda: TINY)
    registry = Registry(tmp_path / "data" / "digitize" / "models")
    without_ink(registry.folder / "earlier", pictures=("training.png", "older.png"))
    registry.promote("earlier")
    said, fitted = [], []

    def retrain(name, **options):
        return retrain_candidate(
            [Asked("digits", digits, 2.0)],
            registry,
            out=None,
            name=name,
            promote=True,
            on_event=said.append,
            frozen=TINY,
            recipe="ink",
            epochs=1,
            plan=SMALLEST,
            jobs=1,
            **options,
        )

    with monkeypatch.context() as patch:
        # The confidence that a few pages give for a network of three steps is refused, rightly.
        patch.setattr("worker.ink_recipe.fit_if_possible", lambda made, *_: fitted.append(made))
        first = retrain("first", seed=0)

    bundle, before = open_bundle(first.folder), open_bundle(registry.folder / "earlier")
    assert first.promoted, first.decision
    # There was nothing to compare it with; digits are read as before.
    assert INK_SET not in [each.name for each in first.comparisons]
    assert all(each.lost == each.won == 0 for each in first.comparisons)
    for file in (RUNTIME, WEIGHTS):
        assert bundle.manifest["files"][file] == before.manifest["files"][file]
    assert bundle.id != before.id
    told = bundle.manifest["ink"]
    assert told["pages"] == {"training": 2, "test": 2}
    assert told["training"]["epochs"] == 1
    assert np.array(told["metrics"]["confusion"]).shape == (SORTS, SORTS)
    assert told["runtime"]["precision"] in {"float32", "int8"}
    assert len(told["losses"]) == 1
    assert "tensorflow" in told["versions"]
    assert_it_shows_its_own_course_and_nothing_of_the_parent(first.folder, registry.folder / "earlier")
    assert len(fitted) == 1
    assert any("squares of ink told right" in line for line in said)
    assert_it_gives_probabilities(bundle.ink)

    same = open_bundle(retrain("same", seed=0, parent="earlier").folder)
    assert answers_of(same.ink) == pytest.approx(answers_of(bundle.ink), abs=1e-3)
    assert same.manifest["calibration"]["number"] != before.manifest["calibration"]["number"]
    other = retrain("other", seed=1, parent="first")
    assert other.comparisons[-1].name == INK_SET
    assert other.comparisons[-1].images == TINY.ink_pages

    assert_the_commands_take_it(digitize, digits, tmp_path)


def assert_it_shows_its_own_course_and_nothing_of_the_parent(folder, parent):
    picture = (folder / "training.png").read_bytes()
    assert picture.startswith(b"\x89PNG")
    assert "](training.png)" in (folder / CARD).read_text("utf-8")
    assert (folder / CARD).read_bytes() != (parent / CARD).read_bytes()
    assert not (folder / "older.png").exists()


def answers_of(content):
    planes = np.zeros((CORE_PX + 8, 40, 2), np.uint8)
    planes[10:200, 10:30] = 200
    return InkSorter(content)(planes)


def assert_it_gives_probabilities(content):
    answers = answers_of(content)

    assert answers.sum(axis=-1) == pytest.approx(1, abs=0.03)
    assert np.ptp(answers.reshape(-1, SORTS), axis=0).max() > 0.001


def assert_the_commands_take_it(digitize, digits, tmp_path):
    listed, shown = digitize("models", "list"), digitize("models", "show", "first")
    assert (listed.exit_code, shown.exit_code) == (0, 0)
    assert "first" in listed.stdout
    out = tmp_path / "reader.tflite"
    exported = digitize("models", "export", "first", "--format", "tflite", "--digits", digits, "-o", out)
    assert exported.exit_code == 0, exported.output
    assert out.stat().st_size > 1000
    evaluated = digitize("models", "evaluate", "first")
    assert evaluated.exit_code == 0, evaluated.output
