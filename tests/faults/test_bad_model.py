"""A model folder that is damaged: exit code 8 and one clear line, with the reader that is shipped."""

import hashlib
import json
import shutil
from pathlib import Path

import pytest

from model.bundle import MANIFEST, RUNTIME, shipped_bundle
from tests.job_builders import png


@pytest.fixture
def page(digitize):
    Path("one.png").write_bytes(png(40))
    return Path("one.png")


def truncated(model):
    data = (model / RUNTIME).read_bytes()
    (model / RUNTIME).write_bytes(data[: len(data) // 2])


def changed(model):
    data = bytearray((model / RUNTIME).read_bytes())
    data[len(data) // 2] ^= 1
    (model / RUNTIME).write_bytes(data)


def without_runtime(model):
    (model / RUNTIME).unlink()


def without_manifest(model):
    (model / MANIFEST).unlink()


def manifest_of_another_hash(model):
    edit_manifest(model, lambda manifest: manifest["files"][RUNTIME].update(sha256="0" * 64))


def manifest_cut(model):
    text = (model / MANIFEST).read_text()
    (model / MANIFEST).write_text(text[: len(text) // 2])


def truncated_and_vouched_for(model):
    truncated(model)
    digest = hashlib.sha256((model / RUNTIME).read_bytes()).hexdigest()
    edit_manifest(model, lambda manifest: manifest["files"][RUNTIME].update(sha256=digest))


def calibrated_by_words(model):
    edit_manifest(model, lambda manifest: manifest["calibration"].update(accept_confidence="rather sure"))


def calibrated_for_other_evidence(model):
    number = {"weights": [1.0, 0.0, 0.0], "bias": 0.0}
    edit_manifest(model, lambda manifest: manifest["calibration"].update(number=number))


def calibrated_to_nothing(model):
    edit_manifest(model, lambda manifest: manifest["calibration"].update(temperature=0))


def calibrated_for_other_makes(model):
    edit_manifest(model, lambda manifest: manifest["calibration"].update(makes=[[0.5] * 11] * 2))


def edit_manifest(model, change):
    manifest = json.loads((model / MANIFEST).read_text())
    change(manifest)
    (model / MANIFEST).write_text(json.dumps(manifest))


#: What is done to a model, and what is said of it.
DAMAGES = {
    truncated: "is damaged: its sha256 is not the one in manifest.json",
    changed: "is damaged: its sha256 is not the one in manifest.json",
    without_runtime: "model.tflite cannot be read: No such file or directory",
    without_manifest: "is no model folder: it has no manifest.json",
    manifest_of_another_hash: "is damaged: its sha256 is not the one in manifest.json",
    manifest_cut: "manifest.json cannot be used",
    truncated_and_vouched_for: "does not load",
    calibrated_by_words: "calibration: accept_confidence: a number is needed; found str",
    calibrated_to_nothing: "calibration: temperature: a number above 0 is needed; found 0",
    calibrated_for_other_makes: "calibration: makes: 3 rows of 11 probabilities above 0 are needed",
    calibrated_for_other_evidence: "calibration: number: 12 weights of a number are needed; found 3",
}


@pytest.fixture(params=DAMAGES, ids=lambda damage: damage.__name__)
def damaged(request, digitize):
    model = Path("model").absolute()
    shutil.copytree(shipped_bundle(), model)
    request.param(model)
    return model, DAMAGES[request.param]


def said(result):
    """Return the one line that says what is wrong, and hold that there is no more than it and a hint."""
    *_, error, hint = result.stderr.splitlines()
    assert result.stderr.count("error: ") == 1
    assert "Traceback" not in result.stderr
    assert hint.startswith("hint: Leave out --model and DIGITIZE_MODEL")
    return error


def test_submit_refuses_a_damaged_model_and_touches_no_page(digitize, page, damaged, capfd):
    model, message = damaged

    result = digitize("submit", page, "-o", "job", "-j", "1", "--model", model)

    assert result.exit_code == 8
    assert message in said(result)
    assert not list(Path().glob("job/pages/*.json"))
    assert capfd.readouterr().err == ""


def test_doctor_finds_a_damaged_model(digitize, monkeypatch, damaged, capfd):
    model, message = damaged
    monkeypatch.setenv("DIGITIZE_MODEL", str(model))

    result = digitize("doctor")

    assert result.exit_code == 8
    assert message in said(result)
    assert capfd.readouterr().err == ""


def test_resume_refuses_a_model_that_was_damaged_since(digitize, page, unfinished_job):
    model = Path("model").absolute()
    shutil.copytree(shipped_bundle(), model)
    unfinished_job(page, "--model", model)
    truncated(model)

    result = digitize("resume", "job")

    assert result.exit_code == 8
    assert "is damaged" in said(result)


def test_a_sound_copy_reads_and_says_nothing_but_results(digitize, page, capfd):
    shutil.copytree(shipped_bundle(), "model")

    result = digitize("submit", page, "-o", "job", "-j", "1", "-q", "--model", "model")

    assert (result.exit_code, result.stderr) == (0, "")
    assert capfd.readouterr().err == ""
