import numpy as np
import pytest

from model.calibration import IDENTITY, Calibration, NumberCalibration, NumberEvidence
from worker.calibrating import ACCEPTED_ERROR, Outcomes, calibrated, merged

FEATURES = len(IDENTITY.weights)


def _outcomes(count, *, seed, written=None):
    """Numbers that are right less often than the product of their digits says."""
    rng = np.random.default_rng(seed)
    numbers = [
        NumberEvidence(tuple(1 - rng.beta(0.35, 9, size)), rng.lognormal(0, 0.3), rng.normal(5, 1))
        for size in rng.integers(1, 6, count)
    ]
    truth = NumberCalibration((1.1, 0.2, -0.3, -0.8, 0.2, 0.0, 0.0, 0.0), -1.4)
    right = rng.random(count) < np.array([truth.probability(number) for number in numbers])
    features = np.array([number.features for number in numbers])
    return Outcomes(features, right, count if written is None else written)


def _confidences(stored, features):
    calibration = Calibration.from_manifest(stored).number
    return 1 / (1 + np.exp(-(features @ np.array(calibration.weights) + calibration.bias)))


def _of(confidences, right):
    features = np.array([NumberEvidence((value,)).features for value in confidences]).reshape(-1, FEATURES)
    return Outcomes(features, np.array(right, bool), len(right))


def test_the_threshold_keeps_the_promised_error_and_accepts_what_it_can():
    fitted = _outcomes(20_000, seed=1)

    stored, _ = calibrated(fitted, fitted)

    sure = _confidences(stored, fitted.features)
    accepted = sure >= stored["accept_confidence"] + 1e-4
    assert 0.2 < accepted.mean() < 0.95
    assert (~fitted.right[accepted]).mean() <= ACCEPTED_ERROR + 1e-3
    more = sure >= stored["accept_confidence"] - 0.03
    assert (~fitted.right[more]).mean() > ACCEPTED_ERROR


def test_the_promise_nearly_holds_for_numbers_it_was_not_fitted_on():
    _, metrics = calibrated(_outcomes(20_000, seed=1), _outcomes(20_000, seed=2))
    assert metrics["accepted"] > 4_000
    assert metrics["wrong_among_accepted"] <= 2 * ACCEPTED_ERROR * metrics["accepted"]
    assert metrics["expected_calibration_error"] < 0.02


def test_the_metrics_count_the_judged_numbers():
    judged = _of([0.999, 0.999, 0.3, 0.2], [True, False, True, False])
    judged = Outcomes(judged.features, judged.right, 7)
    _, metrics = calibrated(_of([0.99] * 300, [True] * 300), judged)
    assert metrics["numbers_written"] == 7
    assert metrics["numbers_read"] == 4
    assert metrics["numbers_right"] == 2
    assert metrics["accepted"] == 2
    assert metrics["wrong_among_accepted"] == 1


def test_the_judged_numbers_have_no_say_in_the_fit():
    fitted = _outcomes(500, seed=1)
    stored, _ = calibrated(fitted, _outcomes(500, seed=2))
    assert calibrated(fitted, fitted)[0] == stored
    assert Calibration.from_manifest(stored).number != IDENTITY


def test_where_all_are_right_the_product_stands_and_all_are_accepted():
    fitted = _of([0.7, 0.9, 0.99] * 100, [True] * 300)
    stored, metrics = calibrated(fitted, fitted)
    assert Calibration.from_manifest(stored).number == IDENTITY
    assert stored["accept_confidence"] == pytest.approx(0.7, abs=1e-4)
    assert metrics["numbers_right"] == 300


def test_few_numbers_that_are_all_right_do_not_prove_that_one_in_a_hundred_is_wrong_at_most():
    stored, _ = calibrated(_of([0.7, 0.9, 0.99], [True] * 3), _of([0.9], [True]))
    assert stored["accept_confidence"] == 0.999


def test_where_the_surest_are_wrong_hardly_anything_is_accepted():
    fitted = _of([0.6, 0.7, 0.8, 0.9], [False, False, False, False])
    stored, _ = calibrated(fitted, fitted)
    assert stored["accept_confidence"] == 0.999


def test_nobody_has_to_be_surer_than_the_limit():
    fitted = _of([0.9999999] * 50, [True] * 50)
    assert calibrated(fitted, fitted)[0]["accept_confidence"] == 0.999


def test_nothing_read_at_all_is_no_accident():
    nothing = Outcomes(np.zeros((0, FEATURES)), np.zeros(0, bool), 12)
    stored, metrics = calibrated(nothing, nothing)
    assert Calibration.from_manifest(stored).number == IDENTITY
    assert stored["accept_confidence"] == 0.999
    assert (metrics["numbers_written"], metrics["numbers_read"], metrics["accepted"]) == (12, 0, 0)


def test_outcomes_of_several_drawings_are_put_together():
    parts = [_outcomes(3, seed=1, written=4), _outcomes(2, seed=2, written=6)]
    both = merged(parts)
    assert both.features.shape == (5, FEATURES)
    assert both.right.tolist() == [*parts[0].right, *parts[1].right]
    assert both.written == 10
