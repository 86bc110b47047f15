import cv2
import numpy as np
import pytest

from segmentation.normalize import normalize_glyph


def _three(height=60, width=44):
    glyph = np.zeros((height, width), np.uint8)
    cv2.putText(glyph, "3", (3, height - 8), cv2.FONT_HERSHEY_SIMPLEX, 1.7, 255, 5, cv2.LINE_AA)
    rows, columns = np.nonzero(glyph)
    return glyph[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]


@pytest.mark.parametrize("shape", [(60, 44), (9, 5), (5, 90), (300, 20), (1, 1)])
def test_the_result_is_a_square_of_bytes_with_full_ink(shape):
    normal = normalize_glyph(np.full(shape, 200, np.uint8))
    assert normal.shape == (28, 28)
    assert normal.dtype == np.uint8
    assert normal.max() == 255


def test_the_longer_side_fills_the_box():
    rows, columns = np.nonzero(normalize_glyph(_three()))
    assert rows.max() - rows.min() + 1 == pytest.approx(20, abs=1)
    assert columns.max() - columns.min() + 1 <= 20


def test_the_centre_of_mass_is_in_the_middle():
    lopsided = _three()
    lopsided[-14:, :] = 255
    moments = cv2.moments(normalize_glyph(lopsided))
    assert moments["m10"] / moments["m00"] == pytest.approx(13.5, abs=0.6)
    assert moments["m01"] / moments["m00"] == pytest.approx(13.5, abs=0.6)


def test_size_on_the_page_hardly_matters():
    large = cv2.resize(_three(), None, fx=3, fy=3, interpolation=cv2.INTER_CUBIC)
    difference = normalize_glyph(_three()).astype(int) - normalize_glyph(large).astype(int)
    assert np.abs(difference).mean() < 10


def test_a_faint_glyph_is_as_dark_as_a_strong_one():
    faint = (_three() * 0.6).astype(np.uint8)
    assert normalize_glyph(faint).max() == 255


def test_a_blank_glyph_stays_blank():
    assert not normalize_glyph(np.zeros((30, 20), np.uint8)).any()


def test_a_hairline_does_not_fade():
    hairline = np.zeros((200, 120), np.uint8)
    cv2.line(hairline, (5, 195), (115, 5), 255, 1)
    assert (normalize_glyph(hairline) > 128).sum() >= 15


def test_the_glyph_given_is_not_written_on():
    glyph = _three()
    before = glyph.copy()
    normalize_glyph(glyph)
    assert (glyph == before).all()
