"""Dashes that touch a digit are taken off; bars, feet and flags of digits are not."""

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from segmentation.parting import Parting
from segmentation.tails import take_off_dashes

Bytes = npt.NDArray[np.uint8]
HEIGHT, STROKE = 40.0, 4.0


def _nought() -> Bytes:
    page = np.zeros((80, 160), np.uint8)
    cv2.ellipse(page, (90, 40), (13, 19), 0, 0, 360, 1, int(STROKE))
    return page


def _parts(page: Bytes) -> Parting:
    _, labels, stats, centres = cv2.connectedComponentsWithStats(page, connectivity=8)
    assert len(stats) == 2, "the drawing hangs together"
    parting = Parting(np.asarray(labels, np.int32), np.asarray(stats, np.int32), np.asarray(centres))
    take_off_dashes(parting, np.array([False, True]), HEIGHT, STROKE)
    return parting


@pytest.mark.parametrize(("end", "rise"), [(40, 0), (30, 6), (10, -5)])
@pytest.mark.parametrize("mirrored", [False, True])
def test_a_dash_that_touches_a_digit_is_taken_off(end: int, rise: int, mirrored: bool) -> None:
    page = _nought()
    cv2.line(page, (end, 40 + rise), (76, 40), 1, int(STROKE))
    page = np.ascontiguousarray(page[:, ::-1]) if mirrored else page
    parting = _parts(page)
    assert len(parting.stats) == 3
    digit, dash = parting.stats[1:]
    assert 26 <= digit[2] <= 40
    assert dash[2] >= 0.8 * (76 - end)
    assert ((parting.labels > 0) == (page > 0)).all()


def test_a_digit_with_dashes_on_both_sides_stands_alone() -> None:
    page = _nought()
    cv2.line(page, (20, 40), (76, 40), 1, int(STROKE))
    cv2.line(page, (104, 40), (150, 40), 1, int(STROKE))
    assert len(_parts(page).stats) == 4


@pytest.mark.parametrize("level", [21, 59])
def test_a_flag_or_a_foot_stays_with_its_digit(level: int) -> None:
    page = _nought()
    cv2.line(page, (45, level), (92, level), 1, int(STROKE))
    assert len(_parts(page).stats) == 2


def test_the_bar_of_a_four_stays() -> None:
    page = np.zeros((80, 160), np.uint8)
    cv2.line(page, (95, 20), (70, 50), 1, int(STROKE))
    cv2.line(page, (70, 50), (116, 50), 1, int(STROKE))
    cv2.line(page, (100, 35), (98, 62), 1, int(STROKE))
    assert len(_parts(page).stats) == 2
