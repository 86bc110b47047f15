import hashlib
import json

import numpy as np
import pytest

from model.bundle import WEIGHTS, open_bundle, shipped_bundle
from model.calibration import Calibration
from model.classify import Classifier
from model.errors import DataInvalid, TrainingUnavailable
from model.synth.digits import DigitSource
from tests.digit_files import moved, write_classes
from worker.errors import NoUsableInput, OutputNotWritable, UsageError
from worker.ingredients import Asked
from worker.parent_model import OPTIMIZER, open_parent
from worker.training import Plan, run_retrain

SMALLEST = Plan(tasks=1, sheets=1, pages=1, held_out_tasks=1, read_tasks=1, judged_tasks=1, read_pages=2)


@pytest.fixture
def digits(tmp_path):
    sample = DigitSource.builtin()
    path = tmp_path / "digits.npz"
    images, labels = moved(sample.images), sample.labels.astype(np.uint8)
    np.savez(path, x_train=images[100:], y_train=labels[100:], x_test=images[:100], y_test=labels[:100])
    return path


def _train(digits, out, said, **changed):
    options = {"recipe": "default", "epochs": 1, "seed": 0, "plan": SMALLEST, "jobs": 1, **changed}
    asked = options.pop("asked", [Asked("digits", digits)])
    return run_retrain(asked, out=out, on_event=said.append, **options)


def assert_the_weights_say_the_same(folder):
    """What is run is what was trained: the runtime file agrees with the weights beside it."""
    from model.architecture import build_reader

    batch = DigitSource.builtin().images[:64].astype(np.float32) / 255
    network = build_reader()
    network.load_weights(folder / WEIGHTS)
    by_keras = np.asarray(network(batch[..., None], training=False))
    bundle = open_bundle(folder)
    assert np.ptp(by_keras, axis=0).max() > 0.005
    # Eight bits move single probabilities of a network that has hardly learned anything by a few points.
    close = 1e-4 if bundle.manifest["runtime"]["precision"] == "float32" else 0.1
    assert Classifier(bundle, Calibration()).predict(batch) == pytest.approx(by_keras, abs=close)


@pytest.mark.train
# TensorFlow's own modules use what Python and NumPy have deprecated; none of it is ours.
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")
@pytest.mark.filterwarnings("ignore:.*tf.lite.Interpreter is deprecated.*:UserWarning")
def test_a_trained_folder_is_a_model_and_is_not_overwritten(digits, tmp_path):
    pytest.importorskip("tensorflow", reason="training needs the extra `train`")
    out, said = tmp_path / "runs" / "model", []

    assert _train(digits, out, said) == out

    classifier = Classifier.load(out)
    manifest = json.loads((out / "manifest.json").read_text())
    runtime = (out / "model.tflite").read_bytes()
    assert classifier.bundle.sha256 == hashlib.sha256(runtime).hexdigest()
    assert manifest["files"]["model.tflite"]["sha256"] == classifier.bundle.sha256
    assert manifest["training"]["epochs"] == len(manifest["metrics"]["epochs"]) == 1
    rows = classifier.predict(np.random.default_rng(0).random((3, 28, 28), np.float32))
    assert rows.shape == (3, 11)
    assert rows.sum(axis=1) == pytest.approx(1, abs=1e-4)
    assert_the_weights_say_the_same(out)
    assert any("epoch 1/1" in line for line in said)
    assert [path.name for path in out.parent.iterdir()] == ["model"]

    with pytest.raises(OutputNotWritable, match="not empty"):
        _train(digits, out, said)
    assert (out / "model.tflite").read_bytes() == runtime


@pytest.mark.train
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")
@pytest.mark.filterwarnings("ignore:.*tf.lite.Interpreter is deprecated.*:UserWarning")
def test_going_on_from_a_model_keeps_what_it_knows_and_says_where_it_comes_from(digits, tmp_path):
    pytest.importorskip("tensorflow", reason="training needs the extra `train`")
    write_classes(tmp_path / "ours", 4, start=20)
    shipped, said = open_parent(shipped_bundle()), []
    asked = [Asked("digits", digits), Asked("digits", tmp_path / "ours", 0.5)]

    first = _train(
        digits, tmp_path / "first", said, asked=asked, epochs=None, parent=shipped, keep_optimizer=True
    )
    second = _train(
        digits,
        tmp_path / "second",
        said,
        parent=open_parent(first),
        learning_rate=1e-4,
        seed=1,
        drawing_seed=0,
    )

    manifests = [open_bundle(folder).manifest for folder in (first, second)]
    assert manifests[0]["parent"] == {
        "id": shipped.bundle.id,
        "sha256": shipped.bundle.sha256,
        "optimizer": False,
    }
    assert manifests[1]["parent"]["id"] == manifests[0]["id"]
    assert manifests[1]["parent"]["optimizer"]
    # What a round took is told by itself, and by those that go on from it.
    assert manifests[1]["training"]["learning_rate"] == 1e-4
    assert (manifests[1]["training"]["seed"], manifests[1]["drawing"]["seed"]) == (1, 0)
    assert [each["id"] for each in manifests[1]["rounds"]] == [shipped.bundle.id, manifests[0]["id"]]
    assert manifests[1]["rounds"][1]["training"] == manifests[0]["training"]
    assert [OPTIMIZER in manifest["files"] for manifest in manifests] == [True, False]
    assert [(each["name"], each["weight"]) for each in manifests[0]["sources"]] == [
        ("digits.npz", 1.0),
        ("ours", 0.5),
    ]
    assert any(line.startswith("parts to draw for training: 2, 1 with digits.npz (") for line in said)
    # A network that knows nothing is at one in eleven after so few glyphs.
    assert all(manifest["metrics"]["digit_accuracy"] > 0.9 for manifest in manifests)
    assert manifests[0]["training"]["epochs"] == 4


def test_an_unknown_recipe_is_refused_before_anything_is_done(digits, tmp_path):
    said = []
    with pytest.raises(UsageError, match="secret-sauce"):
        _train(digits, tmp_path / "model", said, recipe="secret-sauce")
    assert said == []
    assert not (tmp_path / "model").exists()


@pytest.mark.parametrize("data", [b"no archive", b"PK\x03\x04 and no more"])
def test_digits_that_cannot_be_used_leave_no_folder(tmp_path, data):
    (tmp_path / "digits.npz").write_bytes(data)
    with pytest.raises(NoUsableInput, match=r"digits\.npz"):
        _train(tmp_path / "digits.npz", tmp_path / "runs" / "model", [])
    assert not (tmp_path / "runs").exists()


def test_a_file_where_the_folder_is_to_be_is_told_before_anything_is_drawn(digits, tmp_path):
    (tmp_path / "taken").write_bytes(b"something else")
    said = []
    with pytest.raises(OutputNotWritable, match="taken is not a folder"):
        _train(digits, tmp_path / "taken", said)
    assert said == []
    assert (tmp_path / "taken").read_bytes() == b"something else"


def test_training_that_is_not_installed_is_told_as_the_command_tells_it(digits, tmp_path, monkeypatch):
    def unavailable(*_, **__):
        raise TrainingUnavailable("training needs TensorFlow")

    monkeypatch.setattr("worker.reader_training.train_bundle", unavailable)
    monkeypatch.setattr("worker.reader_training._drawn", lambda *_: [None, None, None])
    with pytest.raises(UsageError, match="training needs TensorFlow"):
        _train(digits, tmp_path / "runs" / "today" / "model", [])
    assert not (tmp_path / "runs").exists()


def test_drawing_takes_the_cores_that_this_process_may_use(digits, tmp_path, monkeypatch):
    taken = []

    def drawn(_sources, run):
        taken.append(run.jobs)
        raise DataInvalid("enough")

    monkeypatch.setattr("worker.reader_training._drawn", drawn)
    monkeypatch.setattr("worker.training.usable_cores", lambda: 3)
    with pytest.raises(NoUsableInput, match="enough"):
        _train(digits, tmp_path / "model", [], jobs=None)
    assert taken == [3]
