"""Every format gives what Keras gives, or is refused."""

import json
import zipfile

import numpy as np
import pytest

from model.bundle import open_bundle, shipped_bundle
from model.errors import ExportFailed, RuntimeMissing
from model.export.specimens import specimens_of
from model.synth.digits import DigitSource
from tests.networks import stirred

pytestmark = [
    pytest.mark.train,
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning"),
]

SUFFIXES = {"keras": ".keras", "h5": ".h5", "savedmodel": "", "tflite": ".tflite", "onnx": ".onnx"}


@pytest.fixture(scope="module", autouse=True)
def keras():
    return pytest.importorskip("keras", reason="networks need the extra `train`")


@pytest.fixture(scope="module")
def specimens():
    return specimens_of(DigitSource.builtin())


@pytest.fixture(scope="module", params=["build_reader", "build_original"])
def trained(request):
    from model import architecture
    from model.export.trained import Trained

    return Trained(stirred(getattr(architecture, request.param)()), 1.4, "stirred-1")


@pytest.fixture(scope="module")
def shipped():
    from model.export.trained import load_trained

    return load_trained(open_bundle(shipped_bundle()))


@pytest.mark.parametrize("name", SUFFIXES)
def test_a_float_format_gives_what_keras_gives(name, trained, specimens, tmp_path):
    from model.export.formats import FLOAT_TOLERANCE, export_model

    if name == "onnx":
        pytest.importorskip("onnxruntime", reason="ONNX needs the extra `export`")

    path = tmp_path / f"model{SUFFIXES[name]}"
    report = export_model(trained, name, path, specimens)

    assert path.exists()
    assert report.digits == 1000
    assert report.largest_difference <= FLOAT_TOLERANCE
    assert (report.us_per_digit is not None) == (name == "tflite")


def test_eight_bits_read_the_same_digits(shipped, specimens, tmp_path):
    from model.export.formats import export_model

    path = tmp_path / "model.tflite"
    report = export_model(shipped, "tflite-int8", path, specimens)

    assert report.keras_accuracy > 0.9
    assert report.accuracy >= report.keras_accuracy - 0.001
    assert report.us_per_digit > 0
    assert report.float_us_per_digit > 0
    assert path.stat().st_size < 0.4 * sum(weights.nbytes for weights in shipped.network.get_weights())
    assert [file.name for file in tmp_path.iterdir()] == ["model.tflite"]


def test_keras_files_can_be_trained_further(shipped, specimens, tmp_path, keras):
    from model.export.keras_files import write_keras

    write_keras(shipped, tmp_path / "model.keras")
    network = keras.saving.load_model(tmp_path / "model.keras")
    network.compile(loss="sparse_categorical_crossentropy")
    before = network.get_weights()[0].copy()
    network.fit(specimens.batch[:32, ..., None], specimens.labels[:32], verbose=0)

    assert (network.get_weights()[0] != before).any()


def test_code_in_a_keras_file_is_refused(shipped, specimens, tmp_path, keras):
    from model.export.keras_files import read_keras

    network = keras.Sequential([keras.layers.Input((28, 28, 1)), keras.layers.Lambda(lambda x: x)])
    network.save(tmp_path / "model.keras")

    with pytest.raises(ValueError, match="Lambda"):
        read_keras(tmp_path / "model.keras", specimens.batch)


def spoiled(monkeypatch, name):
    """Let a format write a network with one wrong weight."""
    from dataclasses import replace

    from model.export import formats

    write = formats.FORMATS[name].write

    def write_wrong(export):
        *others, last = export.plain.steps
        wrong = replace(last, bias=last.bias + np.eye(len(last.bias), dtype=np.float32)[4] * 50)
        write(replace(export, plain=replace(export.plain, steps=(*others, wrong))))

    monkeypatch.setitem(formats.FORMATS, name, replace(formats.FORMATS[name], write=write_wrong))


@pytest.mark.parametrize(
    ("name", "words"), [("tflite", "differs from Keras by"), ("tflite-int8", "points are lost")]
)
def test_an_export_that_reads_otherwise_is_refused(name, words, shipped, specimens, tmp_path, monkeypatch):
    from model.export.formats import export_model

    spoiled(monkeypatch, name)

    with pytest.raises(ExportFailed, match=words):
        export_model(shipped, name, tmp_path / "model", specimens)


def test_a_runtime_that_is_missing_is_named(shipped, specimens, tmp_path, monkeypatch):
    from model.export import formats

    monkeypatch.setattr(formats, "find_spec", lambda module: None)

    with pytest.raises(RuntimeMissing, match="onnx and onnxruntime") as caught:
        formats.export_model(shipped, "onnx", tmp_path / "model.onnx", specimens)
    assert "export" in caught.value.remedy


def test_without_tensorflow_js_no_export_is_called_done(shipped, specimens, tmp_path):
    from model.export.formats import export_model

    with pytest.raises(RuntimeMissing, match=r"no TensorFlow\.js"):
        export_model(shipped, "tfjs", tmp_path / "model", specimens, tfjs=tmp_path / "absent.js")


def test_onnx_takes_any_number_of_glyphs_and_names_the_model(shipped, specimens, tmp_path):
    runtime = pytest.importorskip("onnxruntime", reason="ONNX needs the extra `export`")
    from model.export.onnx_graph import write_onnx
    from model.export.plain import plain_network

    write_onnx(plain_network(shipped.network, "ours-1"), tmp_path / "model.onnx")
    session = runtime.InferenceSession(tmp_path / "model.onnx", providers=["CPUExecutionProvider"])

    assert session.get_modelmeta().custom_metadata_map == {"model": "ours-1"}
    for count in (1, 7):
        (answer,) = session.run(None, {"glyphs": specimens.batch[:count, ..., None]})
        assert answer.shape == (count, 11)


def test_tensorflow_js_finds_the_words_that_it_knows(trained, tmp_path):
    from model.export.plain import plain_network
    from model.export.tfjs import write_tfjs

    write_tfjs(plain_network(trained.network, "ours-1"), tmp_path / "model")
    text = (tmp_path / "model" / "model.json").read_text()
    told = json.loads(text)

    first, *others = told["modelTopology"]["model_config"]["config"]["layers"]
    assert first["config"]["batch_input_shape"] == [None, 28, 28, 1]
    assert not any("batch_input_shape" in layer["config"] for layer in others)
    assert '"batch_shape"' not in text
    assert '"module"' not in text
    (group,) = told["weightsManifest"]
    floats = sum(int(np.prod(entry["shape"])) for entry in group["weights"])
    assert (tmp_path / "model" / group["paths"][0]).stat().st_size == 4 * floats
    assert len(told["userDefinedMetadata"]["labels"]) == trained.network.output_shape[1]


def test_keras_files_hold_no_code(shipped, tmp_path):
    from model.export.keras_files import write_keras

    write_keras(shipped, tmp_path / "model.keras")

    config = zipfile.ZipFile(tmp_path / "model.keras").read("config.json").decode()
    assert "Lambda" not in config
    assert "keras" in config
