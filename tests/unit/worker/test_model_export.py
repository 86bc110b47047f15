"""An export is in its place only when it was checked, and nothing else is lost for it."""

import os
import shutil

import numpy as np
import pytest

from model.bundle import WEIGHTS, shipped_bundle
from model.errors import ExportFailed, RuntimeMissing
from model.export.formats import FORMATS, ExportReport
from model.synth.digits import DigitSource
from worker import model_export
from worker.errors import ModelRefused, NoUsableInput, OutputNotWritable, UsageError
from worker.export_formats import EXPORT_FORMATS
from worker.model_export import run_export

REPORT = ExportReport("keras", "stand-in", 1000, "1,000 digits", 1e-6, 1.0, 1.0)


def test_the_names_are_those_of_the_formats():
    assert tuple(FORMATS) == EXPORT_FORMATS


def _images(count):
    images = DigitSource.builtin().images
    return images[np.arange(count) % len(images)]


@pytest.fixture
def exported(monkeypatch):
    """Let nothing be loaded, and the export be what a function writes."""

    def stand_in(write):
        def export_model(trained, name, path, specimens, *, tfjs):
            write(path)
            return REPORT

        monkeypatch.setattr(model_export, "export_model", export_model)

    monkeypatch.setattr(model_export, "load_trained", lambda bundle: None)
    stand_in(lambda path: path.write_bytes(b"new"))
    return stand_in


def run(name, out, **options):
    chosen = {"digits": None, "library": out.parent / "tf.js", **options}
    return run_export(shipped_bundle(), name, out, **chosen)


def folder_with(*names):
    def write(path):
        path.mkdir()
        for name in names:
            (path / name).write_text("new")

    return write


def test_a_file_is_written_and_replaced(exported, tmp_path):
    out = tmp_path / "below" / "reader.onnx"
    assert run("onnx", out) == REPORT
    out.write_bytes(b"old")
    run("onnx", out)

    assert out.read_bytes() == b"new"
    assert list(out.parent.iterdir()) == [out]


def test_a_folder_is_written_and_an_earlier_export_replaced(exported, tmp_path):
    exported(folder_with("model.json", "group1-shard1of1.bin"))
    out = tmp_path / "web"
    out.mkdir()
    for name in ("model.json", "group1-shard1of1.bin"):
        (out / name).write_text("old")
    run("tfjs", out)

    assert {path.name: path.read_text() for path in out.iterdir()} == {
        "model.json": "new",
        "group1-shard1of1.bin": "new",
    }
    assert list(tmp_path.iterdir()) == [out]


@pytest.mark.parametrize("name", ["tfjs", "savedmodel"])
def test_a_folder_with_anything_else_stays(name, exported, tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work")

    with pytest.raises(OutputNotWritable, match=r"thesis\.txt"):
        run(name, tmp_path)
    assert (tmp_path / "thesis.txt").read_text() == "years of work"


def saved_model(path):
    """As TensorFlow writes one."""
    for name in ("saved_model.pb", "fingerprint.pb", "variables/variables.index"):
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_text("new")
    (path / "assets").mkdir()


def test_an_earlier_saved_model_is_replaced_and_so_is_an_empty_folder(exported, tmp_path):
    exported(saved_model)
    out = tmp_path / "web"
    out.mkdir()
    run("savedmodel", out)
    (out / "saved_model.pb").write_text("old")
    run("savedmodel", out)

    assert (out / "saved_model.pb").read_text() == "new"
    assert list(tmp_path.iterdir()) == [out]


@pytest.mark.parametrize(
    ("name", "file", "export"),
    [
        ("savedmodel", "assets/logo.svg", False),
        ("savedmodel", "assets/logo.svg", True),
        ("savedmodel", "assets/fonts/ours.ttf", True),
        ("savedmodel", "variables/ours.csv", True),
        ("savedmodel", "variables/variables.mine/ours.csv", True),
        ("savedmodel", "fingerprint.pb", False),
        ("savedmodel", "saved_model.pb/ours.csv", False),
        ("savedmodel", "variables", True),
        ("tfjs", "model.json", False),
        ("tfjs", "group1-shard1of1.bin", False),
        ("tfjs", "model.json/ours.csv", False),
        ("tfjs", "assets/logo.svg", True),
    ],
)
def test_files_under_names_that_exports_use_stay(exported, tmp_path, name, file, export):
    """Websites have a folder `assets`, and many programs a `model.json`."""
    out = tmp_path / "web"
    out.mkdir()
    if export and name == "savedmodel":
        saved_model(out)
    elif export:
        for each in ("model.json", "group1-shard1of1.bin"):
            (out / each).write_text("old")
    if (out / file).is_dir():
        shutil.rmtree(out / file)
    (out / file).parent.mkdir(parents=True, exist_ok=True)
    (out / file).write_text("years of work")

    with pytest.raises(OutputNotWritable, match=file.split("/")[0]):
        run(name, out)
    assert (out / file).read_text() == "years of work"


def test_a_link_under_a_name_of_an_export_stays(exported, tmp_path):
    saved_model(tmp_path / "ours")
    (tmp_path / "web").mkdir()
    (tmp_path / "web" / "saved_model.pb").symlink_to(tmp_path / "ours" / "saved_model.pb")

    with pytest.raises(OutputNotWritable, match=r"saved_model\.pb"):
        run("savedmodel", tmp_path / "web")
    assert (tmp_path / "web" / "saved_model.pb").is_symlink()


def test_what_comes_while_a_model_is_exported_stays(exported, tmp_path):
    out = tmp_path / "web"

    def write(path):
        saved_model(path)
        (out / "assets").mkdir(parents=True)
        (out / "assets" / "logo.svg").write_text("years of work")

    exported(write)
    with pytest.raises(OutputNotWritable, match=r"assets/logo\.svg"):
        run("savedmodel", out)
    assert (out / "assets" / "logo.svg").read_text() == "years of work"


def test_a_file_in_place_of_a_folder_stays(exported, tmp_path):
    (tmp_path / "web").write_text("a file")

    with pytest.raises(OutputNotWritable, match="no folder"):
        run("tfjs", tmp_path / "web")
    assert (tmp_path / "web").read_text() == "a file"


def test_a_folder_in_place_of_a_file_stays(exported, tmp_path):
    (tmp_path / "reader.onnx").mkdir()

    with pytest.raises(OutputNotWritable, match="is a folder"):
        run("onnx", tmp_path / "reader.onnx")


@pytest.mark.parametrize("name", ["keras", "h5", "tflite", "tflite-int8", "onnx"])
def test_an_ending_that_readers_would_stumble_over_is_refused(name, exported, tmp_path):
    with pytest.raises(UsageError, match="does not end in") as caught:
        run(name, tmp_path / "reader.bin")

    assert "reader." in caught.value.remedy


def test_an_unknown_format_brings_the_list(exported, tmp_path):
    with pytest.raises(UsageError, match="caffe") as caught:
        run("caffe", tmp_path / "reader")

    assert all(name in caught.value.remedy for name in EXPORT_FORMATS)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (ExportFailed("it differs"), ModelRefused),
        (RuntimeMissing("no runtime", remedy="get one"), UsageError),
        (OSError(28, "No space left on device"), OutputNotWritable),
    ],
)
def test_a_failed_check_leaves_what_was_there(error, kind, exported, tmp_path):
    def write(path):
        path.write_bytes(b"half")
        raise error

    exported(write)
    out = tmp_path / "reader.onnx"
    out.write_bytes(b"old")

    with pytest.raises(kind):
        run("onnx", out)
    assert list(tmp_path.iterdir()) == [out]
    assert out.read_bytes() == b"old"


def test_digits_that_are_none_are_named(exported, tmp_path):
    with pytest.raises(NoUsableInput, match=r"absent\.npz"):
        run("onnx", tmp_path / "reader.onnx", digits=tmp_path / "absent.npz")


def test_more_digits_judge_eight_bits(monkeypatch, exported, tmp_path):
    digits = tmp_path / "digits.npz"
    labels = DigitSource.builtin().labels[np.arange(3000) % 500]
    np.savez(digits, x_test=_images(3000), y_test=labels)
    counted = {}

    def export_model(trained, name, path, specimens, *, tfjs):
        counted[name] = len(specimens.labels)
        path.write_bytes(b"new")
        return REPORT

    monkeypatch.setattr(model_export, "export_model", export_model)
    for name in ("tflite", "tflite-int8"):
        run(name, tmp_path / "reader.tflite", digits=digits)

    assert counted == {"tflite": 1000, "tflite-int8": 3000}


@pytest.mark.parametrize(("digits", "data"), [(None, "the sample that is built in"), ("own.npz", "own.npz")])
def test_the_digits_that_were_compared_are_named(monkeypatch, exported, tmp_path, digits, data):
    labels = DigitSource.builtin().labels[np.arange(3000) % 500]
    np.savez(tmp_path / "own.npz", x_test=_images(3000), y_test=labels)
    named = []

    def export_model(trained, name, path, specimens, *, tfjs):
        named.append(specimens.data)
        path.write_bytes(b"new")
        return REPORT

    monkeypatch.setattr(model_export, "export_model", export_model)
    run("tflite", tmp_path / "reader.tflite", digits=None if digits is None else tmp_path / digits)

    assert f"test digits of {data}" in named[0]


def test_what_libraries_say_by_themselves_is_not_seen(exported, tmp_path, monkeypatch, capfd):
    def chatty(path):
        os.write(2, b"fully_quantize: 0")
        path.write_bytes(b"new")

    exported(chatty)
    monkeypatch.setattr(model_export, "load_trained", lambda bundle: os.write(2, b"oneDNN is on"))
    run("onnx", tmp_path / "reader.onnx")

    assert capfd.readouterr().err == ""


def test_damaged_weights_are_refused(tmp_path):
    folder = shutil.copytree(shipped_bundle(), tmp_path / "model")
    with (folder / WEIGHTS).open("ab") as stream:
        stream.write(b"more")

    with pytest.raises(ModelRefused, match="damaged") as caught:
        run_export(folder, "onnx", tmp_path / "reader.onnx", digits=None, library=tmp_path / "tf.js")
    assert caught.value.remedy.startswith("Copy its folder anew")
    assert [path.name for path in tmp_path.iterdir()] == ["model"]
