"""Columns and rows of print do not stray; those of a hand do, and a few numbers tell nothing."""

import numpy as np
import pytest

from segmentation.geometry import Box
from segmentation.regularity import regularity_of


def column(count, *, stray=0.0, grows=0.0, seed=1):
    """Return single digits below each other, which stray by a share of their height of 30 px, or grow."""
    rng = np.random.default_rng(seed)
    numbers = []
    for k in range(count):
        height = 30 * (1 + grows * k) + rng.normal(0, 30 * stray)
        left, bottom = 100 + rng.normal(0, 30 * stray), 80 * (k + 1) + rng.normal(0, 30 * stray)
        box = (left, bottom - height, left + 18 + 4 * (k % 3), bottom)
        numbers.append([Box(*(round(side) for side in box))])
    return numbers


def row(count, **how):
    """Return the same beside each other."""
    turned = [number[0] for number in column(count, **how)]
    heights = [box.height for box in turned]
    return [
        [Box(80 * k, 500 + box.left - height, 80 * k + 20, 500 + box.left)]
        for k, (box, height) in enumerate(zip(turned, heights, strict=True))
    ]


@pytest.mark.parametrize("drawn", [column, row])
def test_what_does_not_stray_is_regular_and_what_strays_is_not(drawn):
    assert regularity_of(drawn(8)).min() > 1
    for seed in range(20):
        assert regularity_of(drawn(8, stray=0.06, seed=seed)).max() < 0.5


def test_print_on_a_photo_grows_evenly():
    assert regularity_of(column(8, grows=0.03)).min() > 0.5


def test_numbers_are_told_by_all_of_their_digits():
    numbers = column(8)
    uneven = [
        [number[0], Box(130, number[0].top - 5 * (k % 3), 150, number[0].bottom)]
        for k, number in enumerate(numbers)
    ]
    assert regularity_of(uneven).max() == 0


@pytest.mark.parametrize("drawn", [column, row])
def test_fewer_than_five_tell_nothing_and_more_tell_more(drawn):
    assert not regularity_of(drawn(4)).any()
    assert 0 < regularity_of(drawn(5)).max() < regularity_of(drawn(8)).max()


def test_what_stands_elsewhere_is_not_made_regular_by_a_column():
    apart = [[Box(400 + 70 * k, 30 + 90 * k, 420 + 70 * k, 60 + 90 * k)] for k in range(3)]
    found = regularity_of([*apart, *column(8)])
    assert not found[:3].any()
    assert found[3:].all()


def test_a_page_of_more_than_anybody_writes_is_not_looked_at():
    assert not regularity_of(column(1501)).any()
    assert regularity_of([]).shape == (0,)
