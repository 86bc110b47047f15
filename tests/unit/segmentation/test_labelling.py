"""Labels and figures are those that OpenCV gives."""

import cv2
import numpy as np
import pytest

from segmentation.labelling import labelled, labelled_areas


def _blobs(seed, shape=(90, 131), least=0.5):
    return np.random.default_rng(seed).random(shape) > least


MASKS = [
    _blobs(0),
    _blobs(1, least=0.2),
    _blobs(2, (1, 40)),
    _blobs(3, (40, 1)),
    np.zeros((20, 30), bool),
    np.ones((20, 30), bool),
]


@pytest.mark.parametrize("mask", MASKS)
def test_ink_is_labelled_as_by_default(mask):
    _, *usual = cv2.connectedComponentsWithStats(mask.view(np.uint8), connectivity=8)
    for found, expected in zip(labelled(mask), usual, strict=True):
        assert np.array_equal(found, expected, equal_nan=True)


@pytest.mark.parametrize("mask", MASKS)
def test_areas_are_labelled_as_by_default(mask):
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask.view(np.uint8), connectivity=4)
    found, figures = labelled_areas(mask)
    assert np.array_equal(found, labels)
    assert np.array_equal(figures[1:], stats[1:])


def test_what_touches_at_a_corner_is_one_piece_of_ink_and_two_areas():
    mask = np.eye(2, dtype=bool)
    assert len(labelled(mask)[1]) == 2
    assert len(labelled_areas(mask)[1]) == 3
