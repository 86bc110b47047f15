import json

import numpy as np
import pytest

from model.contract import CLASSES, NOT_A_DIGIT
from model.glyphs import Sort
from model.judge import judge
from model.rates import ALONE, Rate, independent_trials, rate_of, wilson


def answers(classes, confidences):
    """Return rows of probabilities: so sure of this class, and evenly unsure of the others."""
    rows = np.empty((len(classes), CLASSES), np.float32)
    for row, (chosen, sure) in enumerate(zip(classes, confidences, strict=True)):
        rows[row] = (1 - sure) / (CLASSES - 1)
        rows[row, chosen] = sure
    return rows


def judged(labels, predicted, confidences=None):
    confidences = [0.9] * len(labels) if confidences is None else confidences
    told = np.array(labels, np.int64)
    sorts = np.where(told == NOT_A_DIGIT, Sort.PAIR, Sort.SHEET_DIGIT).astype(np.int64)
    return judge(answers(predicted, confidences), told, sorts)


# R. G. Newcombe, "Two-sided confidence intervals for the single proportion", Statistics in Medicine 17, 1998.
@pytest.mark.parametrize(
    ("right", "count", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_intervals_are_those_of_the_literature(right, count, low, high):
    assert wilson(right, count) == pytest.approx((low, high), abs=5e-5)


def test_nothing_to_judge_by_says_nothing():
    assert wilson(0, 0) == (0.0, 1.0)
    assert Rate(0, 0).as_json()["share"] is None
    assert str(Rate(0, 0)) == "none to judge by"
    empty = judged([], [])
    assert empty.error_reject == empty.reliability == ()
    assert (empty.calibration_error, len(empty.mistakes)) == (0.0, 0)


def test_glyphs_of_few_images_have_the_interval_of_so_many_images():
    images = np.repeat(np.arange(74), 170)
    together = ~np.isin(images, [3, 50])  # two images are always read wrong

    found = rate_of(together, images)

    assert (found.right, found.count) == (72 * 170, 74 * 170)
    assert found.interval == pytest.approx(wilson(72, 74), abs=0.02)
    assert found.as_json()["high"] - found.as_json()["low"] > 8 * np.diff(wilson(found.right, found.count))
    assert f"({100 * found.interval[0]:.2f} to" in str(found)


def test_glyphs_that_stand_for_themselves_count_each():
    right = np.arange(200) % 10 > 0

    assert independent_trials(right, np.full(200, ALONE)) == pytest.approx(200)
    assert independent_trials(right, np.arange(200)) == pytest.approx(200)
    assert independent_trials(right[:0], np.arange(0)) == 0


def test_mistakes_that_are_spread_over_all_images_count_more_than_those_of_one():
    images = np.repeat(np.arange(50), 40)
    spread = np.tile(np.arange(40) > 1, 50)

    assert 50 < independent_trials(images > 1, images) < 70
    assert independent_trials(spread, images) > 100


@pytest.mark.parametrize("wrong", [0, 1, 2000])
def test_no_or_few_mistakes_do_not_make_few_images_many(wrong):
    images = np.repeat(np.arange(20), 100)

    assert independent_trials(np.arange(2000) >= wrong, images) == pytest.approx(20, abs=1)


def test_rates_of_digits_and_of_what_is_none():
    found = judged([0, 1, 1, 7, 10, 10], [0, 1, 7, 10, 10, 3])

    assert found.digits == Rate(2, 4)
    assert found.digits_rejected == Rate(1, 4)
    assert found.others_rejected == Rate(1, 2)
    assert [found.per_digit[k] for k in (0, 1, 2, 7)] == [Rate(1, 1), Rate(1, 2), Rate(0, 0), Rate(0, 1)]


def test_rows_of_the_confusion_are_what_it_is():
    confusion = judged([0, 1, 1, 7, 10], [0, 1, 7, NOT_A_DIGIT, 3]).confusion

    assert confusion.sum() == 5
    assert [confusion[k] for k in ((0, 0), (1, 1), (1, 7), (7, 10), (10, 3))] == [1] * 5


def test_the_surest_mistakes_come_first():
    found = judged([0, 1, 2, 3], [5, 1, 5, 5], [0.5, 0.9, 0.8, 0.6])

    assert found.mistakes.tolist() == [2, 3, 0]


def test_reliability_compares_what_was_said_with_what_came():
    found = judged([1, 1, 1, 2], [1, 1, 4, 2], [0.62, 0.62, 0.62, 0.97])

    first, last = found.reliability
    assert (first.count, last.count) == (3, 1)
    assert first.low <= 0.62 < first.high
    assert first.accuracy == pytest.approx(2 / 3)
    assert first.confidence == pytest.approx(0.62)
    assert found.calibration_error == pytest.approx(3 / 4 * (2 / 3 - 0.62) + 1 / 4 * 0.03, abs=1e-6)


def test_rejecting_the_unsure_ones_leaves_fewer_errors():
    labels = [1] * 10
    predicted = [1] * 8 + [4, 4]
    sure = [0.99, 0.98, 0.97, 0.96, 0.95, 0.94, 0.93, 0.92, 0.4, 0.3]

    curve = judged(labels, predicted, sure).error_reject

    assert (curve[0].kept, curve[0].error) == (1.0, pytest.approx(0.2))
    by_share = {point.kept: point for point in curve}
    assert by_share[0.9].error == pytest.approx(1 / 9)
    assert by_share[0.8].error == 0.0
    assert by_share[0.8].confidence == pytest.approx(0.92)
    assert [point.kept for point in curve] == sorted((point.kept for point in curve), reverse=True)


def test_what_is_equally_sure_is_kept_or_rejected_together():
    curve = judged([1, 1, 1, 1], [1, 4, 1, 4], [0.9, 0.9, 0.9, 0.5]).error_reject

    assert [point.kept for point in curve] == [1.0, 0.75]
    assert curve[1].error == pytest.approx(1 / 3)


def test_a_judgement_is_json():
    content = json.loads(json.dumps(judged([0, 1, 10], [0, 7, 10]).as_json()))

    assert content["digits"]["right"] == 1
    assert content["not_a_digit_rejected"]["share"] == 1.0
    assert len(content["confusion"]) == len(content["confusion"][0]) == CLASSES
    assert len(content["per_digit"]) == NOT_A_DIGIT


def test_sorts_of_glyphs_are_judged_by_themselves():
    told = np.array([3, 3, 10, 10, 7], np.int64)
    sorts = np.array([Sort.SHEET_DIGIT, Sort.SHEET_DIGIT, Sort.PART, Sort.PART, Sort.PAGE_DIGIT], np.int64)
    figures = judge(answers([3, 10, 10, 6, 1], [0.9] * 5), told, sorts)
    found = {r.sort: (r.right.right, r.rejected.right, r.right.count) for r in figures.by_sort}
    assert found == {Sort.SHEET_DIGIT: (1, 1, 2), Sort.PART: (1, 1, 2), Sort.PAGE_DIGIT: (0, 0, 1)}
