"""The weights of a model folder find their network, and others are refused."""

import os

import numpy as np
import pytest

from model.bundle import WEIGHTS, open_bundle, shipped_bundle, write_manifest
from model.errors import BundleInvalid
from tests.networks import folder_of, stirred

pytestmark = [
    pytest.mark.train,
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning"),
]


@pytest.fixture(autouse=True)
def keras():
    return pytest.importorskip("keras", reason="networks need the extra `train`")


@pytest.mark.parametrize(("name", "classes"), [("build_reader", 11), ("build_original", 10)])
def test_a_folder_of_either_network_loads(name, classes, tmp_path):
    from model import architecture
    from model.export.trained import called, load_trained, tempered

    network = stirred(getattr(architecture, name)())
    trained = load_trained(folder_of(network, tmp_path / "model", calibration={"temperature": 1.5}))
    batch = np.random.default_rng(3).random((4, 28, 28), np.float32)

    assert trained.probabilities(batch).shape == (4, classes)
    assert trained.probabilities(batch) == pytest.approx(tempered(called(network, batch), 1.5), abs=1e-6)


def test_a_reader_of_other_widths_loads_by_its_manifest(tmp_path):
    from model.architecture import ReaderWidths, build_reader
    from model.export.trained import load_trained

    widths = ReaderWidths((8, 12, 16, 20), 24)
    network = stirred(build_reader(widths))
    told = folder_of(network, tmp_path / "told", architecture=widths.as_manifest())

    assert load_trained(told).network.count_params() == network.count_params()
    with pytest.raises(BundleInvalid, match="fits none of the networks"):
        load_trained(folder_of(network, tmp_path / "untold"))


def test_keras_gives_what_reading_gives():
    from model.classify import Classifier
    from model.export.trained import load_trained
    from model.synth.digits import DigitSource

    batch = DigitSource.builtin().images[::10].astype(np.float32) / np.float32(255)
    trained = load_trained(open_bundle(shipped_bundle()))

    by_keras, read = trained.probabilities(batch), Classifier.load().predict(batch)

    # The shipped model reads in eight bits: a digit that lies between two classes may change sides.
    assert (by_keras.argmax(axis=1) == read.argmax(axis=1)).mean() >= 0.98
    assert np.abs(by_keras - read).mean() < 0.003


def test_changed_weights_are_refused(tmp_path):
    from model.architecture import build_original
    from model.export.trained import load_trained

    bundle = folder_of(build_original(), tmp_path / "model")
    with (bundle.folder / WEIGHTS).open("ab") as stream:
        stream.write(b"more")

    with pytest.raises(BundleInvalid, match="damaged"):
        load_trained(bundle)


def test_a_pipe_in_place_of_weights_holds_nobody_up(tmp_path, keras):
    from model.architecture import build_original
    from model.export.trained import load_trained

    bundle = folder_of(build_original(), tmp_path / "model")
    (bundle.folder / WEIGHTS).unlink()
    os.mkfifo(bundle.folder / WEIGHTS)

    with pytest.raises(BundleInvalid, match="cannot be read"):
        load_trained(bundle)


@pytest.mark.parametrize("kind", ["another network", "no weights", "none"])
def test_weights_of_no_known_network_are_refused(kind, tmp_path, keras):
    from model.architecture import build_original
    from model.export.trained import load_trained

    bundle = folder_of(build_original(), tmp_path / "model")
    path = bundle.folder / WEIGHTS
    if kind == "another network":
        build_original(7).save_weights(path)
    elif kind == "no weights":
        path.write_bytes(b"not HDF5")
    else:
        path.unlink()
    write_manifest(bundle.folder, {})

    with pytest.raises(BundleInvalid, match=WEIGHTS):
        load_trained(open_bundle(bundle.folder))
