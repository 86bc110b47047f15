"""Ink over the wall between two cells."""

import cv2
import numpy as np
import pytest

from segmentation.cell_walls import part_by_cells
from segmentation.parting import Parting


def _cells():
    """Two cells with a wall of 4 px between them."""
    cells = np.full((60, 104), -1, np.int32)
    cells[5:55, 5:50] = 0
    cells[5:55, 54:99] = 1
    return cells


def _labelled(mask):
    _, labels, stats, centres = cv2.connectedComponentsWithStats(mask.view(np.uint8), connectivity=8)
    return np.asarray(labels, np.int32), np.asarray(stats, np.int32), np.asarray(centres, np.float64)


def _parted(labels, stats, centres):
    parting = Parting(labels, stats, centres)
    part_by_cells(parting, _cells())
    return parting.labels, parting.stats, parting.centres


def _ink(left, right):
    mask = np.zeros((60, 104), bool)
    mask[28:32, left:right] = True
    mask[20:40, left : left + 4] = True
    return mask


def test_two_symbols_that_touch_through_the_wall_become_two():
    mask = _ink(30, 76)
    labels, stats, centres = _parted(*_labelled(mask))
    assert len(stats) == len(centres) == 3
    assert ((labels > 0) == mask).all()
    for label in (1, 2):
        rows, columns = np.nonzero(labels == label)
        left, top, width, height, area = stats[label]
        assert (left, top) == (columns.min(), rows.min())
        assert (left + width, top + height) == (columns.max() + 1, rows.max() + 1)
        assert area == len(rows)
        assert centres[label] == pytest.approx((columns.mean(), rows.mean()))
    assert labels[30, 35] != labels[30, 70]
    assert set(np.unique(labels[:, 54:])) - {0} == {labels[30, 70]}


def test_what_is_given_is_not_modified():
    before = _labelled(_ink(30, 76))
    copies = [array.copy() for array in before]
    _parted(*before)
    for was, now in zip(copies, before, strict=True):
        assert (was == now).all()


def test_a_tail_that_reaches_over_stays_with_its_symbol():
    before = _labelled(_ink(12, 62))
    after = _parted(*before)
    for was, now in zip(before, after, strict=True):
        assert (was == now).all()


def test_what_lies_in_one_cell_is_not_looked_at():
    before = _labelled(_ink(12, 40))
    labels, *_ = _parted(*before)
    assert labels is before[0]
