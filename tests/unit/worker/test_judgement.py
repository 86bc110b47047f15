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


def test_the_threshold_decides_between_accepted_and_review():
    digits = [_digit(4, 0.9), _digit(2, 0.8)]
    assert judge(digits, 0.71, 0.72).status is Status.ACCEPTED
    assert judge(digits, 0.73, 0.72).status is Status.REVIEW


def test_what_its_digits_say_by_themselves_makes_a_number_no_surer():
    judged = judge([_digit(4, 0.99), _digit(2, 0.99)], 0.9, 0.3)
    assert (judged.text, judged.confidence, judged.status) == ("42", 0.3, Status.REVIEW)


def test_an_unreadable_digit_is_marked_and_never_accepted():
    judged = judge([_digit(4, 0.99), _digit(2, 0.01)], 0.0, 0.99)
    assert judged.text == "4?"
    assert judged.status is Status.REVIEW


def test_a_number_without_a_credible_digit_is_rejected():
    judged = judge([_digit(4, 0.01), _digit(2, 0.01)], 0.9, 0.99)
    assert (judged.text, judged.status) == ("??", Status.REJECTED)


def test_the_likeliest_other_reading_comes_first():
    judged = judge([_digit(4, 0.9, second=9), _digit(2, 0.7, second=7)], 0.95, 0.63)
    assert [text for text, _ in judged.alternatives] == ["47", "92"]
    assert judged.alternatives[0][1] == pytest.approx(0.63 * 0.3 / 0.7)
    assert judged.alternatives[1][1] == pytest.approx(0.63 * 0.1 / 0.9)


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


@given(st.lists(digits, min_size=1, max_size=6), st.floats(0, 1))
def test_all_readings_together_are_never_likelier_than_certain(read, confidence):
    judged = judge(read, 0.9, confidence)
    shares = [share for _, share in judged.alternatives]
    assert judged.confidence + sum(shares) <= 1 + 1e-6
    assert shares == sorted(shares, reverse=True)
    assert all(share > 0 for share in shares)
    assert len({judged.text, *(text for text, _ in judged.alternatives)}) == len(shares) + 1
