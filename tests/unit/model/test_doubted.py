"""Cut pieces that look like digits are left out; what people labelled is never doubted."""

import numpy as np
import pytest

from model.contract import CLASSES, NOT_A_DIGIT
from model.doubted import LEAST_BELIEF, believed
from model.glyphs import Sort


def _answers(none):
    """Give "not a digit" such a probability, and the rest to a three."""
    rows = np.zeros((len(none), CLASSES))
    rows[:, NOT_A_DIGIT] = none
    rows[:, 3] = 1 - np.array(none)
    return rows


@pytest.mark.parametrize("sort", Sort)
def test_only_cut_pieces_are_doubted(sort):
    labels = np.full(3, NOT_A_DIGIT)
    none = [0.9, LEAST_BELIEF, LEAST_BELIEF / 2]
    kept = believed(_answers(none), labels, np.full(3, sort)).tolist()
    assert kept == [True, True, sort not in (Sort.PART, Sort.PAGE_PIECE)]


def test_digits_stay_whatever_they_look_like():
    labels = np.array([7, 7])
    assert believed(_answers([0.0, 1.0]), labels, np.full(2, Sort.PAGE_DIGIT)).all()


def test_where_none_would_stay_all_do():
    labels = np.full(2, NOT_A_DIGIT)
    assert believed(_answers([0.0, 0.1]), labels, np.full(2, Sort.PART)).all()


def test_no_glyphs_no_doubts():
    none = np.zeros(0, np.int64)
    assert believed(np.zeros((0, CLASSES)), none, none).shape == (0,)
