"""Going on from a model: from its weights, and with the state of its optimizer."""

from pathlib import Path

import numpy as np
import pytest

keras = pytest.importorskip("keras", reason="training is not installed")

from model.architecture import READER_WIDTHS, ReaderWidths, build_original, build_reader  # noqa: E402
from model.bundle import RUNTIME, WEIGHTS, write_manifest  # noqa: E402
from model.errors import BundleInvalid  # noqa: E402
from model.train_state import (  # noqa: E402
    load_optimizer,
    load_weights,
    load_widths,
    save_optimizer,
    save_weights,
    shortened,
)

pytestmark = [
    pytest.mark.train,
    # Keras asks NumPy 2 in the manner of NumPy 1.
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),
]

_IMAGES = np.random.default_rng(0).random((64, 28, 28, 1)).astype(np.float32)
_LABELS = np.arange(64) % 11


def _trained(dropout: float = 0.1) -> "keras.Model":
    keras.utils.set_random_seed(0)
    network = build_reader(dropout=dropout)
    network.compile(optimizer=keras.optimizers.Adam(1e-3), loss="sparse_categorical_crossentropy")
    network.fit(_IMAGES, _LABELS, batch_size=32, epochs=1, verbose=0)
    return network


def _saved(network: "keras.Model", folder: Path) -> None:
    bare = build_reader()
    bare.set_weights(network.get_weights())
    bare.save_weights(folder / WEIGHTS)


def test_a_network_starts_as_the_other_one_ended(tmp_path: Path) -> None:
    ended = _trained()
    _saved(ended, tmp_path)
    keras.utils.set_random_seed(1)
    started = build_reader(dropout=0.2)
    assert np.abs(started.predict(_IMAGES, verbose=0) - ended.predict(_IMAGES, verbose=0)).max() > 1e-3

    load_weights(started, tmp_path)

    assert np.array_equal(started.predict(_IMAGES, verbose=0), ended.predict(_IMAGES, verbose=0))


def test_a_wider_network_starts_with_what_the_other_one_knew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("model.widening.STIRRED", 0.0)
    ended, widths = _trained(), READER_WIDTHS.wider(1.25)
    _saved(ended, tmp_path)
    (tmp_path / RUNTIME).write_bytes(b"runtime")
    write_manifest(tmp_path, {"recipe": "default", "calibration": {"temperature": 1.0}})
    started = build_reader(widths, dropout=0.2)

    load_weights(started, tmp_path, widths, np.random.default_rng(0))

    said, says = (network.predict(_IMAGES, verbose=0) for network in (ended, started))
    assert np.allclose(says, said, atol=1e-5)
    assert started.count_params() > 1.4 * ended.count_params()


def test_shortened_weights_are_nearly_the_same_and_take_less_room(tmp_path: Path) -> None:
    weights = _trained().get_weights()

    short = shortened(weights)

    for before, after in zip(weights, short, strict=True):
        assert after.shape == before.shape
        assert np.all(np.abs(after - before) <= np.abs(before) / 4096)
    assert all(np.array_equal(a, b) for a, b in zip(shortened(short), short, strict=True))
    network = build_reader()
    sizes = []
    for values in (weights, short):
        network.set_weights(values)
        save_weights(network, tmp_path / WEIGHTS)
        sizes.append((tmp_path / WEIGHTS).stat().st_size)
    assert sizes[1] < 0.75 * sizes[0]


def test_packed_weights_are_smaller_and_the_same(tmp_path: Path) -> None:
    network = build_reader()
    network.save_weights(tmp_path / "plain.weights.h5")
    save_weights(network, tmp_path / WEIGHTS)

    assert (tmp_path / WEIGHTS).stat().st_size < 0.97 * (tmp_path / "plain.weights.h5").stat().st_size
    assert {path.name for path in tmp_path.iterdir()} == {WEIGHTS, "plain.weights.h5"}
    again = build_reader()
    again.load_weights(tmp_path / WEIGHTS)
    assert all(np.array_equal(a, b) for a, b in zip(network.get_weights(), again.get_weights(), strict=True))


def test_the_optimizer_goes_on_with_what_it_knew_and_counts_from_zero(tmp_path: Path) -> None:
    ended = _trained()
    save_optimizer(ended.optimizer, tmp_path / "optimizer.npz")
    fresh = keras.optimizers.Adam(1e-3)

    load_optimizer(fresh, build_reader(dropout=0.1), tmp_path / "optimizer.npz")

    assert int(fresh.iterations) == 0
    before, after = ended.optimizer.variables[2:], fresh.variables[2:]
    assert len(before) == len(after) > 10
    assert any(np.abs(np.asarray(value)).max() > 0 for value in after)
    for value, other in zip(before, after, strict=True):
        assert np.array_equal(np.asarray(value), np.asarray(other))


def test_weights_of_another_network_are_refused(tmp_path: Path) -> None:
    build_original(11).save_weights(tmp_path / WEIGHTS)
    with pytest.raises(BundleInvalid, match="does not fit"):
        load_weights(build_reader(), tmp_path)


def test_a_network_of_other_widths_starts_as_the_other_one_ended(tmp_path: Path) -> None:
    narrow = ReaderWidths((4, 8, 12, 16), 20)
    (tmp_path / RUNTIME).write_bytes(b"runs")
    keras.utils.set_random_seed(0)
    ended = build_reader(narrow)
    ended.save_weights(tmp_path / WEIGHTS)
    write_manifest(tmp_path, {"architecture": narrow.as_manifest()})
    keras.utils.set_random_seed(1)

    widths = load_widths(tmp_path)
    started = build_reader(widths, dropout=0.2)
    load_weights(started, tmp_path, widths)

    assert widths == narrow
    assert np.array_equal(started.predict(_IMAGES, verbose=0), ended.predict(_IMAGES, verbose=0))
    with pytest.raises(BundleInvalid, match="does not fit"):
        load_weights(build_reader(), tmp_path)


def test_a_folder_without_weights_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BundleInvalid, match=WEIGHTS):
        load_weights(build_reader(), tmp_path)


def test_a_state_of_another_network_is_refused(tmp_path: Path) -> None:
    other = build_original(11)
    optimizer = keras.optimizers.Adam()
    optimizer.build(other.trainable_variables)
    save_optimizer(optimizer, tmp_path / "optimizer.npz")
    with pytest.raises(BundleInvalid, match="not the optimizer's state"):
        load_optimizer(keras.optimizers.Adam(), build_reader(), tmp_path / "optimizer.npz")


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut off"])
def test_a_damaged_state_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "optimizer.npz").write_bytes(content)
    with pytest.raises(BundleInvalid, match="not the optimizer's state"):
        load_optimizer(keras.optimizers.Adam(), build_reader(), tmp_path / "optimizer.npz")
