"""Digits that look alike are read alike, and nothing else changes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.lattice import ReadDigit
from segmentation.geometry import Box
from segmentation.numbers import PlacedDigit
from worker.number_records import Found
from worker.one_hand import LEAST_DIGITS, as_one_hand, told_by_others


def digit(likeliest, sure, second=None, share=1.0):
    """A digit that is `likeliest` with probability `sure`; the rest is what `second` is, or all others."""
    row = np.full(10, 0.0 if second is not None else (1 - sure) / 9, np.float32)
    row[likeliest] = sure
    if second is not None:
        row[second] = 1 - sure
    read = ReadDigit(0, int(row.argmax()), row * np.float32(share))
    return Found(PlacedDigit(Box(0, 0, 10, 20), 0, -1, 0), read, 0.1)


#: Directions of two shapes, and of a third.
ONE, SEVEN, OTHER = np.eye(3, dtype=np.float32) * 5


def page_of(*shapes):
    """Embeddings that differ a little from digit to digit."""
    return np.stack(shapes) + np.random.default_rng(0).normal(0, 0.05, (len(shapes), 3)).astype(np.float32)


@pytest.fixture
def odd_one():
    """Ones with a long flag, one of which looks more like a seven, and sevens with a bar."""
    found = [digit(1, 0.99)] * 3 + [digit(7, 0.6, second=1, share=0.9)] + [digit(7, 0.99)] * 4
    return found, page_of(*[ONE] * 4, *[SEVEN] * 4)


def test_an_odd_digit_is_read_as_those_that_look_like_it(odd_one):
    found = as_one_hand(*odd_one)

    assert [d.read.digit for d in found] == [1] * 4 + [7] * 4
    assert [d.by_others for d in found] == [False] * 3 + [True] + [False] * 4
    assert found[3].alone == 7


def test_others_make_no_digit_surer():
    found = [digit(7, 0.8)] * 8

    assert [d.read for d in as_one_hand(found, page_of(*[SEVEN] * 8))] == [d.read for d in found]


def test_others_that_look_alike_and_are_something_else_make_a_digit_less_sure():
    found = [digit(7, 0.97, second=1), *[digit(1, 0.99)] * 3, *[digit(4, 0.99)] * 3]

    unsure = as_one_hand(found, page_of(*[ONE] * 4, *[SEVEN] * 3))[0].read
    assert unsure.digit == 7
    assert unsure.confidence < 0.9


def test_how_surely_there_is_a_digit_stays(odd_one):
    found = as_one_hand(*odd_one)

    for before, after in zip(odd_one[0], found, strict=True):
        assert after.read.probabilities.sum() == pytest.approx(before.read.probabilities.sum(), abs=1e-5)
        assert (after.placed, after.read.edge, after.unread_share) == (before.placed, 0, 0.1)


def test_digits_that_look_like_no_other_stay_what_they_are():
    found = [digit(7, 0.6, second=1), *[digit(1, 0.99)] * 3, *[digit(4, 0.99)] * 3]

    assert as_one_hand(found, page_of(OTHER, *[ONE] * 3, *[SEVEN] * 3))[0].read.digit == 7


def test_a_sure_digit_is_not_talked_out_of_it():
    found = [digit(7, 0.999, second=1), *[digit(1, 0.99)] * 5, *[digit(4, 0.99)] * 3]

    assert as_one_hand(found, page_of(*[ONE] * 6, *[SEVEN] * 3))[0].read.digit == 7


def test_of_a_few_digits_nothing_is_said(odd_one):
    found, shapes = odd_one

    few = as_one_hand(found[: LEAST_DIGITS - 1], shapes[: LEAST_DIGITS - 1])
    assert few == found[: LEAST_DIGITS - 1]
    assert as_one_hand([], np.zeros((0, 3), np.float32)) == []


@given(st.integers(0, 2**32 - 1), st.integers(1, 30))
def test_rows_stay_probabilities(seed, count):
    rng = np.random.default_rng(seed)
    told = told_by_others(rng.dirichlet(np.ones(10), count), rng.normal(size=(count, 4)))

    assert told.shape == (count, 10)
    assert told.sum(axis=1) == pytest.approx(np.ones(count))
    assert (told >= 0).all()


@given(st.integers(0, 2**32 - 1))
def test_the_order_of_digits_does_not_matter(seed):
    rng = np.random.default_rng(seed)
    rows, shapes = rng.dirichlet(np.ones(10), 12), rng.normal(size=(12, 4))
    turned = rng.permutation(12)

    assert told_by_others(rows[turned], shapes[turned]) == pytest.approx(told_by_others(rows, shapes)[turned])
