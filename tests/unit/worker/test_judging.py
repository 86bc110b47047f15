"""Frozen glyphs are the same for every model; what a model is worth follows from its answers to them."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from model.bundle import INK, RUNTIME, extend_manifest, shipped_bundle, write_manifest
from model.contract import CLASSES, NOT_A_DIGIT
from model.synth.digits import DigitSource
from tests.ink_builders import TellingSorter, telling_scenes
from tests.model_builders import reading, stand_in
from worker.errors import ModelRefused, NoUsableInput, OutputNotWritable
from worker.evaluation import evaluate, write_evaluation
from worker.ink_judging import INK_SET
from worker.judging import FrozenPlan, answers_of, compared, fingerprint, frozen_glyphs

TINY = FrozenPlan(tasks=2, sheets=1, pages=1)


@pytest.fixture(scope="module")
def glyphs():
    return frozen_glyphs(DigitSource.builtin(), plan=TINY, jobs=1)


def test_they_are_the_same_each_time_on_any_number_of_cores(glyphs):
    again = frozen_glyphs(DigitSource.builtin(), plan=TINY, jobs=2)

    assert fingerprint(again) == fingerprint(glyphs)
    assert (glyphs.labels == NOT_A_DIGIT).any()
    assert set(range(10)) <= set(glyphs.labels.tolist())


def test_other_digits_and_another_part_are_other_glyphs(glyphs):
    sample = DigitSource.builtin()
    fewer = DigitSource(sample.images[::2], sample.labels[::2])
    plan = FrozenPlan(tasks=1, sheets=1, pages=0)
    prints = {
        fingerprint(frozen_glyphs(source, part=part, plan=plan, jobs=1))
        for source, part in ((sample, 0), (sample, 1), (fewer, 0))
    }

    assert len(prints) == 3


def test_a_model_is_as_good_as_itself(glyphs):
    comparisons = compared(shipped_bundle(), shipped_bundle(), {"": glyphs, "own ": glyphs})

    assert [c.name for c in comparisons] == ["digits", "not a digit", "own digits", "own not a digit"]
    assert not any(c.lost or c.won or c.worse for c in comparisons)
    assert sum(c.count for c in comparisons) == 2 * len(glyphs.labels)
    assert all(c.current_right > 0.8 * c.count for c in comparisons)


def test_glyphs_of_one_image_are_one_piece_of_evidence_and_sets_are_corrected_for(glyphs, monkeypatch):
    few = replace(glyphs, origins=np.arange(len(glyphs.labels)) % 6)
    right = np.eye(CLASSES, dtype=np.float32)[glyphs.labels]
    answers = {"current": right, "candidate": np.roll(right, 1, axis=1)}
    monkeypatch.setattr("worker.judging.answers_of", lambda folder, _: answers[folder.name])
    said = []

    comparisons = compared(Path("current"), Path("candidate"), {"": few, "own ": few}, said.append)

    assert [c.images for c in comparisons] == [6] * 4
    assert [c.p_value for c in comparisons] == [pytest.approx(1 / 64)] * 4
    assert [c.corrected_p for c in comparisons] == [pytest.approx(4 / 64)] * 4
    assert not any(c.worse for c in comparisons)
    assert "Holm" in said[-1]


def test_a_model_that_does_not_load_is_refused(glyphs, tmp_path):
    with pytest.raises(ModelRefused, match="does not load"):
        compared(shipped_bundle(), stand_in(tmp_path / "model"), {"": glyphs})


@pytest.fixture
def drawn(monkeypatch, glyphs):
    """Let what is judged be the glyphs that were drawn already."""
    monkeypatch.setattr("worker.evaluation.frozen_glyphs", lambda *_, **__: glyphs)
    monkeypatch.setattr("worker.evaluation.frozen_scenes", lambda *_, **__: [])


def test_an_evaluation_is_json_with_its_data_and_the_model_behind_it(drawn, glyphs, tmp_path):
    found = evaluate(shipped_bundle(), None)

    content = json.loads(write_evaluation(tmp_path / "new", found).read_text())
    assert content["model"]["folder"] == str(shipped_bundle())
    assert content["data"]["sha256"] == fingerprint(glyphs)
    assert (
        content["digits"]["count"] == content["data"]["digits"] == int((glyphs.labels != NOT_A_DIGIT).sum())
    )
    assert content["digits"]["share"] > 0.85
    assert content["pictures"] is None


def test_a_temperature_shows_in_the_calibration_and_not_in_what_is_read(drawn, tmp_path):
    warm = tmp_path / "warm"
    shutil.copytree(shipped_bundle(), warm)
    extend_manifest(warm, calibration={"temperature": 6.0})

    plain, doubtful = evaluate(shipped_bundle(), None), evaluate(warm, None)

    assert doubtful["confusion"] == plain["confusion"]
    assert doubtful["expected_calibration_error"] > plain["expected_calibration_error"] + 0.1


def test_pictures_are_drawn_where_they_can_be(drawn, tmp_path):
    pytest.importorskip("matplotlib", reason="pictures need the extra `train`")

    found = evaluate(shipped_bundle(), None, out=tmp_path / "out")

    assert set(found["pictures"]) == {"confusion", "reliability", "error-reject", "mistakes", "samples"}
    for path in (tmp_path / "out").iterdir():
        assert path.read_bytes().startswith(b"\x89PNG")


def test_without_matplotlib_there_are_figures_and_no_pictures(drawn, tmp_path, monkeypatch):
    monkeypatch.setattr("worker.evaluation.can_draw", lambda: False)

    found = evaluate(shipped_bundle(), None, out=tmp_path / "out")

    assert found["pictures"] is None
    assert not (tmp_path / "out").exists()


def test_digits_that_cannot_be_used_are_told(tmp_path):
    (tmp_path / "digits.npz").write_bytes(b"no archive")

    with pytest.raises(NoUsableInput, match=r"digits\.npz"):
        evaluate(shipped_bundle(), tmp_path / "digits.npz")


def test_own_digits_are_what_is_judged_on(tmp_path, monkeypatch, glyphs):
    sample = DigitSource.builtin()
    np.savez(tmp_path / "ours.npz", x_test=sample.images[::2], y_test=sample.labels[::2])
    taken = []

    def frozen(source, **_):
        taken.append(source)
        return glyphs

    monkeypatch.setattr("worker.evaluation.frozen_glyphs", frozen)
    monkeypatch.setattr("worker.evaluation.frozen_scenes", lambda *_, **__: [])
    found = evaluate(shipped_bundle(), tmp_path / "ours.npz")

    assert np.array_equal(taken[0].images, sample.images[::2])
    assert found["data"]["origin"] == "test digits of ours.npz"


def test_a_damaged_model_or_a_place_that_cannot_be_written_is_told_before_anything_is_drawn(
    tmp_path, monkeypatch
):
    monkeypatch.setattr("worker.evaluation.frozen_glyphs", lambda *_, **__: pytest.fail("it was drawn"))
    model = stand_in(tmp_path / "model")
    (model / RUNTIME).write_bytes(b"changed")
    (tmp_path / "taken").write_bytes(b"")

    with pytest.raises(ModelRefused, match="is damaged"):
        evaluate(model, None)
    with pytest.raises(OutputNotWritable, match="not a folder"):
        evaluate(shipped_bundle(), None, out=tmp_path / "taken")


def test_what_is_compared_with_is_opened_and_tried_before_anything_is_drawn(tmp_path, monkeypatch):
    monkeypatch.setattr("worker.evaluation.frozen_glyphs", lambda *_, **__: pytest.fail("it was drawn"))
    alone = stand_in(tmp_path / "alone", recipe="mnist")
    deadly = stand_in(tmp_path / "deadly")

    def survives(bundle, _):
        if bundle.folder == deadly:
            raise ModelRefused("it ends the process that tries it")

    monkeypatch.setattr("worker.evaluation.check_survives", survives)

    with pytest.raises(ModelRefused, match="cannot be judged as readers are"):
        evaluate(shipped_bundle(), None, against=alone)
    with pytest.raises(ModelRefused, match="it ends the process that tries it"):
        evaluate(shipped_bundle(), None, against=deadly)


@pytest.mark.parametrize("other", [True, False], ids=["another network of ink", "the same"])
def test_networks_of_ink_are_compared_where_they_are_two(drawn, tmp_path, monkeypatch, other):
    for where in ("model.classify.InkSorter", "worker.ink_judging.InkSorter"):
        monkeypatch.setattr(where, TellingSorter)
    monkeypatch.setattr("worker.evaluation.check_survives", lambda *_: None)
    monkeypatch.setattr("worker.evaluation.frozen_scenes", lambda pages, **_: telling_scenes(pages))
    models = [with_ink(tmp_path / name, name.encode()) for name in ("good", "bad" if other else "good, too")]
    if not other:
        models[1] = models[0]

    found = evaluate(models[1], None, against=models[0])["compared"]["sets"]

    judged = [each for each in found if each["set"] == INK_SET]
    assert [each["worse"] for each in judged] == ([True] if other else [])


def with_ink(folder, ink):
    """Write a model that reads as the shipped one does, with a stand-in for a network of ink."""
    reading(folder, ink)
    (folder / INK).write_bytes(ink)
    write_manifest(folder, {"recipe": "stand-in"})
    return folder


def test_a_model_that_is_damaged_before_it_answers_has_a_hint_that_mends_it(glyphs, tmp_path):
    folder = shutil.copytree(shipped_bundle(), tmp_path / "model")
    (folder / RUNTIME).write_bytes(b"")

    with pytest.raises(ModelRefused, match="damaged") as caught:
        answers_of(folder, glyphs)
    assert caught.value.remedy.startswith("Copy its folder anew")
