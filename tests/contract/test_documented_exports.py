"""The code in `docs/export.md` runs as it stands there, and gives what Keras gives."""

import re
from pathlib import Path

import cv2
import numpy as np
import pytest

from model.bundle import open_bundle, shipped_bundle
from worker.export_formats import EXPORT_FORMATS, EXPORT_SUFFIXES

pytestmark = [
    pytest.mark.train,
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning"),
]

TEXT = (Path(__file__).parents[2] / "docs" / "export.md").read_text(encoding="utf-8")
FIRST, FRAMED, *BLOCKS = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)


def test_every_format_has_its_row():
    rows = re.findall(r"^\| `([a-z0-9-]+)` \|", TEXT, re.MULTILINE)

    assert tuple(rows[: len(EXPORT_FORMATS)]) == EXPORT_FORMATS
    for name, suffix in EXPORT_SUFFIXES.items():
        row = next(line for line in TEXT.splitlines() if line.startswith(f"| `{name}` |"))
        assert (f"a file `{suffix}`" if suffix else "a folder") in row


def test_pictures_that_are_framed_as_the_document_says_are_read(tmp_path, monkeypatch):
    from model.classify import Classifier
    from model.synth.digits import DigitSource

    monkeypatch.chdir(tmp_path)
    reader, digits = Classifier.load(shipped_bundle()), DigitSource.builtin()
    read = 0
    for image, label in zip(digits.images[:40], digits.labels[:40], strict=True):
        large = cv2.resize(image, (168, 168), interpolation=cv2.INTER_CUBIC)
        cv2.imwrite("7.jpg", np.pad(230 - large // 2, ((20, 90), (60, 20)), constant_values=230))
        values = {}
        exec(FRAMED, values)
        assert values["glyphs"].shape == (1, 28, 28, 1)
        assert values["glyphs"].dtype == np.float32
        read += int(reader.predict(values["glyphs"][..., 0]).argmax() == label)

    assert read >= 38


@pytest.fixture(scope="module")
def trained():
    pytest.importorskip("tensorflow", reason="exports need the extra `train`")
    from model.export.trained import load_trained

    return load_trained(open_bundle(shipped_bundle()))


@pytest.fixture(scope="module")
def folder(trained, tmp_path_factory):
    """Return a folder with every export that the code opens."""
    from model.export.formats import export_model
    from model.export.specimens import specimens_of
    from model.synth.digits import DigitSource

    pytest.importorskip("onnxruntime", reason="ONNX needs the extra `export`")
    made = tmp_path_factory.mktemp("exports")
    specimens = specimens_of(DigitSource.builtin())
    for name in ("keras", "savedmodel", "tflite", "onnx"):
        export_model(trained, name, made / f"reader{EXPORT_SUFFIXES[name]}", specimens)
    return made


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.split()[1].partition(".")[0])
def test_the_code_of_each_runtime_runs(block, trained, folder, monkeypatch):
    monkeypatch.chdir(folder)
    values = {}
    exec(FIRST, values)
    glyphs = np.random.default_rng(4).random(values["glyphs"].shape, np.float32)
    values["glyphs"] = glyphs

    exec(block, values)

    expected = trained.probabilities(glyphs[..., 0])
    assert np.asarray(values["probabilities"]) == pytest.approx(expected, abs=1e-4)
