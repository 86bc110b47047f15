"""``--max-error-rate`` as a user types it."""

import json
import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest

from model.bundle import extend_manifest, shipped_bundle
from model.synth.digits import DigitSource
from tests.digit_files import moved
from worker.recalibration import recalibrated
from worker.training_plan import Plan

#: Holds no rate below some 30 in 1,000.
CURVE = {"judged": 400, "points": [[0.9, 200, 0], [0.5, 300, 30]]}


@pytest.fixture
def page(digitize):
    pixels = cv2.putText(np.full((300, 300), 255, np.uint8), "3", (130, 160), 0, 2.4, 0, 5)
    path = Path("one.png")
    path.write_bytes(cv2.imencode(".png", pixels)[1].tobytes())
    return path


@pytest.fixture
def judged(digitize):
    """A model that was judged for a share of wrong numbers."""
    shutil.copytree(shipped_bundle(), "judged")
    extend_manifest(Path("judged"), calibration={"error_curve": CURVE})
    return "judged"


@pytest.fixture
def unjudged(digitize):
    shutil.copytree(shipped_bundle(), "unjudged")
    manifest = json.loads(Path("unjudged/manifest.json").read_text())
    manifest["calibration"].pop("error_curve", None)
    Path("unjudged/manifest.json").write_text(json.dumps(manifest))
    return "unjudged"


def test_a_rate_that_cannot_be_held_accepts_nothing_and_is_told_once(digitize, page, judged):
    result = digitize("submit", page, "-o", "job", "--model", judged, "--max-error-rate", "1/1000")

    assert result.exit_code == 0
    assert "accepted" not in result.stdout.split("\n", 1)[1]
    told = "warning: that at most 1 in 1,000 are wrong cannot be promised: on 1 page nothing was accepted"
    assert result.stderr.count(told) == 1
    at_best = "can promise at most 19 in 1,000, keeping 50 % of the numbers"
    before, after = (line for line in result.stderr.splitlines() if at_best in line)
    assert "are wrong cannot be promised: nothing will be accepted" in before
    assert told in after
    assert result.stderr.index(before) < result.stderr.index("\njob: ")
    assert json.loads(Path("job/job.json").read_text())["options"]["max_error_rate"] == 0.001
    summary = json.loads(Path("job/summary.json").read_text())
    assert summary["numbers"]["accepted"] == 0
    assert [warning["code"] for warning in summary["warnings"]] == ["error-rate-not-held"]
    assert summary["acceptance"] == {
        "max_error_rate": 0.001,
        "thresholds": [],
        "expected_error_rate": None,
    }


def test_a_watch_says_so_when_it_begins_and_results_at_the_end(digitize, page, judged):
    Path("inbox").mkdir()
    page.rename("inbox/one.png")
    asked = ("--model", judged, "--max-error-rate")
    begun = digitize("watch", "inbox", "-o", "jobs", "--once", "--stable", "0.01", *asked, "1/1000")
    (job,) = (each for each in Path("jobs").iterdir() if each.is_dir())

    assert begun.stderr.count("cannot be promised: nothing will be accepted") == 1
    assert digitize("results", job).stderr.count("cannot be promised: on 1 page nothing was accepted") == 1


@pytest.mark.usefixtures("ink_reader")
def test_a_rate_that_can_be_held_is_no_reason_to_warn(digitize, page, judged):
    result = digitize("submit", page, "-o", "job", "--model", judged, "--max-error-rate", "50/1000")

    assert (result.exit_code, "cannot be promised" in result.stderr) == (0, False)


def test_show_tells_what_a_model_promises(digitize, judged):
    lines = digitize("models", "show", judged).stdout.splitlines()

    head = next(k for k, line in enumerate(lines) if line.startswith("wrong at most"))
    assert [line.split() for line in lines[head + 1 : head + 3]] == [
        ["19", "in", "1,000", "(at", "best)", "50.0", "%"],
        ["20", "in", "1,000", "0.9", "50.0", "%"],
    ]


@pytest.mark.usefixtures("ink_reader")
def test_the_machines_form_tells_what_to_expect(digitize, page):
    told = json.loads(digitize("submit", page, "-o", "job", "--json").stdout)
    assert told["acceptance"] == {"max_error_rate": None, "thresholds": [], "expected_error_rate": 0.2}
    assert told["warnings"] == []


@pytest.mark.usefixtures("ink_reader")
def test_a_model_that_was_not_judged_is_refused_before_anything_is_made(digitize, page, unjudged):
    result = digitize("submit", page, "-o", "job", "--model", unjudged, "--max-error-rate", "1/1000")

    assert result.exit_code == 8
    assert "was not judged for a share of wrong numbers" in result.stderr
    assert not Path("job").exists()


@pytest.mark.usefixtures("ink_reader")
def test_resume_refuses_such_a_model_too(digitize, page, judged, unjudged):
    digitize("submit", page, "-o", "job", "--model", judged, "--max-error-rate", "1%")
    (record,) = Path("job/pages").iterdir()
    record.unlink()
    shutil.copy("unjudged/manifest.json", "judged/manifest.json")

    assert digitize("resume", "job").exit_code == 8


@pytest.mark.usefixtures("ink_reader")
def test_not_together_with_a_confidence(digitize, page, judged):
    result = digitize("submit", page, "--max-error-rate", "1%", "--min-confidence", "0.9")

    assert result.exit_code == 2
    assert "--min-confidence and --max-error-rate cannot both be given" in result.stderr


@pytest.mark.usefixtures("ink_reader")
@pytest.mark.parametrize("rate", ["much", "1", "0", "5/1000/2", ""])
def test_what_is_no_rate_is_a_usage_error(digitize, page, rate):
    result = digitize("submit", page, "--max-error-rate", rate)

    assert result.exit_code == 2
    assert "it has to be like 10/1000, 1% or 0.01" in result.stderr


@pytest.mark.usefixtures("ink_reader")
def test_another_rate_is_another_job(digitize, page, judged):
    def submit(rate):
        return digitize("submit", page, "-o", "job", "--model", judged, "--max-error-rate", rate)

    assert "continued" in (submit("5%"), submit("50/1000"))[1].stderr
    assert submit("6%").exit_code == 6


def _shown(digitize):
    told = json.loads(digitize("doctor", "--json").stdout)
    settings = {each["name"]: (each["value"], each["origin"]) for each in told["settings"]}
    checks = {check["name"]: check for check in told["checks"]}
    return settings["accept_confidence"][0], settings["max_error_rate"], checks["model"]


def test_doctor_shows_the_threshold_that_the_rate_picks(digitize, judged, unjudged, monkeypatch):
    monkeypatch.setenv("DIGITIZE_MODEL", judged)
    Path("digitize.toml").write_text('max_error_rate = "50/1000"\n')
    threshold, rate, check = _shown(digitize)
    assert (threshold, rate) == ("0.9 (by max_error_rate)", ("0.05", "digitize.toml"))
    assert check["ok"]

    monkeypatch.setenv("DIGITIZE_MAX_ERROR_RATE", "0.1%")
    threshold, rate, _ = _shown(digitize)
    assert threshold == "none: the model cannot promise that"
    assert rate == ("0.001", "environment DIGITIZE_MAX_ERROR_RATE")

    monkeypatch.setenv("DIGITIZE_MODEL", unjudged)
    assert not _shown(digitize)[2]["ok"]
    assert digitize("doctor").exit_code == 8


def test_a_model_can_be_judged_anew_for_it(digitize, page, unjudged):
    sample = DigitSource.builtin()
    images, labels = moved(sample.images), sample.labels.astype(np.uint8)
    np.savez(
        "digits.npz", x_train=images[100:], y_train=labels[100:], x_test=images[:100], y_test=labels[:100]
    )
    plan = Plan(read_tasks=1, judged_tasks=1, read_pages=20)  # of eight, guesses would be accepted
    given = {}

    def calibrate(*arguments, **options):
        given.update(options)
        return recalibrated(*arguments, **{**options, "plan": plan})

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("worker.recalibration.recalibrated", calibrate)
        result = digitize(
            *("models", "calibrate", unjudged, "--data", "digits.npz", "-o", "judged", "-j", "1"),
            *("--judged-pages", "100", "--json"),
        )

    assert result.exit_code == 0, result.output
    assert (given["plan"].judged_tasks, given["plan"].read_pages) == (3, 48)
    told = json.loads(result.stdout)
    assert Path(told["model"]) == Path("judged")
    assert told["best_error_rate"] > 0
    again = digitize("submit", page, "-o", "job", "--model", "judged", "--max-error-rate", "0.001%")
    assert (again.exit_code, "cannot be promised" in again.stderr) == (0, True), again.stderr


@pytest.mark.parametrize("as_json", [True, False])
def test_one_that_too_few_images_judged_promises_nothing(digitize, unjudged, monkeypatch, as_json):
    def calibrate(*_, out, **__):
        return shutil.copytree(unjudged, out)

    monkeypatch.setattr("worker.recalibration.recalibrated", calibrate)

    result = digitize("models", "calibrate", unjudged, "-o", "judged", *["--json"] * as_json)

    assert result.exit_code == 0, result.output
    if as_json:
        told = json.loads(result.stdout)
        assert told.pop("model") == "judged"
        assert told == {"best_error_rate": None, "best_kept": None, "error_curve": None}
    else:
        assert result.stdout.split() == ["judged"]
