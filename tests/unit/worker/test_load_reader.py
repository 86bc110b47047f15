"""What a model's manifest says of confidence: taken as it is meant, or refused before any page."""

import json
import shutil

import cv2
import numpy as np
import pytest

from model.bundle import MANIFEST, shipped_bundle
from model.calibration import IDENTITY
from model.contract import CLASSES, NOT_A_DIGIT
from model.makes import MAKES
from segmentation.candidates import PART, WHOLE
from segmentation.page import Page
from worker.errors import ModelRefused
from worker.reader import load_reader

WEIGHTS = len(IDENTITY.weights)
#: A page with one three, 50 px high.
THREE = cv2.putText(np.full((300, 300), 255, np.uint8), "3", (130, 160), cv2.FONT_HERSHEY_SIMPLEX, 2.4, 0, 5)


@pytest.fixture
def model(tmp_path):
    """Return a function that puts entries into the calibration of a copy of the shipped model."""
    folder = tmp_path / "model"
    shutil.copytree(shipped_bundle(), folder)

    def calibrated(calibration):
        manifest = json.loads((folder / MANIFEST).read_text())
        manifest["calibration"] = calibration
        (folder / MANIFEST).write_text(json.dumps(manifest))
        return folder

    return calibrated


@pytest.mark.parametrize(
    "calibration",
    [
        {"number": {"weights": [1.0, 0.0, 0.0], "bias": 0.0}},
        {"number": {"weights": [1.0] * (WEIGHTS + 1), "bias": 0.0}},
        {"number": {"weights": [1.0] * WEIGHTS}},
        {"number": {"bias": 0.0}},
        {"number": {"weights": ["much"] * WEIGHTS, "bias": 0.0}},
        {"number": {"weights": [1.0] * WEIGHTS, "bias": None}},
        {"number": [1.0] * WEIGHTS},
        {"number": {"weights": [float("nan")] * WEIGHTS, "bias": 0.0}},
        {"number": {"weights": [1.0] * WEIGHTS, "bias": float("inf")}},
        {"accept_confidence": "rather sure"},
        {"accept_confidence": None},
        {"accept_confidence": 7},
        {"accept_confidence": float("nan")},
        {"makes": "whole"},
        {"makes": [[0.5] * CLASSES] * (MAKES - 1)},
        {"makes": [[0.0] * CLASSES] * MAKES},
        {"makes": [[0.5] * (CLASSES + 1)] * MAKES},
        {"temperature": "warm"},
        {"temperature": None},
        {"temperature": 0},
        {"temperature": -1.0},
        {"temperature": float("nan")},
        [],
    ],
    ids=json.dumps,
)
def test_an_odd_calibration_is_refused(model, calibration):
    with pytest.raises(ModelRefused, match=r"manifest\.json(: calibration| cannot be used): "):
        load_reader(model(calibration))


def test_the_number_of_weights_is_said(model):
    with pytest.raises(ModelRefused, match=f"{WEIGHTS} weights of a number are needed; found 2"):
        load_reader(model({"number": {"weights": [1.0, 0.0], "bias": 0.0}}))


def _confidences(reader, **wanted):
    page = Page(THREE, dpi=None, orientation=1, kind="png")
    return [(number.confidence, number.status) for number in reader.read_page(page, **wanted).numbers]


@pytest.mark.parametrize("bias", [-2.0, 0.0, 3.0])
def test_the_calibration_of_the_manifest_is_what_confidence_comes_from(model, bias):
    only_bias = {"number": {"weights": [0.0] * WEIGHTS, "bias": bias}, "accept_confidence": 0.5}

    found = _confidences(load_reader(model(only_bias)))

    sure = 1 / (1 + np.exp(-bias))
    assert [confidence for confidence, _ in found] == [pytest.approx(sure, abs=1e-5)]
    assert found[0][1] == ("accepted" if sure >= 0.5 else "rejected")


def test_what_is_asked_for_goes_before_what_the_manifest_accepts(model):
    even = {"number": {"weights": [0.0] * WEIGHTS, "bias": 0.0}, "accept_confidence": 0.4}
    reader = load_reader(model(even))
    assert [status for _, status in _confidences(reader)] == ["accepted"]
    assert [status for _, status in _confidences(reader, accept_confidence=0.6)] == ["review"]


def test_makes_weigh_what_the_network_says(model):
    def read(likely, *garbage):
        """Read while what is made so is a digit so seldom; the three is whole."""
        likelihoods = np.full((MAKES, CLASSES), 1 / MAKES)
        likelihoods[list(garbage), :NOT_A_DIGIT] = likely
        return _confidences(load_reader(model({"makes": likelihoods.tolist()})))

    ((usual, _),) = read(1 / MAKES, WHOLE)
    ((seldom, _),) = read(1e-5, WHOLE)
    assert usual > seldom + 1e-4
    assert read(1e-9, WHOLE, PART) == []


def test_the_evidence_is_that_of_the_numbers(model):
    reading = load_reader(model({})).read_page(Page(THREE, dpi=None, orientation=1, kind="png"))
    (number,), (evidence,) = reading.numbers, reading.evidence
    assert evidence.confidences == pytest.approx([digit.confidence for digit in number.digits], abs=1e-6)
    assert number.confidence == pytest.approx(IDENTITY.probability(evidence), abs=1e-6)
    assert evidence.height_share == pytest.approx(1.0, abs=0.1)
