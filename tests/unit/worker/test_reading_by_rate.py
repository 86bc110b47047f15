"""A page is decided by what the model that reads it was judged to promise."""

import json
import shutil

import cv2
import numpy as np
import pytest

from model.bundle import MANIFEST, shipped_bundle
from model.calibration import IDENTITY
from segmentation.page import Page
from worker.errors import ModelRefused
from worker.reader import load_reader

#: Every number is this sure by the calibration below: it has no weight but a bias.
SURE = 1 / (1 + np.exp(-2.0))
THREE = cv2.putText(np.full((300, 300), 255, np.uint8), "3", (130, 160), cv2.FONT_HERSHEY_SIMPLEX, 2.4, 0, 5)
POINTS = [[0.95, 9_000, 0], [0.5, 20_000, 40]]


@pytest.fixture
def reader(tmp_path):
    """Return a function that loads the shipped network with another calibration."""
    folder = tmp_path / "model"
    shutil.copytree(shipped_bundle(), folder)

    def loaded(**calibration):
        manifest = json.loads((folder / MANIFEST).read_text())
        number = {"weights": [0.0] * len(IDENTITY.weights), "bias": 2.0}
        manifest["calibration"] = {"number": number, **calibration}
        (folder / MANIFEST).write_text(json.dumps(manifest))
        return load_reader(folder)

    return loaded


def _read(reader, **asked):
    reading = reader.read_page(Page(THREE, dpi=None, orientation=1, kind="png"), **asked)
    (number,) = reading.numbers
    return number.status.value, reading.processing[-1]


@pytest.mark.parametrize(
    ("rate", "status", "told"),
    [
        (0.01, "accepted", {"accept_confidence": 0.5}),
        (0.001, "review", {"accept_confidence": 0.95}),
        (0.00001, "review", {"best_kept": 0.36}),
    ],
)
def test_the_rate_that_is_asked_for_decides(reader, rate, status, told):
    curve = {"judged": 25_000, "points": POINTS}
    found, step = _read(reader(error_curve=curve, accept_confidence=0.0), max_error_rate=rate)
    assert 0.5 < SURE < 0.95
    assert found == status
    assert step.name == "accept"
    assert told.items() <= step.settings.items()
    assert step.settings["max_error_rate"] == rate


def test_without_a_rate_the_step_names_the_models_own_threshold(reader):
    usual = {"log_odds": [50.0, 60.0], "unread_share": [0.0, 0.5]}
    found, step = _read(reader(accept_confidence=0.25, usual_pages=usual))
    assert found == "accepted"
    assert step.settings["accept_confidence"] == 0.25
    assert step.settings["log_odds"] < step.settings["log_odds_low"] == 50.0


def test_a_model_that_was_not_judged_refuses_a_rate_and_nothing_else(reader):
    unjudged = reader(accept_confidence=0.25)
    with pytest.raises(ModelRefused, match="was not judged for a share of wrong numbers"):
        _read(unjudged, max_error_rate=0.01)
    assert _read(unjudged)[0] == "accepted"


@pytest.mark.parametrize(
    "calibration",
    [
        {"error_curve": None},
        {"error_curve": {"judged": 1, "points": POINTS}},
        {"error_curve": {"judged": 10**5, "points": POINTS[::-1]}},
        {"error_curve": {"judged": 10**5, "points": [[float("nan"), 1, 0]]}},
        {"usual_pages": {"log_odds": [1, 2]}},
    ],
    ids=json.dumps,
)
def test_nonsense_in_the_manifest_is_refused(reader, calibration):
    with pytest.raises(
        ModelRefused, match=r"manifest\.json(: calibration: (error_curve|usual_pages)| cannot be used): "
    ):
        reader(**calibration)
