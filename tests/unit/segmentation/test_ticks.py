"""Ticks of a comb are told from what is written between them."""

import cv2
import numpy as np
import pytest

from segmentation.ticks import find_ticks


def _frame(ticks, *, height=100, tick_px=35, width=461):
    ink = np.zeros((height, width), np.uint8)
    cv2.rectangle(ink, (1, 1), (width - 2, height - 2), 1, 3)
    for x in ticks:
        cv2.line(ink, (x, height - 1), (x, height - 1 - tick_px), 1, 3)
    return ink


def _digit(ink, text, left, foot=70):
    cv2.putText(ink, text, (left, foot), cv2.FONT_HERSHEY_SIMPLEX, 1.6, 1, 3)


def test_ticks_are_found_and_nothing_that_is_written():
    ink = _frame([92, 184, 276, 368])
    ticks = ink.copy()
    for k, text in enumerate("50718"):
        _digit(ink, text, 20 + 92 * k)
    found = find_ticks(ink > 0, 3.0)
    for x in (92, 184, 276, 368):
        assert found[66:96, x - 1 : x + 2].mean() > 0.95
    assert not (found & (ticks == 0)).any()


def test_a_tick_behind_a_digit_leaves_the_others_what_they_are():
    ink = _frame([92, 184, 368])
    found = find_ticks(ink > 0, 3.0)
    assert found[70, [92, 184, 368]].all()


@pytest.mark.parametrize(
    "ticks", [[], [230], [60, 92], [92, 130, 400]], ids=["none", "one", "two beside each other", "uneven"]
)
def test_strokes_that_do_not_part_the_frame_evenly_are_no_ticks(ticks):
    assert not find_ticks(_frame(ticks) > 0, 3.0).any()


def test_ones_of_different_height_on_the_side_are_no_ticks():
    ink = _frame([])
    for x, rise in ((115, 30), (230, 55), (345, 70)):
        cv2.line(ink, (x, 99), (x, 99 - rise), 1, 3)
    assert not find_ticks(ink > 0, 3.0).any()


def test_walls_from_side_to_side_are_none_of_its_business():
    assert not find_ticks(_frame([92, 184, 276, 368], tick_px=99) > 0, 3.0).any()


def test_without_ink_there_are_no_ticks():
    assert not find_ticks(np.zeros((50, 200), bool), 2.0).any()
