import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.lattice import ReadDigit
from worker.judgement import judge
from worker.records import Status


def _digit(digit, sure, second=None):
    probabilities = np.zeros(10, np.float32)
    probabilities[digit] = sure
    if second is not None:
        probabilities[second] = 1 - sure
    return ReadDigit(0, digit, probabilities)


def test_a_number_is_as_sure_as_all_of_its_digits_together():
    judged = judge([_digit(4, 0.9), _digit(2, 0.8)], 0.5)
    assert judged.text == "42"
    assert judged.confidence == pytest.approx(0.72)
    assert judged.status is Status.ACCEPTED


def test_the_threshold_decides_between_accepted_and_review():
    digits = [_digit(4, 0.9), _digit(2, 0.8)]
    assert judge(digits, 0.71).status is Status.ACCEPTED
    assert judge(digits, 0.73).status is Status.REVIEW


def test_an_unreadable_digit_is_marked_and_never_accepted():
    judged = judge([_digit(4, 0.99), _digit(2, 0.01)], 0.0)
    assert judged.text == "4?"
    assert judged.status is not Status.ACCEPTED


def test_a_number_without_a_credible_digit_is_rejected():
    judged = judge([_digit(4, 0.01), _digit(2, 0.01)], 0.9)
    assert (judged.text, judged.status) == ("??", Status.REJECTED)


def test_the_likeliest_other_reading_comes_first():
    judged = judge([_digit(4, 0.9, second=9), _digit(2, 0.7, second=7)], 0.95)
    assert [text for text, _ in judged.alternatives] == ["47", "92"]
    assert judged.alternatives[0][1] == pytest.approx(0.9 * 0.3)
    assert judged.alternatives[1][1] == pytest.approx(0.1 * 0.7)


def test_a_certain_number_has_no_other_reading():
    assert judge([_digit(4, 1.0)], 0.9).alternatives == ()


def _row(*shares):
    """Return a digit that is read as its likeliest, of these shares from nought on."""
    probabilities = np.array([*shares, *[0.0] * (10 - len(shares))], np.float32)
    return ReadDigit(0, int(probabilities.argmax()), probabilities)


def test_other_readings_share_what_a_calibrated_confidence_leaves():
    # By the digit alone the others would have 0.9 * 0.3 / 0.5 and 0.9 * 0.1 / 0.5.
    judged = judge([_row(0.5, 0.3, 0.1)], 0.95, 0.9)
    assert [text for text, _ in judged.alternatives] == ["1", "2"]
    assert [share for _, share in judged.alternatives] == pytest.approx([0.1 * 3 / 4, 0.1 * 1 / 4])


def test_other_readings_are_not_raised_to_what_is_left():
    judged = judge([_row(0.5, 0.1, 0.05)], 0.95, 0.4)
    assert [share for _, share in judged.alternatives] == pytest.approx([0.4 * 0.1 / 0.5, 0.4 * 0.05 / 0.5])


def test_a_number_taken_for_certain_has_no_other_reading_whatever_its_digits_say():
    assert judge([_row(0.5, 0.4)], 0.9, 1.0).alternatives == ()


digits = st.lists(st.floats(0, 1), min_size=10, max_size=10).map(
    lambda shares: _row(*(share / max(1.0, sum(shares)) for share in shares))
)


@given(st.lists(digits, min_size=1, max_size=6), st.none() | st.floats(0, 1))
def test_all_readings_together_are_never_likelier_than_certain(read, confidence):
    judged = judge(read, 0.9, confidence)
    shares = [share for _, share in judged.alternatives]
    assert judged.confidence + sum(shares) <= 1 + 1e-6
    assert shares == sorted(shares, reverse=True)
    assert all(share > 0 for share in shares)
    assert len({judged.text, *(text for text, _ in judged.alternatives)}) == len(shares) + 1


def test_rounding_above_one_does_not_show():
    assert judge([_digit(4, 1.0000001)] * 3, 0.9).confidence <= 1.0
