"""Runs of ink are numbered on the rows that hold any, and come out as on the whole page."""

import cv2
import numpy as np
import pytest

from segmentation.level_rules import Direction, Reach, long_runs, thin_only

REACH = Reach(length=30, thickest=4.0, slack=1, longest_step=float("inf"))


@pytest.mark.parametrize("seed", range(8))
def test_runs_come_in_the_order_in_which_the_whole_page_numbers_them(seed: int) -> None:
    rng = np.random.default_rng(seed)
    ink = np.zeros((101, 160), bool)
    for top, left in zip(rng.integers(0, 100, 9), rng.integers(0, 90, 9), strict=True):
        ink[top, left : left + rng.integers(20, 70)] = True
    thick = cv2.dilate(ink.view(np.uint8), np.ones((3, 7), np.uint8))
    runs = cv2.morphologyEx(thick, cv2.MORPH_OPEN, np.ones((1, 16), np.uint8))
    _, labels = cv2.connectedComponents(runs, connectivity=8)
    numbers = [label for label in range(1, labels.max() + 1) if (ink & (labels == label)).any()]

    found = list(long_runs(ink, REACH))

    assert len(found) == len(numbers) > 1
    for (x, y), label in zip(found, numbers, strict=True):
        own = np.zeros_like(ink)
        own[y, x] = True
        np.testing.assert_array_equal(own, ink & (labels == label))
        assert (np.diff(x) >= 0).all()


def test_a_page_without_ink_has_no_runs() -> None:
    assert list(long_runs(np.zeros((50, 60), bool), REACH)) == []


def test_a_few_specks_in_a_long_row_are_no_rule() -> None:
    """A row may be parted into more pieces than it has pixels."""
    mask = np.zeros((20, 1001), bool)
    mask[5, [0, 500, 1000]] = True
    _, whole, stats, _ = cv2.connectedComponentsWithStats(mask.view(np.uint8))
    page = Direction(mask, None, whole, stats[:, cv2.CC_STAT_AREA], None, REACH)

    kept, _, _ = thin_only([(np.array([0, 500, 1000]), np.array([5, 5, 5]))], page, None)

    assert kept.sum() <= 3
