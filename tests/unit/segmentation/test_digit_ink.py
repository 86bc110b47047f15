"""Ink that belongs to no digit goes as a whole, and what may be one stays as it is."""

import numpy as np
import pytest

from segmentation.clean import Ink
from segmentation.digit_ink import digit_ink
from segmentation.scale import WritingSize
from segmentation.sorting import SORTED_HEIGHT_PX, SORTS, SQUARE_PX, sort_ink

HEIGHT_PX = SORTED_HEIGHT_PX
SIZE = WritingSize(HEIGHT_PX, 2.0)


def sorted_as(mask, digits):
    """Sort ink by a network that says how probably each square is a digit."""
    contrast = np.where(mask, 150, 0).astype(np.uint8)

    def network(planes):
        told = np.zeros((planes.shape[0] // SQUARE_PX, planes.shape[1] // SQUARE_PX, SORTS), np.float32)
        told[..., 0] = digits
        told[..., -1] = 1 - told[..., 0]
        return told

    return sort_ink(Ink(mask, contrast, contrast, 1.0, False), HEIGHT_PX, network)


@pytest.fixture
def bar():
    """One long piece of ink, 64 px wide, on 16 rows of squares."""
    mask = np.zeros((64, 96), bool)
    mask[30:34, 16:80] = True
    return mask


def left_to_right(*probabilities):
    """Return the probabilities of the squares of 64 x 96 px, by equal parts of its width."""
    return np.repeat(np.float32(probabilities), 24 // len(probabilities))[None, :]


def test_ink_that_may_be_a_digit_stays_whole(bar):
    assert (digit_ink(bar, sorted_as(bar, 0.9), SIZE) == bar).all()
    assert (digit_ink(bar, sorted_as(bar, 0.1), SIZE) == bar).all()


def test_ink_that_is_none_goes_whole(bar):
    assert not digit_ink(bar, sorted_as(bar, 0.0), SIZE).any()


def test_the_end_of_a_wall_beside_a_digit_goes_with_the_wall(bar):
    assert not digit_ink(bar, sorted_as(bar, left_to_right(0.0, 0.0, 0.3)), SIZE).any()


def test_a_digit_that_a_line_runs_into_loses_the_line_only(bar):
    kept = digit_ink(bar, sorted_as(bar, left_to_right(0.0, 0.95, 0.95)), SIZE)

    assert kept[:, 40:].sum() == bar[:, 40:].sum()
    assert not kept[:, :24].any()


def test_a_dash_that_fills_the_line_takes_no_digit_with_it():
    """An upright stroke, and a longer dash that ends in its middle."""
    mask = np.zeros((64, 96), bool)
    mask[24:40, 60:62] = True
    digit = mask.copy()
    mask[31:33, 16:60] = True

    # The squares beside the digit are doubtful: by the dash alone all of it would go.
    kept = digit_ink(mask, sorted_as(mask, np.float32([0.0] * 14 + [0.6] * 2 + [0.0] * 8)[None, :]), SIZE)

    assert kept[digit].all()
    assert not kept[:, :52].any()


@pytest.mark.parametrize(("belief", "stays"), [(0.2, False), (0.6, True)])
def test_a_dash_is_left_out_unless_it_is_more_probably_part_of_a_digit(belief, stays):
    mask = np.zeros((64, 96), bool)
    mask[30:32, 40:43] = True

    assert digit_ink(mask, sorted_as(mask, belief), SIZE).any() == stays


def test_nothing_changes_what_is_given(bar):
    given = bar.copy()
    digit_ink(bar, sorted_as(bar, 0.0), SIZE)

    assert (bar == given).all()
    assert not digit_ink(np.zeros_like(bar), sorted_as(bar, 0.9), SIZE).any()
