"""Labels that a network does not believe are left out, and no label vanishes by that."""

import numpy as np

from model.contract import CLASSES, NOT_A_DIGIT
from model.doubted import LEAST_BELIEF_DIGIT, LEAST_BELIEF_NONE, believed


def _answers(own, labels):
    """Give each label such a probability, and the rest to the next class."""
    rows = np.zeros((len(labels), CLASSES))
    rows[np.arange(len(labels)), labels] = own
    rows[np.arange(len(labels)), (np.array(labels) + 1) % CLASSES] = 1 - np.array(own)
    return rows


def test_digits_stay_longer_than_what_is_none():
    labels = np.array([3, 3, 3, NOT_A_DIGIT, NOT_A_DIGIT])
    between = (LEAST_BELIEF_DIGIT + LEAST_BELIEF_NONE) / 2
    own = [0.9, between, LEAST_BELIEF_DIGIT / 2, 0.9, between]
    assert believed(_answers(own, labels), labels).tolist() == [True, True, False, True, False]


def test_a_label_that_would_be_left_to_no_glyph_stays_with_all():
    labels = np.array([4, 4, NOT_A_DIGIT])
    assert believed(_answers([0.0, 0.001, 1.0], labels), labels).tolist() == [True, True, True]


def test_no_glyphs_no_doubts():
    assert believed(np.zeros((0, CLASSES)), np.zeros(0, np.int64)).shape == (0,)
