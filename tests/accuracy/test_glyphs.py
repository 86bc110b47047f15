"""The shipped model knows digits, and what is none, at least so well on frozen glyphs, and says how surely.

What other tests ask is relative to what the network knows, and a worse network would pass them. The floors
are a point or so below what the shipped model reached when they were set.
"""

import functools

import pytest

from model.bundle import open_bundle, shipped_bundle
from model.synth.digits import DigitSource
from worker.evaluation import SAMPLE_NAME, judged_on
from worker.judging import FrozenPlan, frozen_glyphs

#: An eighth of what `retrain` judges by, some 3,200 glyphs.
PLAN = FrozenPlan(tasks=1, sheets=4, pages=8)
#: The lower ends of 95 % intervals (Wilson) may not be lower: of digits that are read right, and of pieces
#: that are known to be none.
LEAST_READ, LEAST_REJECTED = 0.94, 0.95
#: The upper end may not be higher: digits that are taken for none.
MOST_DIGITS_REJECTED = 0.05
#: Mean distance of the confidence from what is right; so few glyphs alone give half a point.
MOST_CALIBRATION_ERROR = 0.015


@functools.cache
def found():
    glyphs = frozen_glyphs(DigitSource.builtin(), plan=PLAN, jobs=1)
    return judged_on(shipped_bundle(), glyphs, SAMPLE_NAME).judgement.as_json()


def test_digits_are_read():
    assert found()["digits"]["low"] >= LEAST_READ
    assert found()["digits_rejected"]["high"] <= MOST_DIGITS_REJECTED


def test_what_is_no_digit_is_known():
    assert found()["not_a_digit_rejected"]["low"] >= LEAST_REJECTED


def test_the_confidence_is_honest():
    assert found()["expected_calibration_error"] <= MOST_CALIBRATION_ERROR


@pytest.mark.parametrize("rate", ["digits", "digits_rejected", "not_a_digit_rejected"])
def test_the_manifest_tells_figures_that_are_still_true(rate):
    told = open_bundle(shipped_bundle()).manifest["metrics"]["judged"][rate]

    assert found()[rate]["low"] <= told["high"]
    assert told["low"] <= found()[rate]["high"]
