import numpy as np
import pytest

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


def test_rounding_above_one_does_not_show():
    assert judge([_digit(4, 1.0000001)] * 3, 0.9).confidence <= 1.0
