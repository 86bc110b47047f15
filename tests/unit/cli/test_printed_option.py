"""``--printed`` as a user types it."""

import csv
import functools
import json
import shutil
from pathlib import Path

import cv2
import pytest

import worker.asked_model
import worker.embedded
from model.bundle import INK, extend_manifest, shipped_bundle
from tests.sides_reader import FACTORY, threes


@pytest.fixture
def page(digitize):
    path = Path("threes.png")
    path.write_bytes(cv2.imencode(".png", threes().pixels)[1].tobytes())
    return path


@pytest.fixture
def able(digitize, monkeypatch):
    """A model that says it has a network of ink, and a reader that has one."""
    shutil.copytree(shipped_bundle(), "able")
    Path("able", INK).write_bytes(b"not run here")
    extend_manifest(Path("able"))
    monkeypatch.setattr(worker.asked_model, "check_works", lambda *_, **__: None)
    read_with_it = functools.partial(worker.embedded.run_embedded, reader_factory=FACTORY)
    monkeypatch.setattr(worker.embedded, "run_embedded", read_with_it)
    return "able"


@pytest.fixture
def unable(digitize):
    """A model without a network of ink."""
    shutil.copytree(shipped_bundle(), "unable")
    Path("unable", INK).unlink(missing_ok=True)
    extend_manifest(Path("unable"))
    return "unable"


def _rows():
    with Path("job/results.csv").open(encoding="utf-8", newline="") as table:
        return [(row["line"], row["number"], row["kind"]) for row in csv.DictReader(table)]


def test_what_is_printed_is_left_out_counted_and_said(digitize, page, able):
    result = digitize("submit", page, "-o", "job", "--model", able, "--printed", "drop", "--json")

    assert result.exit_code == 0, result.stderr
    told = json.loads(result.stdout)
    assert (told["numbers"]["total"], told["numbers"]["printed_left_out"]) == (2, 2)
    assert [number["kind"] for number in told["results"]] == ["handwritten"] * 2
    assert "2 printed left out" in result.stderr
    assert _rows() == [("1", "1", "handwritten"), ("2", "1", "handwritten")]
    (record,) = (json.loads(path.read_bytes()) for path in Path("job/pages").iterdir())
    assert {"name": "printed", "settings": {"left_out": 2}} in record["processing"]


def test_what_is_printed_is_kept_by_default_and_told_by_its_kind(digitize, page, able):
    result = digitize("submit", page, "-o", "job", "--model", able)

    assert result.exit_code == 0, result.stderr
    assert [kind for _, _, kind in _rows()] == ["printed", "handwritten"] * 2
    assert "left out" not in result.stderr


def test_resume_goes_on_as_the_job_was_asked_whatever_is_set_now(digitize, page, able, monkeypatch):
    digitize("submit", page, "-o", "job", "--model", able, "--printed", "drop")
    (record,) = Path("job/pages").iterdir()
    before = json.loads(record.read_bytes())["numbers"]
    record.unlink()
    monkeypatch.setenv("DIGITIZE_PRINTED", "keep")

    assert digitize("resume", "job").exit_code == 0
    assert json.loads(record.read_bytes())["numbers"] == before
    assert json.loads(Path("job/job.json").read_text())["options"]["printed"] == "drop"
    assert digitize("submit", page, "-o", "job", "--model", able).exit_code == 6


def test_a_model_that_cannot_tell_is_refused_before_anything_is_made(digitize, page, unable, trial_here):
    result = digitize("submit", page, "-o", "job", "--model", unable, "--printed", "drop")

    assert result.exit_code == 8
    assert "cannot tell printed numbers from handwritten ones" in result.stderr
    assert "--printed keep" in result.stderr
    assert not Path("job").exists()


def test_resume_refuses_such_a_model_too(digitize, page, able, unable):
    digitize("submit", page, "-o", "job", "--model", able, "--printed", "drop")
    (record,) = Path("job/pages").iterdir()
    record.unlink()
    shutil.copy("unable/manifest.json", "able/manifest.json")

    assert digitize("resume", "job").exit_code == 8


def test_what_is_no_choice_is_a_usage_error(digitize, page):
    result = digitize("submit", page, "--printed", "away")
    assert result.exit_code == 2
    assert "'keep', 'drop'" in result.stderr


def test_doctor_shows_the_setting_and_refuses_what_the_model_cannot_do(
    digitize, unable, trial_here, monkeypatch
):
    monkeypatch.setenv("DIGITIZE_MODEL", unable)
    Path("digitize.toml").write_text('printed = "drop"\n')

    result = digitize("doctor", "--json")

    assert result.stdout, (result.stderr, result.exception)
    told = json.loads(result.stdout)
    settings = {each["name"]: (each["value"], each["origin"]) for each in told["settings"]}
    assert settings["printed"] == ("drop", "digitize.toml")
    (model,) = (check for check in told["checks"] if check["name"] == "model")
    assert "cannot tell printed numbers" in model["found"]
    assert digitize("doctor").exit_code == 8
