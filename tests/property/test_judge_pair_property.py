"""Whatever two models read: chance is a probability, and seldom calls an equally good model worse."""

from itertools import product

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from model.judge_pair import ALPHA, chance_of_worse, holm

balances = st.lists(st.integers(-9, 9), max_size=40).map(lambda sums: np.array(sums, np.int64))
chances = st.lists(st.floats(0, 1), max_size=9)


@given(balances)
def test_losing_with_an_image_instead_of_winning_is_less_likely_chance(sums):
    turned = np.where(np.arange(len(sums)) % 2, -np.abs(sums), sums)

    assert 0 < chance_of_worse(turned) <= chance_of_worse(sums) * (1 + 1e-9) <= 1 + 1e-9


@given(balances, st.randoms())
def test_images_count_in_any_order(sums, random):
    others = sums.tolist()
    random.shuffle(others)

    assert chance_of_worse(np.array(others, np.int64)) == chance_of_worse(sums)


@given(st.lists(st.integers(0, 6), min_size=1, max_size=8))
def test_equally_good_models_are_seldom_called_worse(sizes):
    found = [
        chance_of_worse(np.multiply(sizes, signs)) <= ALPHA for signs in product((-1, 1), repeat=len(sizes))
    ]

    assert np.mean(found) <= ALPHA


@given(chances)
def test_corrected_chances_are_no_smaller_and_keep_their_order(p_values):
    found = holm(p_values)

    assert all(
        one >= p and one <= min(1.0, len(p_values) * p) for one, p in zip(found, p_values, strict=True)
    )
    order = np.argsort(p_values, kind="stable")
    assert (np.diff(np.array(found)[order]) >= 0).all()
