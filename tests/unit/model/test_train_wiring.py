"""Which glyphs each step of a training is given, and in which order: nothing is fitted for real."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

keras = pytest.importorskip("keras", reason="training is not installed")

from model import course, train  # noqa: E402
from model.architecture import READER_WIDTHS, ReaderWidths  # noqa: E402
from model.bundle import MANIFEST, RUNTIME  # noqa: E402
from model.contract import CLASSES, to_batch  # noqa: E402
from model.errors import TrainingDiverged  # noqa: E402
from model.glyphs import Glyphs  # noqa: E402
from model.makes import fit_makes  # noqa: E402
from model.runtime_choice import RuntimeChoice  # noqa: E402
from model.train import EpochReport, TrainConfig, train_bundle  # noqa: E402

pytestmark = pytest.mark.train

#: Grey value of each part's glyphs, how many there are, how many are read right, and what was made of each.
PARTS = {"training": (50, 3000, 3000, 0), "held out": (100, 500, 450, 1), "test": (150, 300, 60, 2)}
#: What the stand-in network gives to the class that it takes each glyph for.
SURENESS = 0.99
WIDE = ReaderWidths((8, 16, 24, 40), 32)
CONFIG = TrainConfig(epochs=3, batch=1000, learning_rate=3e-4, dropout=0.25, bent=0.0, seed=5)


def part(name: str) -> Glyphs:
    """Glyphs that can be told from those of the other parts by their grey value."""
    grey, count, _, make = PARTS[name]
    images = np.full((count, 28, 28), grey, np.uint8)
    return Glyphs(images, np.arange(count) % CLASSES, np.full(count, make), *[np.zeros(count, np.int64)] * 2)


def parts_of(batch: NDArray[np.floating[Any]]) -> set[str]:
    """Name the parts that glyphs, in bytes or in shares of ink, are of."""
    greys = np.rint(batch * (1 if batch.dtype == np.uint8 else 255)).astype(int)
    found = {name for name, (grey, *_) in PARTS.items() if (greys == grey).any()}
    assert set(np.unique(greys)) == {PARTS[name][0] for name in found}
    return found


class Network:
    """Stands for a network: reads as many glyphs of each part right as it is told to."""

    def __init__(self, widths: ReaderWidths, dropout: float = 0.0) -> None:
        self.widths, self.dropout = widths, dropout
        self.compiled: dict[str, Any] = {}
        self.optimizer: Any = None

    def compile(self, **settings: Any) -> None:
        self.compiled, self.optimizer = settings, settings["optimizer"]

    def get_weights(self) -> list[Any]:
        return []

    def set_weights(self, weights: list[Any]) -> None:
        assert weights == []

    def predict(self, batch: NDArray[np.float32], **_: Any) -> NDArray[np.float32]:
        (name,) = parts_of(batch)
        number = np.arange(len(batch))
        taken_for = (number + (number >= PARTS[name][2])) % CLASSES
        rows = np.full((len(batch), CLASSES), (1 - SURENESS) / (CLASSES - 1), np.float32)
        rows[number, taken_for] = SURENESS
        return rows


class Steps:
    """What the steps of a training were given, by their names, in the order in which they came."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.given: dict[str, tuple[Any, ...]] = {}
        self.settings: dict[str, Any] = {}
        for name in ("load_weights", "load_optimizer", "save_optimizer", "save_weights", "_draw_curves"):
            monkeypatch.setattr(train, name, self._noted(name))
        monkeypatch.setattr(train, "load_widths", self._noted("load_widths", WIDE))
        monkeypatch.setattr(train, "build_reader", Network)
        monkeypatch.setattr(train, "shift_not_a_digit", self._noted("shift_not_a_digit"))
        monkeypatch.setattr(train, "in_parts", lambda network, step: network)
        monkeypatch.setattr(train, "converted", self._noted("converted", b"float"))
        monkeypatch.setattr(train, "quantized", self._noted("quantized", b"int8"))
        monkeypatch.setattr(train, "choose_runtime", self._choose)
        monkeypatch.setattr(course, "fit", self._fit)

    def _noted(self, name: str, result: object = None) -> Any:
        def note(*given: Any) -> object:
            self.given[name] = given
            return result

        return note

    def _choose(self, *given: Any, **settings: Any) -> RuntimeChoice:
        self.given["choose_runtime"] = (*given, settings)
        return RuntimeChoice(b"int8", "int8", 1, 1.0, 1.0, 0.0, 0.0, 2.0)

    def _fit(self, *given: Any, on_epoch: Any, stopped: Any, **settings: Any) -> None:
        self.given["fit"] = given
        self.settings = {**settings, "stopped": stopped}
        for epoch in range(settings["initial_epoch"], settings["epochs"]):
            on_epoch(epoch, {"loss": 4.0 - epoch, "accuracy": 0.1, "val_loss": 3.0, "val_accuracy": 0.2})


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> Steps:
    return Steps(monkeypatch)


def trained(folder: Path, config: TrainConfig = CONFIG, **more: Any) -> dict[str, Any]:
    """Train on the three parts; return the manifest."""
    told: list[EpochReport] = []
    three = [part(name) for name in PARTS]
    train_bundle(folder, *three, config, details={"recipe": "default"}, on_epoch=told.append, **more)
    assert [report.epoch for report in told] == list(range(1, config.epochs + 1))
    manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text("utf-8"))
    return manifest


def test_only_training_glyphs_are_fitted_on_and_held_out_ones_are_watched(
    steps: Steps, tmp_path: Path
) -> None:
    trained(tmp_path)

    _, images, labels = steps.given["fit"]
    assert parts_of(images) == {"training"}
    assert images.shape == (3000, 28, 28, 1)
    assert sorted(labels) == sorted(part("training").labels)
    watched, its_labels = steps.settings["validation_data"]
    assert parts_of(watched) == {"held out"}
    assert np.array_equal(its_labels, part("held out").labels)
    assert steps.settings["batch_size"] == CONFIG.batch


def test_temperature_and_makes_are_those_of_held_out_glyphs(steps: Steps, tmp_path: Path) -> None:
    calibration = trained(tmp_path)["calibration"]

    # Of 500 held-out glyphs 450 are read right: tempered, the network has to be sure by 0.9.
    wanted = np.log(SURENESS / ((1 - SURENESS) / 10)) / np.log(0.9 / (0.1 / 10))
    assert calibration["temperature"] == pytest.approx(wanted, rel=0.02)
    held_out = part("held out")
    assert calibration["makes"] == fit_makes(held_out.labels, held_out.makes, CLASSES).round(5).tolist()


def test_the_runtime_is_chosen_by_held_out_glyphs_as_reading_tempers_them(
    steps: Steps, tmp_path: Path
) -> None:
    manifest = trained(tmp_path)

    plain, eight_bits, images, labels, settings = steps.given["choose_runtime"]
    assert (plain, eight_bits) == (b"float", b"int8")
    held_out = part("held out")
    assert np.array_equal(images, to_batch(held_out.images))
    assert np.array_equal(labels, held_out.labels)
    assert settings == {"temperature": manifest["calibration"]["temperature"]}
    assert (tmp_path / RUNTIME).read_bytes() == b"int8"


def test_training_glyphs_from_beginning_to_end_tell_eight_bits_how_large_values_become(
    steps: Steps, tmp_path: Path
) -> None:
    trained(tmp_path)

    _, samples = steps.given["quantized"]
    assert parts_of(samples) == {"training"}
    assert len(samples) == train.SAMPLES


def test_figures_are_those_of_test_glyphs(steps: Steps, tmp_path: Path) -> None:
    metrics = trained(tmp_path)["metrics"]

    labels = part("test").labels
    right = np.arange(300) < PARTS["test"][2]
    assert metrics["glyphs"] == 300
    assert metrics["digit_accuracy"] == pytest.approx(right[labels < 10].mean())
    assert metrics["not_a_digit_rejected"] == pytest.approx(right[labels == 10].mean())


def test_training_goes_on_from_weights_and_optimizer_before_it_is_fitted(
    steps: Steps, tmp_path: Path
) -> None:
    start, state = tmp_path / "parent", tmp_path / "parent" / "optimizer.npz"

    trained(tmp_path, start=start, optimizer=state)

    assert list(steps.given)[:4] == ["load_widths", "load_weights", "load_optimizer", "fit"]
    network = steps.given["fit"][0]
    assert steps.given["load_weights"][:3] == (network, start, WIDE)
    _, shift = steps.given["shift_not_a_digit"]
    assert shift == json.loads((tmp_path / MANIFEST).read_text("utf-8"))["training"]["balance"]
    optimizer, its_network, path = steps.given["load_optimizer"]
    assert optimizer is network.compiled["optimizer"]
    assert (its_network, path) == (network, state)


def test_the_balance_kept_is_that_of_the_model_gone_on_from_and_not_of_a_wider_one_in_sixteen_bits(
    steps: Steps, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[ReaderWidths, str]] = []

    class Watched(Network):
        def __init__(self, widths: ReaderWidths, dropout: float = 0.0) -> None:
            super().__init__(widths, dropout)
            self.policy = keras.config.dtype_policy().name

        def predict(self, batch: NDArray[np.float32], **settings: Any) -> NDArray[np.float32]:
            asked.append((self.widths, self.policy))
            return super().predict(batch, **settings)

    monkeypatch.setattr(train, "build_reader", Watched)
    monkeypatch.setattr(train, "quick_precision", lambda: "mixed_bfloat16")

    trained(tmp_path, start=Path("parent"), wider=1.5)

    assert asked[0] == (WIDE, "float32")
    assert WIDE.wider(1.5) in [widths for widths, _ in asked[1:]]
    assert steps.given["fit"][0].policy == "mixed_bfloat16"


@pytest.mark.parametrize(("start", "widths"), [(None, READER_WIDTHS), (Path("parent"), WIDE)])
def test_a_network_is_as_wide_as_the_one_it_goes_on_from_and_says_so(
    steps: Steps, tmp_path: Path, start: Path | None, widths: ReaderWidths
) -> None:
    manifest = trained(tmp_path, start=start)

    assert steps.given["fit"][0].widths == steps.given["save_weights"][0].widths == widths
    assert ReaderWidths.from_manifest(manifest) == widths


def test_a_new_network_starts_from_nothing_and_leaves_no_optimizer_unasked(
    steps: Steps, tmp_path: Path
) -> None:
    trained(tmp_path)

    assert next(iter(steps.given)) == "fit"
    assert not {"load_weights", "load_optimizer", "save_optimizer", "shift_not_a_digit"} & set(steps.given)


def test_the_optimizer_that_was_trained_with_is_kept_where_it_is_asked_for(
    steps: Steps, tmp_path: Path
) -> None:
    trained(tmp_path, keep_optimizer=tmp_path / "kept.npz")

    optimizer, path = steps.given["save_optimizer"]
    assert optimizer is steps.given["fit"][0].optimizer
    assert path == tmp_path / "kept.npz"
    assert list(steps.given).index("save_optimizer") > list(steps.given).index("fit")


@pytest.mark.parametrize("rate", [3e-4, 5e-3])
def test_steps_begin_as_long_as_the_configuration_says_and_end_at_nothing(
    steps: Steps, tmp_path: Path, rate: float
) -> None:
    trained(tmp_path, replace(CONFIG, learning_rate=rate))

    # Three epochs of three batches each.
    rates = []
    optimizer = steps.given["fit"][0].optimizer
    for step in range(10):
        optimizer.iterations.assign(step)
        rates.append(float(optimizer.learning_rate))
    assert rates[0] == pytest.approx(rate)
    assert rates[3] == pytest.approx(rate * (1 + np.cos(np.pi / 3)) / 2)
    assert rates[8] > 0
    assert rates[9] == pytest.approx(0, abs=1e-12)


def test_the_configuration_is_what_is_built_and_noted(steps: Steps, tmp_path: Path) -> None:
    said = trained(tmp_path)["training"]

    assert steps.given["fit"][0].dropout == CONFIG.dropout
    assert said.pop("precision") in {"float32", "mixed_bfloat16"}
    assert said.pop("left_out") == 0
    assert said.pop("balance") == 0.0
    assert said == {
        "epochs": 3,
        "batch": 1000,
        "learning_rate": 3e-4,
        "dropout": 0.25,
        "bent": 0.0,
        "seed": 5,
    }


def test_what_asks_for_a_stop_is_handed_on(steps: Steps, tmp_path: Path) -> None:
    asked: list[bool] = []

    def stopped() -> bool:
        asked.append(True)
        return False

    trained(tmp_path, stopped=stopped)

    assert steps.settings["stopped"]() is False
    assert asked == [True]


def test_a_loss_that_is_no_number_is_told_and_writes_no_model(
    steps: Steps, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fit(*_: Any, on_epoch: Any, **settings: Any) -> None:
        on_epoch(0, {"loss": float("nan"), "accuracy": 0.1, "val_loss": 3.0, "val_accuracy": 0.2})
        assert settings["stopped"]()
        raise KeyboardInterrupt

    monkeypatch.setattr(course, "fit", fit)

    with pytest.raises(TrainingDiverged, match="no number in epoch 1"):
        trained(tmp_path)
    assert list(tmp_path.iterdir()) == []
