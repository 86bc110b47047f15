"""Networks of ten outputs: trained on digits as they are, kept and exported, and never the one that reads."""

import json

import numpy as np
import pytest

from model.bundle import WEIGHTS, open_bundle, shipped_bundle
from model.synth.digits import DigitSource
from tests.digit_files import moved
from tests.model_builders import stand_in
from worker.candidate import retrain_candidate
from worker.errors import ModelRefused
from worker.ingredients import Asked
from worker.promotion import Registry
from worker.training import run_retrain

# TensorFlow's own modules use what Python and NumPy have deprecated; none of it is ours.
needs_tensorflow = [
    pytest.mark.train,
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore:.*tf.lite.Interpreter is deprecated.*:UserWarning"),
]


@pytest.fixture
def digits(tmp_path):
    sample = DigitSource.builtin()
    path = tmp_path / "digits.npz"
    images, labels = moved(sample.images), sample.labels.astype(np.uint8)
    np.savez(path, x_train=images[100:], y_train=labels[100:], x_test=images[:100], y_test=labels[:100])
    return path


@pytest.fixture
def registry(tmp_path):
    return Registry(tmp_path / "models")


def trained(recipe, digits, out, said=None, **options):
    pytest.importorskip("tensorflow", reason="training needs the extra `train`")
    given = {"epochs": 1, "seed": 0, **options}
    return run_retrain(
        [Asked("digits", digits)],
        out=out,
        recipe=recipe,
        on_event=([] if said is None else said).append,
        **given,
    )


def weights_of(folder):
    from model.architecture import build_original

    network = build_original()
    network.load_weights(folder / WEIGHTS)
    return network.get_weights()


@pytest.mark.parametrize("recipe", ["original", "mnist"])
@pytest.mark.parametrize("elsewhere", [False, True])
def test_it_is_kept_but_neither_judged_nor_promoted(recipe, elsewhere, registry, tmp_path, monkeypatch):
    def train(data, *, out, on_event, finish, recipe, seed):
        assert finish is None
        return stand_in(out, recipe=recipe)

    monkeypatch.setattr("worker.candidate.run_retrain", train)
    out = tmp_path / "elsewhere" if elsewhere else None

    candidate = retrain_candidate(
        [],
        registry,
        out=out,
        name=None,
        promote=True,
        on_event=lambda _: None,
        recipe=recipe,
        seed=0,
    )

    assert candidate.folder.is_dir()
    assert (candidate.promoted, candidate.comparisons) == (False, ())
    assert "ten outputs" in candidate.decision
    assert "digitize models export" in candidate.decision
    assert registry.current_folder() == shipped_bundle()


@pytest.mark.parametrize("recipe", ["original", "mnist"])
def test_it_is_not_promoted_by_hand_either(recipe, registry):
    stand_in(registry.folder / "ours", recipe=recipe)

    with pytest.raises(ModelRefused, match="ours cannot read pages: its ten outputs"):
        registry.promote("ours")
    assert registry.current_folder() == shipped_bundle()


class TestTrained:
    pytestmark = needs_tensorflow

    @pytest.mark.parametrize("recipe", ["original", "mnist"])
    def test_a_folder_holds_ten_outputs_that_say_what_the_weights_say(self, recipe, digits, tmp_path):
        from model.architecture import build_original
        from model.export.litert import LiteRtReader

        out = trained(recipe, digits, tmp_path / "model")

        bundle = open_bundle(out)
        assert set(bundle.manifest["files"]) == {"model.tflite", WEIGHTS, "training.png"}
        assert bundle.manifest["data"] == "digits.npz"
        assert bundle.manifest["training"]["seed"] == 0
        assert len(bundle.manifest["metrics"]["epochs"]) == bundle.manifest["training"]["epochs"] == 1
        sample = DigitSource.builtin()
        batch = moved(sample.images)[:100].astype(np.float32) / 255
        network = build_original()
        network.load_weights(out / WEIGHTS)
        by_keras = np.asarray(network(batch[..., None], training=False))
        assert LiteRtReader(out / "model.tflite").probabilities(batch) == pytest.approx(by_keras, abs=1e-4)
        right = float((by_keras.argmax(axis=1) == sample.labels[:100]).mean())
        assert bundle.manifest["metrics"]["digit_accuracy"] == pytest.approx(right)

    @pytest.mark.parametrize("recipe", ["original", "mnist"])
    def test_the_same_seed_gives_the_same_network_and_another_one_another(self, recipe, digits, tmp_path):
        folders = [trained(recipe, digits, tmp_path / f"{k}", seed=seed) for k, seed in enumerate((3, 3, 4))]

        once, again, other = (weights_of(folder) for folder in folders)

        assert all(np.array_equal(a, b) for a, b in zip(once, again, strict=True))
        assert not any(np.array_equal(a, b) for a, b in zip(once, other, strict=True))
        assert len({open_bundle(folder).manifest["metrics"]["test_loss"] for folder in folders}) == 2

    def test_the_origins_figures_stand_beside_ours(self, digits, tmp_path):
        said = []
        trained("original", digits, tmp_path / "model", said, epochs=2)

        lines = "\n".join(said)
        assert "93,322 parameters, 2 epochs of 7 batches of 64" in lines
        assert "400 digits to train on, 100 to judge by: the published figures are of others" in lines
        assert "(published: loss 0.0516, accuracy 98.40 %)" in lines
        assert said[-1].endswith("(published: loss 0.0319, accuracy 98.92 %)")

    def test_more_epochs_teach_what_the_digits_are(self, digits, tmp_path):
        out = trained("mnist", digits, tmp_path / "model", epochs=40)

        metrics = open_bundle(out).manifest["metrics"]
        assert metrics["digit_accuracy"] > 0.6
        assert metrics["epochs"][-1]["loss"] < 0.7 * metrics["epochs"][0]["loss"]

    def test_it_can_be_exported(self, digits, tmp_path):
        from worker.model_export import LIBRARY, run_export

        out = trained("original", digits, tmp_path / "model")

        report = run_export(out, "tflite", tmp_path / "export.tflite", digits=None, library=LIBRARY)

        assert (tmp_path / "export.tflite").is_file()
        assert report.largest_difference < 1e-4
        assert report.model == json.loads((out / "manifest.json").read_text())["id"]

    def test_it_comes_into_the_registry_when_nothing_else_is_said(self, digits, registry):
        found = retrain_candidate(
            [Asked("digits", digits)],
            registry,
            out=None,
            name="ours",
            promote=True,
            recipe="original",
            epochs=1,
            seed=0,
            on_event=lambda _: None,
        )

        assert found.folder == registry.folder / "ours"
        assert open_bundle(found.folder).manifest["recipe"] == "original"
        assert [place.name for place in registry.folder.glob(".growing*")] == []

    def test_a_pupil_is_given_what_its_teacher_says_of_the_changed_digit(self, digits, tmp_path):
        from model.dataset import load_npz
        from model.distillation import softened
        from model.recipe_folder import Training
        from model.recipe_mnist import LABEL_SHARE, _batches, _Course

        seen = []

        def taught(images):
            seen.append(images)
            said = np.full((len(images), 10), 0.01, np.float32)
            said[np.arange(len(images)), images[:, 14, 14] % 10] = 0.91
            return said

        course = _Course(epochs=2, width=1, dropout=0.0, last_strength=1.0, seed=3)
        given = load_npz(digits)
        asked = Training(tmp_path, given, None, 3, {}, lambda _: None)
        batches = list(_batches(asked, course, None, taught, 50))

        assert len(seen) == 2
        images, wanted = batches[0]
        labels = wanted[:, 10:]
        told = LABEL_SHARE * labels + (1 - LABEL_SHARE) * softened(taught(seen[0][:50]))
        np.testing.assert_allclose(wanted[:, :10], told, atol=1e-6)
        np.testing.assert_allclose(images[..., 0] * 255, seen[0][:50], atol=1e-3)
        assert set(labels.sum(axis=1)) == {1.0}
        counted = np.bincount(given.train_labels, minlength=10)
        assert (sum(wanted[:, 10:].sum(axis=0) for _, wanted in batches[:8]) == counted).all()

    def test_the_model_folder_tells_of_the_teacher(self, digits, tmp_path):
        said = []
        out = trained("mnist", digits, tmp_path / "model", said, epochs=2)

        told = open_bundle(out).manifest["training"]
        assert (told["epochs"], told["width"]) == (2, 1)
        assert (told["teacher"]["epochs"], told["teacher"]["width"]) == (1, 2)
        assert told["teacher"]["seed"] != told["seed"]
        assert any(line.startswith("teacher, epoch 1/1: loss") for line in said)
