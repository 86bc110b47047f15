"""The confidence of a model fitted anew: the network stays, and what it promises is counted."""

import hashlib
import json
import shutil
from dataclasses import replace

import numpy as np
import pytest

from model.bundle import MANIFEST, RUNTIME, WEIGHTS, extend_manifest, open_bundle, shipped_bundle
from model.calibration import Calibration
from model.classify import Classifier
from model.contract import to_batch
from model.registry import check_files
from model.runtime_anew import tells_embeddings
from model.synth.digits import DigitSource
from tests.digit_files import moved
from tests.model_builders import stand_in
from worker.errors import ModelRefused, NoUsableInput, OutputNotWritable
from worker.ingredients import Asked
from worker.reader import load_reader
from worker.recalibration import recalibrated
from worker.training_plan import Plan

SMALLEST = Plan(read_tasks=3, judged_tasks=4, read_pages=1)


@pytest.fixture
def asked(tmp_path):
    sample = DigitSource.builtin()
    path = tmp_path / "digits.npz"
    images, labels = moved(sample.images), sample.labels.astype(np.uint8)
    np.savez(path, x_train=images[100:], y_train=labels[100:], x_test=images[:100], y_test=labels[:100])
    return [Asked("digits", path)]


@pytest.fixture
def unjudged(tmp_path):
    """The shipped model as it was before it was judged for a share of wrong numbers."""
    folder = tmp_path / "old"
    shutil.copytree(shipped_bundle(), folder)
    manifest = json.loads((folder / MANIFEST).read_text())
    for name in ("error_curve", "usual_pages"):
        manifest["calibration"].pop(name, None)
    (folder / MANIFEST).write_text(json.dumps(manifest))
    return folder


def _recalibrate(model, asked, out, **changed):
    options = {"seed": 5, "on_event": [].append, "plan": SMALLEST, "jobs": 1, **changed}
    return recalibrated(model, asked, out=out, **options)


def test_a_copy_is_given_another_confidence_and_keeps_its_network(unjudged, asked, tmp_path):
    before = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in unjudged.iterdir()}

    folder = _recalibrate(unjudged, asked, tmp_path / "new")

    after = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in unjudged.iterdir()}
    assert after == before
    old, new = open_bundle(unjudged), open_bundle(folder)
    check_files(new)
    assert new.sha256 == old.sha256
    assert new.id != old.id  # by which results tell what read them
    found = Calibration.from_manifest(new.manifest["calibration"])
    assert found.temperature == Calibration.from_manifest(old.manifest["calibration"]).temperature
    assert found.error_curve is not None
    assert found.usual_pages is not None
    pages = new.manifest["metrics"]["pages"]
    assert found.error_curve.judged == pages["numbers_read"] > 10
    assert new.manifest["metrics"]["digit_accuracy"] == old.manifest["metrics"]["digit_accuracy"]
    drawing = new.manifest["drawing"]
    assert (drawing["read_tasks"], drawing["judged_tasks"], drawing["read_pages"]) == (3, 4, 1)
    assert drawing["read_seed"] == 5
    assert drawing["tasks"] == old.manifest["drawing"]["tasks"]
    assert load_reader(folder).calibration.error_curve == found.error_curve


def test_a_folder_that_holds_something_is_left_alone(unjudged, asked, tmp_path):
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "notes").touch()
    with pytest.raises(OutputNotWritable, match="is not empty"):
        _recalibrate(unjudged, asked, tmp_path / "new")


def test_a_damaged_model_and_one_that_reads_no_pages_are_refused(unjudged, asked, tmp_path):
    with pytest.raises(ModelRefused):
        _recalibrate(stand_in(tmp_path / "digits-alone", recipe="original"), asked, tmp_path / "new")
    (unjudged / RUNTIME).write_bytes(b"")
    with pytest.raises(ModelRefused, match="damaged"):
        _recalibrate(unjudged, asked, tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_without_digits_nothing_is_left(unjudged, tmp_path):
    with pytest.raises(NoUsableInput):
        _recalibrate(unjudged, [Asked("digits", tmp_path / "none.npz")], tmp_path / "deep" / "new")
    assert not (tmp_path / "deep").exists()


@pytest.fixture
def silent(tmp_path):
    """The shipped model as it was when it did not tell yet what it decides by."""
    pytest.importorskip("keras", reason="converting needs the extra `train`")
    from model.export.litert import write_litert
    from model.export.plain import plain_network
    from model.export.trained import load_trained

    folder = tmp_path / "silent"
    shutil.copytree(shipped_bundle(), folder)
    write_litert(plain_network(load_trained(open_bundle(folder)).network, "silent"), folder / RUNTIME)
    extend_manifest(folder, runtime={"precision": "float32"})
    return folder


@pytest.mark.train
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")
def test_a_model_that_holds_no_digits_beside_each_other_learns_to(silent, asked, tmp_path):
    assert not tells_embeddings(silent)
    plan = replace(SMALLEST, held_out_tasks=1, sheets=1, pages=0)

    folder = _recalibrate(silent, asked, tmp_path / "new", plan=plan)

    assert tells_embeddings(folder)
    check_files(open_bundle(folder))
    glyphs = to_batch(DigitSource.builtin().images)
    before, after = (Classifier.load(model).predict(glyphs).argmax(axis=1) for model in (silent, folder))
    assert (before == after).mean() > 0.98
    assert load_reader(folder).calibration.number is not None


@pytest.mark.train
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")
def test_without_its_weights_it_reads_as_before(silent, asked, tmp_path):
    (silent / WEIGHTS).write_bytes(b"")
    extend_manifest(silent)
    told = []

    folder = _recalibrate(
        silent,
        asked,
        tmp_path / "new",
        plan=replace(SMALLEST, held_out_tasks=1, sheets=1, pages=0),
        on_event=told.append,
    )

    assert not tells_embeddings(folder)
    assert any("left as it is" in line for line in told)
