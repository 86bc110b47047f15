"""What becomes of a trained model: judged beside the current one, kept, promoted or not, and told why."""

import functools
import json
import shutil
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest

import worker.candidate
from model.bundle import INK, INK_WEIGHTS, RUNTIME, open_bundle, shipped_bundle
from model.contract import CLASSES
from model.dataset_digits import Digits
from model.dataset_mix import Ingredient
from model.errors import DataInvalid
from model.glyphs import Glyphs
from model.judge_card import CARD
from model.judge_pair import TEST
from model.judge_pictures import can_draw
from model.registry import check_files
from model.synth.digits import DigitSource
from tests.digit_files import moved
from tests.model_builders import biased, reading
from worker.candidate import retrain_candidate
from worker.errors import DigitizeError, ModelRefused, OutputNotWritable, UsageError
from worker.ingredients import Asked
from worker.judging import FrozenPlan, frozen_glyphs
from worker.promotion import Registry
from worker.training import Plan
from worker.unfitted import UNFITTED


def without_parent(train):
    """Return a stand-in for training that does not care what it goes on from."""
    return lambda data, *, parent=None, **options: train(data, **options)


TINY = FrozenPlan(tasks=1, sheets=1, pages=0)


@functools.cache
def drawn():
    """Draw once for all tests what is the same each time."""
    return frozen_glyphs(DigitSource.builtin(), plan=TINY, jobs=1)


@pytest.fixture
def registry(tmp_path):
    return Registry(tmp_path / "models")


@pytest.fixture
def errors(monkeypatch):
    """Return how many glyphs of each set a model reads wrong, by the model; tests fill it in."""
    wrong = {}

    def answers_of(folder, glyphs):
        name = open_bundle(folder).id
        if wrong.get(name) == "refused":
            raise ModelRefused(f"{folder} has ten outputs")
        rows = np.eye(CLASSES, dtype=np.float32)[glyphs.labels]
        rows[: wrong.get(name, 0)] = np.roll(rows[: wrong.get(name, 0)], 1, axis=1)
        return rows

    monkeypatch.setattr("worker.judging.answers_of", answers_of)
    monkeypatch.setattr("worker.evaluation.answers_of", answers_of)
    return wrong


@pytest.fixture
def retrain(registry, monkeypatch):
    """Return the command's work with a stand-in for training."""
    sample = DigitSource.builtin()
    digits = Digits(sample.images, sample.labels, sample.images, sample.labels, "test")

    def train(data, *, out, on_event, finish, seed, meanwhile=lambda: None, jobs=None, sources=("mnist",)):
        reading(out, b"trained with seed %d" % seed)
        meanwhile()
        finish(out, [Ingredient(name, digits, 1.0) for name in sources])
        return out

    monkeypatch.setattr("worker.candidate.run_retrain", train)
    monkeypatch.setattr("worker.candidate.can_draw", lambda: False)
    monkeypatch.setattr("worker.candidate.frozen_glyphs", lambda *_, **__: drawn())

    def run(**options):
        given = {"out": None, "name": None, "promote": True, "seed": 1, "jobs": 1, **options}
        asked, say = given.pop("asked", []), given.pop("on_event", lambda _: None)
        return retrain_candidate(asked, registry, on_event=say, frozen=TINY, **given)

    return run


def test_a_candidate_that_is_not_worse_reads_from_then_on(registry, retrain, errors):
    errors[open_bundle(shipped_bundle()).id] = 3

    candidate = retrain(name="ours")

    assert candidate.promoted
    assert candidate.decision == "promoted: ours is not worse than shipped on 4 sets"
    assert candidate.remedy == "`digitize models rollback` goes back."
    assert registry.current_folder() == candidate.folder == registry.folder / "ours"
    shipped = open_bundle(shipped_bundle())
    assert registry.record().history[-1].reason == f"not worse than shipped ({shipped.id}) on 4 sets"
    judged = open_bundle(candidate.folder).manifest["judged"]
    assert (judged["against"], judged["id"], judged["sha256"]) == ("shipped", shipped.id, shipped.sha256)
    assert judged["test"] == TEST
    assert [c.name for c in candidate.comparisons] == [
        "digits",
        "not a digit",
        "own digits",
        "own not a digit",
    ]
    assert [(c.lost, c.won) for c in candidate.comparisons] == [(0, 3), (0, 0), (0, 3), (0, 0)]
    check_files(open_bundle(candidate.folder))


@pytest.mark.parametrize("wrong", [0, 30])
def test_digits_of_which_nothing_can_be_cut_out_judge_nothing(
    registry, retrain, errors, monkeypatch, tmp_path, wrong
):
    """Else a model of them would be promoted by the shipped sample alone."""
    errors[open_bundle(reading(tmp_path / "same", b"trained with seed 1")).id] = wrong
    none = Glyphs(*(getattr(drawn(), each.name)[:0] for each in fields(Glyphs)))
    sets = iter([drawn(), none])
    monkeypatch.setattr("worker.candidate.frozen_glyphs", lambda *_, **__: next(sets))

    candidate = retrain(name="ours")

    assert not candidate.promoted
    assert registry.current_folder() == shipped_bundle()
    rows = {c.name: c.as_row()[-1] for c in candidate.comparisons}
    assert rows["own digits"] == rows["own not a digit"] == "not judged"
    assert "digitize models promote ours" in candidate.remedy
    if wrong:
        assert "is significantly worse than shipped on: digits" in candidate.decision
    else:
        assert "ours was not judged on: own digits, own not a digit" in candidate.decision
        assert "Look at the digits that were given" in candidate.remedy


def test_each_of_several_sources_is_judged_by_itself(retrain, errors):
    candidate = retrain(sources=("mnist", "ours"))

    assert [c.name for c in candidate.comparisons] == [
        "digits",
        "not a digit",
        "mnist: digits",
        "mnist: not a digit",
        "ours: digits",
        "ours: not a digit",
    ]


def test_a_worse_candidate_is_kept_and_does_not_read(registry, retrain, errors):
    first = retrain()
    errors[open_bundle(first.folder).id] = 0
    name = reading(registry.folder.parent / "same", b"trained with seed 2")
    errors[open_bundle(name).id] = 30

    second = retrain(seed=2)

    assert not second.promoted
    assert second.decision.startswith(
        f"not promoted: {second.folder.name} is significantly worse than {first.folder.name} on: digits"
    )
    assert registry.current_folder() == first.folder
    assert second.folder.parent == registry.folder
    worse = {comparison.name for comparison in second.comparisons if comparison.worse}
    assert worse == {"digits", "own digits"}
    assert f"`digitize models promote {second.folder.name}` lets it read all the same" in second.remedy


@pytest.mark.parametrize(
    ("asked", "parent", "advised"),
    [
        ([Asked("digits", Path("ours"))], None, True),
        ([Asked("digits", Path("ours"))], "shipped", True),
        ([Asked("digits", Path("ours")), Asked("mnist", Path("mnist"))], None, True),
        ([Asked("digits", Path("ours")), Asked("mnist", Path("mnist"))], "shipped", False),
        ([Asked("corrections", Path("job"))], "shipped", False),
        ([], "shipped", False),
    ],
)
def test_what_would_have_forgotten_less_is_told_where_it_was_not_done(
    retrain, errors, tmp_path, monkeypatch, asked, parent, advised
):
    errors[open_bundle(reading(tmp_path / "same", b"trained with seed 1")).id] = 30
    monkeypatch.setattr("worker.candidate.open_parent", lambda _: None)
    monkeypatch.setattr("worker.candidate.run_retrain", without_parent(worker.candidate.run_retrain))

    candidate = retrain(asked=asked, out=None if parent else tmp_path / "runs", parent=parent)

    assert "significantly worse than shipped on: digits" in candidate.decision
    assert ("`--from shipped --data mnist` beside your digits forgets less" in candidate.remedy) is advised
    assert "digitize models promote" in candidate.remedy


def test_a_candidate_is_not_promoted_where_that_is_not_wanted(registry, retrain, errors):
    candidate = retrain(promote=False)

    assert not candidate.promoted
    assert f"digitize models promote {candidate.folder.name}" in candidate.remedy
    assert registry.current_folder() == shipped_bundle()
    assert candidate.folder.is_dir()


def test_a_folder_of_its_own_is_judged_and_not_promoted(registry, retrain, errors, tmp_path):
    candidate = retrain(out=tmp_path / "runs")

    assert candidate.folder == tmp_path / "runs"
    assert (candidate.promoted, registry.names()) == (False, [])
    assert f"digitize models promote {tmp_path / 'runs'}" in candidate.remedy
    assert (tmp_path / "runs" / CARD).is_file()


@pytest.mark.parametrize("wrong", [0, 30])
def test_a_folder_in_what_can_be_done_then_is_quoted(retrain, errors, tmp_path, wrong):
    errors[open_bundle(reading(tmp_path / "same", b"trained with seed 1")).id] = wrong

    candidate = retrain(out=tmp_path / "our runs")

    assert f"`digitize models promote '{tmp_path / 'our runs'}'` lets it read" in candidate.remedy


def test_a_name_that_is_taken_is_told_before_the_training_and_in_the_decision(registry, retrain, errors):
    retrain(name="ours")
    said = []

    second = retrain(name="ours", seed=2, on_event=said.append, meanwhile=lambda: said.append("trained"))

    assert second.folder == registry.folder / "ours-2"
    assert second.decision == "promoted: ours-2 is not worse than ours on 4 sets"
    assert "ours is taken" in said[0]
    assert said[0].endswith("ours-2")
    assert "trained" in said[1:]


def test_a_candidate_that_cannot_be_judged_is_kept_and_does_not_read(registry, retrain, errors, tmp_path):
    errors[open_bundle(reading(tmp_path / "same", b"trained with seed 1")).id] = "refused"

    candidate = retrain()

    assert candidate.folder.is_dir()
    assert candidate.comparisons == ()
    assert f"not promoted: {candidate.folder.name} was not judged: " in candidate.decision
    assert "has ten outputs" in candidate.decision
    assert f"digitize models show {candidate.folder.name}" in candidate.remedy


@pytest.mark.parametrize("step", ["frozen_glyphs", "judged_on", "write_card"])
@pytest.mark.parametrize(
    ("error", "told"),
    [
        (DigitizeError("a process that draws and reads pages was ended"), "was ended"),
        (DataInvalid("a source needs every digit"), "every digit"),
        (OSError(28, "No space left on device"), "No space left on device"),
        (MemoryError(), "the memory did not suffice"),
    ],
    ids=["process", "data", "disk", "memory"],
)
def test_whatever_judging_meets_the_candidate_is_kept(
    registry, retrain, errors, monkeypatch, step, error, told
):
    def fail(*_, **__):
        raise error

    def draw_pictures(folder, _):
        (folder / "confusion.png").write_bytes(b"half of it")
        return [folder / "confusion.png"]

    monkeypatch.setattr(f"worker.candidate.{step}", fail)
    monkeypatch.setattr("worker.candidate.can_draw", lambda: True)
    monkeypatch.setattr("worker.candidate.draw_pictures", draw_pictures)

    candidate = retrain(name="ours")

    assert candidate.folder == registry.folder / "ours"
    assert (candidate.promoted, candidate.comparisons) == (False, ())
    assert candidate.decision.startswith("not promoted: ours was not judged: ")
    assert told in candidate.decision
    assert "`digitize models evaluate ours --against current` judges it once more" in candidate.remedy
    bundle = open_bundle(candidate.folder)
    check_files(bundle)
    # Nothing lies there that nobody vouches for.
    assert {path.name for path in candidate.folder.iterdir()} == {"manifest.json", *bundle.manifest["files"]}


def test_a_candidate_whose_confidence_could_not_be_fitted_is_kept_and_does_not_read(
    registry, retrain, errors, monkeypatch
):
    def train(_, *, out, finish, **__):
        reading(out, b"trained", calibration={UNFITTED: "a process was ended"})
        finish(out, [])
        return out

    monkeypatch.setattr("worker.candidate.run_retrain", train)

    candidate = retrain(name="ours")

    assert not candidate.promoted
    assert "its confidence was not fitted, because a process was ended" in candidate.decision
    assert "`digitize models calibrate` does it" in candidate.decision
    assert candidate.folder == registry.folder / "ours"
    with pytest.raises(ModelRefused, match="its confidence was not fitted"):
        registry.promote("ours")


def test_a_candidate_that_reads_nothing_is_kept_and_does_not_read(registry, retrain, errors, monkeypatch):
    monkeypatch.setattr(
        "worker.candidate.run_retrain",
        lambda data, *, out, finish, **_: [biased(out, 1e4), finish(out, [])][0],
    )

    candidate = retrain()

    assert candidate.folder.is_dir()
    assert not candidate.promoted
    assert candidate.decision.startswith("not promoted: ")
    assert "cannot read: of 500 digits" in candidate.decision
    assert "The current model goes on reading" in candidate.remedy
    assert registry.current_folder() == shipped_bundle()


def test_a_promotion_in_the_meantime_is_not_gone_over(registry, retrain, errors):
    reading(registry.folder / "theirs", b"theirs")

    candidate = retrain(meanwhile=lambda: registry.promote("theirs"))

    assert not candidate.promoted
    assert "theirs was promoted in the meantime" in candidate.decision
    assert f"`digitize models promote {candidate.folder.name}` promotes it all the same" in candidate.remedy
    assert registry.record().current.name == "theirs"


@pytest.mark.parametrize(
    ("file", "told", "remedy"),
    [
        ("manifest.json", "not the one that was promoted", "models rollback"),
        (RUNTIME, f"{RUNTIME} is damaged", "models rollback"),
        (INK, f"{INK} is damaged", "models rollback"),
        (INK_WEIGHTS, f"{INK_WEIGHTS} is damaged", "models list"),
    ],
)
def test_a_refused_current_model_is_told_before_anything_is_trained(
    registry, retrain, errors, file, told, remedy
):
    current = registry.folder / "theirs"
    shutil.copytree(shipped_bundle(), current)
    registry.promote("theirs")
    content = bytearray((current / file).read_bytes())
    content[len(content) // 2] ^= 1
    (current / file).write_bytes(content)

    with pytest.raises(ModelRefused, match=told) as caught:
        retrain(meanwhile=lambda: pytest.fail("it was trained"))
    assert remedy in caught.value.remedy


def test_an_impossible_name_is_told_before_anything_is_trained(retrain, errors):
    with pytest.raises(UsageError, match="no model can be called"):
        retrain(name="../ours", meanwhile=lambda: pytest.fail("it was trained"))


def test_a_training_that_fails_leaves_nothing(registry, retrain, errors):
    def fail():
        raise OutputNotWritable("the disk is full")

    with pytest.raises(OutputNotWritable):
        retrain(meanwhile=fail)
    assert list(registry.folder.iterdir()) == []


def test_the_card_and_the_manifest_say_how_good_it_is(retrain, errors, monkeypatch):
    monkeypatch.setattr("worker.candidate.can_draw", can_draw)

    candidate = retrain(name="ours")

    card = (candidate.folder / CARD).read_text("utf-8")
    manifest = open_bundle(candidate.folder).manifest
    assert card.startswith(f"# {manifest['id']}\n")
    assert "| digits read right | 100.00 % (" in card
    assert "## Beside shipped" in card
    assert "| digits | 240 | 240 | 240 | 0 | 0 | 1.000 | not worse |" in card
    assert manifest["metrics"]["judged"]["digits"]["right"] == 240
    assert manifest["judged"]["against"] == "shipped"
    assert CARD in manifest["files"]
    for picture in candidate.folder.glob("*.png"):
        assert f"]({picture.name})" in card
        assert picture.name in manifest["files"]


@pytest.mark.train
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")
@pytest.mark.filterwarnings("ignore:.*tf.lite.Interpreter is deprecated.*:UserWarning")
def test_a_real_candidate_of_next_to_no_training_is_worse_and_is_not_promoted_by_hand_either(
    registry, tmp_path
):
    pytest.importorskip("tensorflow", reason="training needs the extra `train`")
    sample = DigitSource.builtin()
    data = tmp_path / "digits.npz"
    images, labels = moved(sample.images), sample.labels.astype(np.uint8)
    np.savez(data, x_train=images[100:], y_train=labels[100:], x_test=images[:100], y_test=labels[:100])
    smallest = Plan(tasks=1, sheets=1, pages=1, held_out_tasks=1, read_tasks=1, judged_tasks=1, read_pages=2)

    candidate = retrain_candidate(
        [Asked("digits", data)],
        registry,
        out=None,
        name="ours",
        promote=True,
        on_event=lambda _: None,
        frozen=TINY,
        recipe="default",
        epochs=1,
        seed=0,
        plan=smallest,
        jobs=1,
    )

    assert not candidate.promoted
    assert "significantly worse than shipped" in candidate.decision
    assert {"training.png", "confusion.png", "reliability.png", "mistakes.png", "samples.png"} <= {
        path.name for path in candidate.folder.iterdir()
    }
    json.dumps(candidate.as_json())
    with pytest.raises(ModelRefused, match="ours cannot read: of 500 digits"):
        registry.promote("ours")
    assert registry.current_folder() == shipped_bundle()
