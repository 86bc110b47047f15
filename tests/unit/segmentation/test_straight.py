import cv2
import numpy as np
import pytest

from segmentation.straight import straight_part

THICKNESS_PX = 7


def _pixels(ink):
    """Columns and rows of the ink, from left to right, as runs are handed over."""
    columns, rows = np.nonzero(ink.T)
    return columns.astype(np.int64), rows.astype(np.int64)


def _part(ink, *, broken=False):
    x, y = _pixels(ink)
    kept = straight_part(x, y, thickness_px=THICKNESS_PX, broken=broken)
    found = np.zeros(ink.shape, bool)
    found[y[kept], x[kept]] = True
    return found


def _line(slope_deg=0.0, *, width=400, thick=3):
    ink = np.zeros((220, width), bool)
    for x in range(width):
        y = 80 + round((x - width / 2) * np.tan(np.radians(slope_deg)))
        ink[y : y + thick, x] = True
    return ink


def _dashed(*, dash=12, gap=8):
    ink = _line()
    ink[:, np.arange(ink.shape[1]) % (dash + gap) >= dash] = False
    return ink


def _digits_on(ink, *, foot_y, every=60):
    """Draw upright twos, whose feet are level strokes, with those feet on a row."""
    drawn = ink.astype(np.uint8)
    for left in range(20, ink.shape[1] - 40, every):
        bend = [(left, foot_y - 36), (left + 18, foot_y - 40), (left + 20, foot_y - 28), (left, foot_y)]
        cv2.polylines(drawn, [np.array(bend, np.int32)], False, 1, 4)
        cv2.line(drawn, (left, foot_y), (left + 24, foot_y), 1, 4)
    return drawn.astype(bool)


@pytest.mark.parametrize("slope_deg", [-8, -4.3, -1, 0, 0.5, 3, 8])
@pytest.mark.parametrize(("width", "thick"), [(120, 1), (120, 6), (400, 1), (400, 3), (800, 6)])
def test_a_solid_line_is_found_whole_up_to_eight_degrees(slope_deg, width, thick):
    line = _line(slope_deg, width=width, thick=thick)
    assert _part(line).sum() >= 0.98 * line.sum()


@pytest.mark.parametrize("slope_deg", [-14, 14])
def test_a_line_that_is_steeper_is_no_rule(slope_deg):
    assert not _part(_line(slope_deg)).any()


@pytest.mark.parametrize("slope_deg", [0, 3])
def test_of_a_line_with_digits_on_it_only_the_line_is_kept(slope_deg):
    line = _line(slope_deg)
    both = _digits_on(line, foot_y=78)

    found = _part(both)

    assert found[line].mean() > 0.98
    beside = ~cv2.dilate(line.view(np.uint8), np.ones((11, 1), np.uint8)).astype(bool)
    assert (both & beside).sum() > 1000
    assert not (found & beside).any()


def test_dashes_are_a_rule_only_where_it_may_be_broken():
    dashes = _dashed()
    assert not _part(dashes).any()
    assert (_part(dashes, broken=True) == dashes).all()


def test_dashes_with_digits_on_them_are_kept_without_the_digits():
    dashes = _dashed()
    found = _part(_digits_on(dashes, foot_y=76), broken=True)
    assert found[dashes].all()
    assert not found[:70].any()


def test_dots_too_far_apart_are_no_rule():
    assert not _part(_dashed(dash=3, gap=17), broken=True).any()


@pytest.mark.parametrize("broken", [False, True])
def test_the_feet_of_a_few_digits_are_no_rule(broken):
    feet = _digits_on(np.zeros((160, 400), bool), foot_y=80, every=90)
    assert not _part(feet, broken=broken).any()


def test_strokes_on_either_side_of_a_gappy_level_are_no_rule():
    """A row of plus signs has as much ink above its bars as below."""
    ink = _dashed(dash=14, gap=10)
    for left in range(0, 390, 24):
        ink[64:98, left + 2 : left + 12] = True
    assert not _part(ink, broken=True).any()


def test_one_pixel_is_a_line_of_one_pixel_and_nothing_is_written_to_what_is_given():
    x, y = np.array([5]), np.array([9])
    x.flags.writeable = y.flags.writeable = False
    assert straight_part(x, y, thickness_px=THICKNESS_PX, broken=False).tolist() == [True]
