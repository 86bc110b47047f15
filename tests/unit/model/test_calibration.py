import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.calibration import (
    EARLIER_FEATURES,
    IDENTITY,
    MOST_SHARE,
    NEAR,
    SUREST,
    SUREST_DIGITS,
    WIDE,
    Calibration,
    NumberCalibration,
    NumberEvidence,
    fit_numbers,
    log_odds,
)
from model.calibration_error import expected_calibration_error

TRUE = NumberCalibration((0.4, 0.3, -0.5, -1.0, 0.25, 0.4, -0.6, -1.5, -0.8, -0.2, 0.3, -0.4), 2.2)
FEATURES = len(IDENTITY.weights)

#: Not so sure that the odds are cut off.
confidences = st.lists(st.floats(0.05, 0.999), min_size=1, max_size=5)


#: Of any size, on any page.
evidence = st.builds(
    NumberEvidence,
    st.lists(st.floats(0, 1), min_size=1, max_size=8).map(tuple),
    st.floats(0, 100),
    st.floats(-14, 14),
    st.floats(-3, 100),
    st.floats(-3, 100),
    st.floats(0, 1),
    st.floats(0, 1e6),
    st.floats(0, 1),
    st.floats(0, 1e6),
)


def _simulated(count=20_000):
    """Numbers of one to six digits, of all sizes, on good pages and bad, right as often as `TRUE` says."""
    rng = np.random.default_rng(3)
    numbers = [
        NumberEvidence(
            tuple(rng.beta(6, 1, size)),
            rng.lognormal(0, 0.7),
            rng.normal(3, 2),
            rng.uniform(0, 4),
            rng.uniform(0, 2),
            rng.uniform(0, 1),
            rng.exponential(1.0),
            rng.uniform(0, 1),
            rng.exponential(1.0),
        )
        for size in rng.integers(1, 7, count)
    ]
    chances = np.array([TRUE.probability(number) for number in numbers])
    features = np.array([number.features for number in numbers])
    return features, rng.random(count) < chances, chances


def test_the_odds_are_those_of_the_probability_and_stay_finite():
    assert log_odds(0.8) == pytest.approx(np.log(4))
    assert log_odds(0.2) == pytest.approx(-np.log(4))
    assert log_odds(1.0) == log_odds(1.0000002) == pytest.approx(np.log(SUREST / (1 - SUREST)))
    assert log_odds(0.0) == pytest.approx(-log_odds(1.0))


def test_features_are_the_odds_of_all_and_of_the_weakest_the_length_the_size_and_the_page():
    number = NumberEvidence((0.9, 0.5), 2.0, 3.5, 0.6, 0.2, 0.25, 9.0, 0.8, 3.0)
    product, least, length, size, page, outer, inner, unread, near, ink, digits, left_out = number.features
    assert product == pytest.approx(np.log(0.45 / 0.55))
    assert least == pytest.approx(0.0)
    assert length == pytest.approx(np.log(2))
    assert size == pytest.approx(np.log(2))
    assert page == 3.5
    assert (outer, inner, unread) == (0.6, 0.2, 0.25)
    assert (near, ink, digits, left_out) == pytest.approx((0.2, np.log(10), np.log(4), np.log(4)))


def test_a_share_of_digits_that_nobody_told_says_nothing_and_a_certain_one_has_bounds():
    assert NumberEvidence((0.9,)).features[10] == pytest.approx(0.0)
    assert NumberEvidence((0.9,), digit_share=1.0).features[10] == pytest.approx(log_odds(MOST_SHARE))
    assert NumberEvidence((0.9,), digit_share=0.0).features[10] == pytest.approx(-log_odds(MOST_SHARE))


def test_gaps_are_none_where_digits_overlap_and_tell_no_more_when_wide():
    overlapping = NumberEvidence((0.9,), outer_gap=-0.5, inner_gap=-1.0)
    far = NumberEvidence((0.9,), outer_gap=9.0, inner_gap=9.0)
    assert overlapping.features[5:7] == (0.0, 0.0)
    assert far.features[5:7] == (WIDE, WIDE)
    assert (overlapping.features[8], far.features[8]) == (NEAR, 0.0)


def test_half_as_high_is_as_odd_as_twice_as_high():
    def oddity(share):
        return NumberEvidence((0.9,), share).features[3]

    assert oddity(0.5) == pytest.approx(oddity(2.0))
    assert oddity(1.0) == 0.0
    assert oddity(0.0) == oddity(0.1) == oddity(50.0) == pytest.approx(np.log(8))


def test_evidence_of_the_digits_alone_is_of_the_usual_size_on_a_page_that_says_nothing():
    assert NumberEvidence((0.9, 0.5)) == NumberEvidence((0.9, 0.5), 1.0, 0.0)


def test_certainty_and_impossibility_stay_finite():
    assert np.isfinite(NumberEvidence((1.0, 1.0)).features).all()
    assert np.isfinite(NumberEvidence((0.0,)).features).all()
    assert NumberEvidence((1.0000002,)).features == NumberEvidence((1.0,)).features


@given(confidences)
def test_the_identity_is_the_product_up_to_what_digits_can_tell(values):
    product = min(SUREST_DIGITS, np.prod(values))
    assert IDENTITY.probability(NumberEvidence(tuple(values))) == pytest.approx(product, abs=2e-6)


def test_the_surest_digits_make_no_number_certain():
    assert NumberEvidence((1.0,)).features == NumberEvidence((SUREST_DIGITS,)).features
    assert NumberEvidence((1.0,)).features[1] < log_odds(1.0)


@given(confidences, st.floats(0.01, 100), st.floats(-14, 14))
def test_the_identity_asks_neither_for_size_nor_for_page(values, share, page):
    digits = tuple(values)
    assert IDENTITY.probability(NumberEvidence(digits, share, page)) == IDENTITY.probability(
        NumberEvidence(digits)
    )


@given(evidence)
def test_a_probability_lies_between_none_and_all(number):
    assert 0 <= TRUE.probability(number) <= 1


def test_every_feature_has_its_own_weight():
    number = NumberEvidence((0.9, 0.5), 2.0, 3.5, 0.6, 0.2, 0.25, 9.0, 0.8, 3.0)
    for place, feature in enumerate(number.features):
        weights = [0.0] * FEATURES
        weights[place] = 0.5
        odds = NumberCalibration(tuple(weights), -0.25).probability(number)
        assert odds == pytest.approx(1 / (1 + np.exp(0.25 - 0.5 * feature)))


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
    features = np.array([NumberEvidence((p,)).features for p in (0.6, 0.7, 0.95, 0.99)])
    fitted = fit_numbers(features, np.array([False, False, True, True]))
    assert np.isfinite([*fitted.weights, fitted.bias]).all()
    low, high = fitted.probability(NumberEvidence((0.6,))), fitted.probability(NumberEvidence((0.99,)))
    assert low < 0.1 < 0.9 < high


@pytest.mark.parametrize("right", [[], [True, True], [False, False]])
def test_without_both_right_and_wrong_there_is_nothing_to_learn(right):
    features = np.array([NumberEvidence((0.9,)).features] * len(right)).reshape(-1, FEATURES)
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
    weights = (0.123456789, -2.0, 3.5, 0.0, 1e-3, 1.0, 2.0, 3.0, -1.0, 0.5, 0.25, -0.75)
    calibration = NumberCalibration(weights, -0.000012)
    stored = json.loads(json.dumps({"number": calibration.as_manifest(), "temperature": 1.2}))
    back = Calibration.from_manifest(stored).number
    assert back.weights == pytest.approx(calibration.weights, abs=1e-5)
    assert back.bias == pytest.approx(calibration.bias, abs=1e-5)


def test_a_manifest_without_one_gives_the_product():
    assert Calibration.from_manifest({"temperature": 1.2}).number is IDENTITY


@pytest.mark.parametrize("count", [0, 7, 9, FEATURES + 1])
def test_a_manifest_with_a_wrong_number_of_weights_is_refused(count):
    stored = {"number": {"weights": [0.5] * count, "bias": 0.0}}
    with pytest.raises(ValueError, match=f"{FEATURES} weights of a number are needed; found {count}"):
        Calibration.from_manifest(stored)


@pytest.mark.parametrize("count", EARLIER_FEATURES)
def test_a_manifest_of_earlier_models_says_nothing_of_what_they_did_not_know(count):
    first = [0.5 - 0.1 * k for k in range(count)]
    found = Calibration.from_manifest({"number": {"weights": first, "bias": 1.0}}).number
    assert found.weights == (*first, *[0.0] * (FEATURES - count))
