"""What held-out numbers promise, beside values counted otherwise."""

from fractions import Fraction
from math import comb

import pytest

from model.error_curve import LEVEL, CurvePoint, ErrorCurve, binomial_tail, upper_bound

STORED = {"judged": 100, "points": [[0.99, 20, 0], [0.9, 50, 1], [0.5, 90, 20]]}


def _exactly(most, trials, rate):
    chance = Fraction(rate)
    return float(sum(comb(trials, k) * chance**k * (1 - chance) ** (trials - k) for k in range(most + 1)))


@pytest.mark.parametrize("trials", [1, 2, 7, 60, 400])
@pytest.mark.parametrize("rate", [0.001, 0.05, 0.3, 0.5, 0.97])
def test_the_tail_is_the_sum_of_its_terms(trials, rate):
    for most in {0, 1, trials // 3, trials // 2, trials - 1, trials} - {trials + 1}:
        assert binomial_tail(most, trials, rate) == pytest.approx(_exactly(most, trials, rate), rel=1e-9)


@pytest.mark.parametrize(
    ("most", "trials", "rate", "known"),
    [
        (0, 5478, 0.001, 0.004166242088),  # 0.999 ** 5478
        (0, 0, 0.3, 1.0),
        (10, 10, 0.3, 1.0),
        (3, 10**6, 1e-5, 0.010336),  # Poisson with mean 10
    ],
)
def test_the_tail_of_many_trials(most, trials, rate, known):
    assert binomial_tail(most, trials, rate) == pytest.approx(known, rel=1e-3)


@pytest.mark.parametrize("rate", [0.0, 1.0, -0.1, 2.0, float("nan"), float("inf")])
def test_what_is_no_share_can_neither_be_tested_nor_asked_for(rate):
    with pytest.raises(ValueError, match="above 0 and below 1"):
        binomial_tail(1, 2, rate)
    with pytest.raises(ValueError, match="above 0 and below 1"):
        ErrorCurve.from_stored(STORED).threshold_for(rate)


@pytest.mark.parametrize(
    ("wrong", "kept", "level", "known"),
    [
        (0, 100, 0.05, 1 - 0.05 ** (1 / 100)),
        (0, 3000, 0.0125, 1 - 0.0125 ** (1 / 3000)),
        (1, 10, 0.05, 0.394163),  # tables of Clopper and Pearson
        (5, 50, 0.025, 0.218135),
        (0, 0, 0.05, 1.0),
        (7, 7, 0.05, 1.0),
    ],
)
def test_the_bound_is_that_of_clopper_and_pearson(wrong, kept, level, known):
    assert upper_bound(wrong, kept, level) == pytest.approx(known, rel=1e-5)


def test_the_lowest_threshold_that_holds_the_rate_is_taken():
    """Of three thresholds each is tested at a third of the level: with none wrong of n, 0.999**n is p."""
    needed = next(n for n in range(1, 10**5) if 0.999**n <= LEVEL / 3)
    points = [(0.99, needed - 1, 0), (0.9, needed, 0), (0.5, needed + 500, 3)]
    curve = ErrorCurve(tuple(CurvePoint(*point) for point in points), 10**5)
    assert curve.threshold_for(0.001) == 0.9
    assert curve.threshold_for(0.0009) is None
    assert curve.threshold_for(0.5) == 0.5


def test_a_single_threshold_is_tested_at_the_whole_level():
    point = CurvePoint(0.9, 58, 0)
    assert ErrorCurve((point,), 58).threshold_for(0.05) is None
    assert ErrorCurve((CurvePoint(0.9, 59, 0),), 59).threshold_for(0.05) == 0.9
    others = (point, CurvePoint(0.8, 59, 0))
    assert ErrorCurve(others, 59).threshold_for(0.05) is None


def test_the_best_promise_holds_and_nothing_better_does():
    curve = ErrorCurve.from_stored(STORED)
    best = curve.best()
    assert best.rate == pytest.approx(upper_bound(1, 50, LEVEL / 3))
    assert best.kept == 0.5
    assert curve.threshold_for(best.rate * 1.0001) == 0.9
    assert curve.threshold_for(best.rate * 0.9999) is None


def test_without_any_number_nothing_is_promised():
    curve = ErrorCurve((CurvePoint(0.9, 0, 0),), 0)
    assert (curve.best().rate, curve.best().kept) == (1.0, 0.0)
    assert curve.threshold_for(0.9) is None


def test_what_is_stored_comes_back():
    curve = ErrorCurve.from_stored(STORED)
    assert curve.as_manifest() == STORED
    assert curve.points[1] == CurvePoint(0.9, 50, 1)
    assert curve.judged == 100


@pytest.mark.parametrize(
    "stored",
    [
        None,
        [],
        {},
        {"judged": 10},
        {"judged": 10, "points": []},
        {"judged": 10, "points": "many"},
        {"judged": 10, "points": [[0.9, 5, 0]] * 2},
        {"judged": 10, "points": [[k / 200, 1, 0] for k in range(199, 98, -1)]},
        {"judged": 10, "points": [[0.8, 5, 0], [0.9, 6, 0]]},
        {"judged": 10, "points": [[0.9, 5, 0], [0.8, 4, 0]]},
        {"judged": 10, "points": [[0.9, 5, 1], [0.8, 6, 0]]},
        {"judged": 10, "points": [[0.9, 5, 0], [0.8, 6, 2]]},
        {"judged": 4, "points": [[0.9, 5, 0]]},
        {"judged": None, "points": [[0.9, 5, 0]]},
        {"judged": 10.0, "points": [[0.9, 5, 0]]},
        {"judged": True, "points": [[0.9, 1, 0]]},
        {"judged": 10**12, "points": [[0.9, 5, 0]]},
        {"judged": 10, "points": [[0.9, 5]]},
        {"judged": 10, "points": [{"confidence": 0.9}]},
        {"judged": 10, "points": [[float("nan"), 5, 0]]},
        {"judged": 10, "points": [[1.5, 5, 0]]},
        {"judged": 10, "points": [["sure", 5, 0]]},
        {"judged": 10, "points": [[True, 5, 0]]},
        {"judged": 10, "points": [[0.9, 5.0, 0]]},
        {"judged": 10, "points": [[0.9, -1, 0]]},
        {"judged": 10, "points": [[0.9, 5, 6]]},
        {"judged": 10, "points": [[0.9, 5, None]]},
    ],
    ids=str,
)
def test_what_cannot_have_been_counted_is_refused(stored):
    with pytest.raises(ValueError, match=r"."):
        ErrorCurve.from_stored(stored)
