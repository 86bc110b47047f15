"""Rows of digits with truth: however widely they are spaced, a clear gap parts numbers and no other does."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segmentation.components import Component
from segmentation.geometry import Box
from segmentation.lines import chain_lines
from segmentation.numbers import PlacedDigit, group_numbers

HEIGHT = 40
SEEDS = st.integers(0, 2**32 - 1)


def _rows(rng, pitch):
    """Draw rows of numbers: digits about `pitch` heights apart, numbers twice as far or farther."""
    farther, slope = rng.uniform(2.0, 2.6), rng.uniform(-0.1, 0.1)
    return [
        _row(rng, pitch * HEIGHT, farther, 400 + 2.5 * HEIGHT * row, slope)
        for row in range(rng.integers(1, 5))
    ]


def _row(rng, step_px, farther, foot, slope):
    middle, numbers = 60.0, []
    for digits in rng.integers(2, 7, rng.integers(1, 4)):
        numbers.append([])
        for _ in range(digits):
            numbers[-1].append(_digit(rng, middle, foot - slope * middle))
            middle += step_px * rng.uniform(0.93, 1.07)
        middle += step_px * (farther - 1)
    return numbers


def _digit(rng, middle, foot):
    half, height = HEIGHT * rng.uniform(0.2, 0.33), HEIGHT * rng.uniform(0.9, 1.1)
    return Box(round(middle - half), round(foot - height), round(middle + half), round(foot))


def _grouped(boxes):
    """Chain boxes into lines and group them, as on a page's way."""
    lines = chain_lines([Component(k, box, 1, -1) for k, box in enumerate(boxes)])
    placed = [PlacedDigit(c.box, strip, -1) for strip, line in enumerate(lines) for c in line]
    return [[[digit.box for digit in number] for number in line] for line in group_numbers(placed, ())]


def _boxes(rows):
    return [box for row in rows for number in row for box in number]


@pytest.mark.parametrize("pitch", [0.75, 1.0, 1.5, 2.0])
def test_rows_are_parted_at_their_clear_gaps_and_nowhere_else(pitch):
    pages = [_rows(np.random.default_rng([7, page]), pitch) for page in range(40)]
    right = [row in _grouped(_boxes(rows)) for rows in pages for row in rows]
    assert np.mean(right) > 0.97


@settings(max_examples=40)
@given(SEEDS, st.floats(0.75, 2.0), st.integers(1, 5), st.integers(0, 500), st.integers(0, 500))
def test_numbers_do_not_depend_on_where_and_how_large_they_are_written(seed, pitch, factor, right, down):
    def moved(box):
        x, y = (factor * box.left + right, factor * box.top + down)
        return Box(x, y, x + factor * box.width, y + factor * box.height)

    boxes = _boxes(_rows(np.random.default_rng(seed), pitch))
    here = [[[moved(box) for box in number] for number in line] for line in _grouped(boxes)]
    assert _grouped([moved(box) for box in boxes]) == here


@settings(max_examples=40)
@given(st.lists(st.tuples(*[st.integers(0, 900)] * 2, *[st.integers(1, 90)] * 2), max_size=40))
def test_no_digit_is_lost_or_grouped_twice_wherever_they_lie(places):
    boxes = [Box(x, y, x + width, y + height) for x, y, width, height in places]
    assert sorted(box for line in _grouped(boxes) for number in line for box in number) == sorted(boxes)
