"""What is true of every curve and every rate that is asked for."""

from itertools import accumulate

from hypothesis import given, settings
from hypothesis import strategies as st

from model.error_curve import CurvePoint, ErrorCurve, binomial_tail, upper_bound

rates = st.floats(1e-9, 0.999999)
#: Numbers between two thresholds: right ones and wrong ones.
steps = st.lists(st.tuples(st.integers(0, 4000), st.integers(0, 30)), min_size=1, max_size=14)


def _curve(counts):
    right, wrong = (list(accumulate(column)) for column in zip(*counts, strict=True))
    points = tuple(
        CurvePoint(1 - (k + 1) / 100, r + w, w) for k, (r, w) in enumerate(zip(right, wrong, strict=True))
    )
    return ErrorCurve(points, points[-1].kept + 10)


def _strictness(curve, rate):
    threshold = curve.threshold_for(rate)
    return 2.0 if threshold is None else threshold


@settings(max_examples=60)
@given(steps)
def test_every_counted_curve_is_stored_and_comes_back(counts):
    curve = _curve(counts)
    assert ErrorCurve.from_stored(curve.as_manifest()) == curve


@settings(max_examples=60)
@given(steps, rates, rates)
def test_a_laxer_rate_never_raises_the_threshold(counts, one, other):
    curve = _curve(counts)
    assert _strictness(curve, max(one, other)) <= _strictness(curve, min(one, other))


@settings(max_examples=60)
@given(steps, rates, st.data())
def test_one_more_wrong_number_never_lowers_the_threshold(counts, rate, data):
    place = data.draw(st.integers(0, len(counts) - 1))
    right, wrong = counts[place]
    moved = min(right, data.draw(st.integers(1, 5)))
    worse = [*counts[:place], (right - moved, wrong + moved), *counts[place + 1 :]]
    assert _strictness(_curve(worse), rate) >= _strictness(_curve(counts), rate)


@settings(max_examples=60)
@given(steps, rates)
def test_what_is_held_is_not_below_the_best_promise(counts, rate):
    curve = _curve(counts)
    if curve.threshold_for(rate) is not None:
        assert rate >= curve.best().rate * (1 - 1e-9)


@settings(max_examples=60)
@given(st.integers(0, 5000), st.integers(0, 5000), rates)
def test_a_tail_is_a_probability_and_grows_with_what_is_allowed(one, other, rate):
    most, trials = min(one, other), max(one, other)
    tail = binomial_tail(most, trials, rate)
    assert 0.0 <= tail <= 1.0
    if most:
        assert binomial_tail(most - 1, trials, rate) <= tail + 1e-12


@settings(max_examples=60)
@given(st.integers(0, 5000), st.integers(0, 5000), st.floats(1e-4, 0.5))
def test_the_bound_lies_above_what_was_counted_and_is_where_the_test_turns(one, other, level):
    wrong, kept = min(one, other), max(one, other)
    bound = upper_bound(wrong, kept, level)
    if not kept:
        assert bound == 1.0
        return
    assert wrong / kept <= bound <= 1.0
    if wrong < kept and bound < 0.999999:
        assert binomial_tail(wrong, kept, bound) <= level * (1 + 1e-6)
        assert binomial_tail(wrong, kept, bound * (1 - 1e-6)) >= level * (1 - 1e-6)
