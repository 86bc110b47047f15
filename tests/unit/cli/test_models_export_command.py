"""`digitize models export` as a user types it."""

import importlib.util
import json

import pytest

import cli.models_export
import worker.model_export
from model.export.formats import ExportReport


@pytest.fixture(autouse=True)
def with_tensorflow(monkeypatch):
    """Let TensorFlow be found, whether it is there or not: none of these loads it."""
    monkeypatch.setattr(cli.models_export, "find_spec", lambda name: importlib.util.find_spec("json"))


@pytest.fixture
def asked(monkeypatch):
    """Return what the export was asked for; it is never carried out."""
    calls = []

    def run_export(folder, name, out, *, digits, library):
        calls.append((folder, name, out, digits, library))
        return ExportReport(
            name, "ours-1", 1000, "1,000 of 10,000 test digits of d.npz", 2.5e-7, 0.991, 0.992, 26.0, 70.0
        )

    monkeypatch.setattr(worker.model_export, "run_export", run_export)
    return calls


def test_the_place_is_printed_and_the_comparison_told(digitize, asked):
    done = digitize("models", "export", "shipped", "--format", "tflite-int8", "-o", "reader.tflite")

    assert done.exit_code == 0
    assert done.stdout == "reader.tflite\n"
    assert "of 1,000 of 10,000 test digits of d.npz 99.10 % read right, by Keras 99.20 %\n" in done.stderr
    assert "26 microseconds a digit, in float 70" in done.stderr


def test_json_holds_the_whole_report(digitize, asked):
    done = digitize("models", "export", "-f", "onnx", "-o", "reader.onnx", "--json", "-q")

    told = json.loads(done.stdout)
    assert told["path"] == "reader.onnx"
    assert told["largest_difference"] == 2.5e-7
    assert set(told) == {"path", *ExportReport.__dataclass_fields__}
    assert done.stderr == ""


def test_the_current_model_is_exported_where_none_is_named(digitize, asked):
    from model.bundle import shipped_bundle

    digitize("models", "export", "-f", "onnx", "-o", "reader.onnx")

    ((folder, *_),) = asked
    assert folder == shipped_bundle()


def test_without_tensorflow_it_says_what_to_install(digitize, asked, monkeypatch):
    monkeypatch.setattr(cli.models_export, "find_spec", lambda name: None)
    done = digitize("models", "export", "-f", "onnx", "-o", "reader.onnx")

    assert done.exit_code == 2
    assert "TensorFlow" in done.stderr
    assert "hint: " in done.stderr
    assert not asked


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["-f", "caffe", "-o", "reader"], 2),
        (["-o", "reader.onnx"], 2),
        (["-f", "onnx"], 2),
        (["-f", "onnx", "-o", "reader.txt"], 2),
        (["no-such-model", "-f", "onnx", "-o", "reader.onnx"], 8),
        (["-f", "onnx", "-o", "reader.onnx", "--digits", "absent.npz"], 5),
    ],
)
def test_what_cannot_be_done_has_its_code(arguments, code, digitize):
    done = digitize("models", "export", *arguments)

    assert done.exit_code == code
    assert done.stderr.startswith("error: ")
