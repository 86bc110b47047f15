"""A network in eight bits reads what it reads in float, and its probabilities stay whole."""

import json

import numpy as np
import pytest

from model.bundle import RUNTIME, open_bundle, shipped_bundle, write_manifest
from model.classify import Classifier
from model.contract import CLASSES, to_batch
from model.export.specimens import specimens_of
from model.registry import check_files
from model.runtime import LiteRtNetwork
from model.runtime_choice import choose_runtime
from model.synth.digits import DigitSource

pytestmark = [
    pytest.mark.train,
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning"),
]


@pytest.fixture(scope="module", autouse=True)
def keras():
    return pytest.importorskip("keras", reason="networks need the extra `train`")


@pytest.fixture(scope="module")
def specimens():
    return specimens_of(DigitSource.builtin())


@pytest.fixture(scope="module")
def shipped():
    from model.export.trained import load_trained

    return load_trained(open_bundle(shipped_bundle()))


@pytest.fixture(scope="module")
def int8(shipped, specimens):
    from model.export.litert import quantized

    return quantized(shipped.network, specimens.representative)


@pytest.fixture(scope="module")
def folder(int8, shipped, tmp_path_factory):
    """A model folder with the shipped weights, read in eight bits."""
    folder = tmp_path_factory.mktemp("models") / "int8"
    folder.mkdir()
    for path in shipped_bundle().iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    (folder / RUNTIME).write_bytes(int8)
    manifest = json.loads((folder / "manifest.json").read_text())
    details = {key: value for key, value in manifest.items() if key not in ("id", "format", "files")}
    write_manifest(folder, {**details, "runtime": {"precision": "int8"}})
    return folder


def kinds_of(content):
    """Return the kinds of numbers in a file's tensors."""
    from ai_edge_litert.interpreter import Interpreter

    interpreter = Interpreter(model_content=content)
    return [(one["dtype"].__name__, tuple(one["shape"])) for one in interpreter.get_tensor_details()]


def test_what_is_converted_in_float_gives_what_keras_gives(shipped, specimens):
    from model.export.litert import converted
    from model.export.trained import called

    answers = LiteRtNetwork(converted(shipped.network)).probabilities(specimens.batch)

    assert answers == pytest.approx(called(shipped.network, specimens.batch), abs=1e-4)


def test_convolutions_are_in_eight_bits_and_dense_layers_are_not(int8, shipped):
    kinds = kinds_of(int8)
    kernels = [layer.kernel.shape for layer in shipped.network.layers if hasattr(layer, "kernel")]
    convolutions = [(k[3], k[0], k[1], k[2]) for k in kernels if len(k) == 4]
    dense = [(k[1], k[0]) for k in kernels if len(k) == 2]

    assert convolutions
    assert dense
    assert all(("int8", shape) in kinds for shape in convolutions)
    assert all(("float32", shape) in kinds for shape in dense)


def test_probabilities_below_one_in_256_survive(int8, shipped, specimens):
    from model.export.trained import called

    by_keras = called(shipped.network, specimens.batch)
    by_int8 = LiteRtNetwork(int8).probabilities(specimens.batch)
    small = (by_keras > 1e-8) & (by_keras < 1 / 512)

    assert small.mean() > 0.3
    assert (by_int8[small] > 0).all()
    assert np.abs(np.log(by_int8[small]) - np.log(by_keras[small])).mean() < 0.2
    assert len(np.unique(by_int8[small])) > 1000
    assert by_int8.sum(axis=1) == pytest.approx(np.ones(len(by_int8)), abs=1e-5)


def test_the_shipped_network_loses_nothing_in_eight_bits(int8, shipped, specimens):
    from model.export.litert import converted

    in_float = converted(shipped.network)
    choice = choose_runtime(
        in_float, int8, specimens.batch, specimens.labels, temperature=shipped.temperature
    )

    assert choice.accuracy_int8 >= choice.accuracy_float - 0.003
    assert choice.log_loss_int8 <= 1.06 * choice.log_loss_float
    assert len(int8) < 0.6 * len(in_float)


def test_many_samples_cost_no_more_than_some(shipped, monkeypatch):
    from model.export import litert

    monkeypatch.setattr(litert, "MOST_SAMPLES", 5)
    taken = []
    one_by_one = litert._one_by_one
    monkeypatch.setattr(litert, "_one_by_one", lambda some: taken.append(some) or one_by_one(some))
    samples = to_batch(DigitSource.builtin().images[:9])
    litert.quantized(shipped.network, samples)

    assert (taken[0] == samples[[0, 2, 4, 6, 8]]).all()


def test_a_folder_in_eight_bits_opens_and_reads(folder, specimens):
    answers = Classifier.load(folder).predict(specimens.batch)
    in_float = Classifier.load().predict(specimens.batch)

    assert answers.shape == (1000, CLASSES)
    assert 0 < np.abs(answers - in_float).max() < 0.2
    assert (answers.argmax(axis=1) == in_float.argmax(axis=1)).mean() > 0.98


def test_a_folder_in_eight_bits_is_exported_in_float(folder, specimens, tmp_path):
    from model.export.formats import FLOAT_TOLERANCE, export_model
    from model.export.trained import load_trained

    bundle = open_bundle(folder)
    report = export_model(load_trained(bundle), "tflite", tmp_path / "model.tflite", specimens)

    assert report.largest_difference <= FLOAT_TOLERANCE
    assert report.model == bundle.id != open_bundle(shipped_bundle()).id


def test_the_registry_vouches_for_a_folder_in_eight_bits(folder):
    check_files(open_bundle(folder))


def test_what_reading_runs_tells_what_it_decides_by(shipped, specimens):
    from model.export.litert import converted

    answers = LiteRtNetwork(converted(shipped.network)).answers(specimens.batch[:20])

    last = shipped.network.layers[-1]
    assert answers.embeddings is not None
    assert answers.embeddings.shape == (20, last.kernel.shape[0])
    scores = answers.embeddings @ np.asarray(last.kernel) + np.asarray(last.bias)
    by_them = np.exp(scores - scores.max(axis=1, keepdims=True))
    assert answers.probabilities == pytest.approx(by_them / by_them.sum(axis=1, keepdims=True), abs=1e-5)
