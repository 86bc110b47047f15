import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.calibration import (
    IDENTITY,
    NumberCalibration,
    expected_calibration_error,
    fit_numbers,
    number_features,
)

TRUE = NumberCalibration((0.4, 0.3, -0.5), 1.0)

#: Not so sure that the odds are cut off.
confidences = st.lists(st.floats(0.05, 0.999), min_size=1, max_size=5)


def _simulated(count=20_000):
    """Numbers of one to six digits that are right as often as `TRUE` says."""
    rng = np.random.default_rng(3)
    digits = [rng.beta(6, 1, size) for size in rng.integers(1, 7, count)]
    chances = np.array([TRUE.probability(list(number)) for number in digits])
    features = np.array([number_features(list(number)) for number in digits])
    return features, rng.random(count) < chances, chances


def test_features_are_the_odds_of_all_and_of_the_weakest_and_the_length():
    product, least, length = number_features([0.9, 0.5])
    assert product == pytest.approx(np.log(0.45 / 0.55))
    assert least == pytest.approx(0.0)
    assert length == pytest.approx(np.log(2))


def test_certainty_and_impossibility_stay_finite():
    assert np.isfinite(number_features([1.0, 1.0])).all()
    assert np.isfinite(number_features([0.0])).all()
    assert number_features([1.0000002]) == number_features([1.0])


@given(confidences)
def test_the_identity_is_the_product(values):
    assert IDENTITY.probability(values) == pytest.approx(np.prod(values), abs=2e-6)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=8))
def test_a_probability_lies_between_none_and_all(values):
    assert 0 <= TRUE.probability(values) <= 1


def test_the_fit_recovers_the_odds_behind_simulated_numbers():
    features, right, chances = _simulated()
    fitted = fit_numbers(features, right)
    odds = features @ np.array(fitted.weights) + fitted.bias
    assert np.abs(1 / (1 + np.exp(-odds)) - chances).max() < 0.06
    assert fitted.weights == pytest.approx(TRUE.weights, abs=0.2)
    assert fitted.bias == pytest.approx(TRUE.bias, abs=0.2)


def test_the_fit_is_honest_where_the_product_is_not():
    features, right, _ = _simulated()
    fitted = fit_numbers(features[:10_000], right[:10_000])

    def error(calibration):
        odds = features[10_000:] @ np.array(calibration.weights) + calibration.bias
        return expected_calibration_error(1 / (1 + np.exp(-odds)), right[10_000:])

    assert error(fitted) < 0.02 < 0.1 < error(IDENTITY)


def test_what_can_be_parted_without_error_keeps_finite_weights():
    features = np.array([number_features([p]) for p in (0.6, 0.7, 0.95, 0.99)])
    fitted = fit_numbers(features, np.array([False, False, True, True]))
    assert np.isfinite([*fitted.weights, fitted.bias]).all()
    assert fitted.probability([0.6]) < 0.1 < 0.9 < fitted.probability([0.99])


@pytest.mark.parametrize("right", [[], [True, True], [False, False]])
def test_without_both_right_and_wrong_there_is_nothing_to_learn(right):
    features = np.array([number_features([0.9])] * len(right)).reshape(-1, 3)
    assert fit_numbers(features, np.array(right, bool)) is IDENTITY


def test_the_error_by_hand():
    # Bins of a half: two at 0.2 of which one is right, two at 0.9 of which both are.
    error = expected_calibration_error(
        np.array([0.2, 0.2, 0.9, 0.9]), np.array([True, False, True, True]), bins=2
    )
    assert error == pytest.approx(0.5 * 0.3 + 0.5 * 0.1)


def test_the_error_weighs_bins_by_what_lies_in_them():
    confidences = np.array([0.1] * 9 + [1.0])
    right = np.array([False] * 9 + [False])
    assert expected_calibration_error(confidences, right) == pytest.approx(0.9 * 0.1 + 0.1 * 1.0)


def test_what_is_always_as_sure_as_right_has_no_error():
    assert expected_calibration_error(np.ones(5), np.ones(5, bool)) == 0.0
    assert expected_calibration_error(np.zeros(0), np.zeros(0, bool)) == 0.0


def test_the_manifest_brings_the_calibration_back():
    calibration = NumberCalibration((0.123456789, -2.0, 3.5), -0.000012)
    stored = json.loads(json.dumps({"number": calibration.as_manifest(), "temperature": 1.2}))
    back = NumberCalibration.from_manifest(stored)
    assert back.weights == pytest.approx(calibration.weights, abs=1e-5)
    assert back.bias == pytest.approx(calibration.bias, abs=1e-5)


def test_a_manifest_without_one_gives_the_product():
    assert NumberCalibration.from_manifest({"temperature": 1.2}) is IDENTITY
