"""How high the writing is, where rules hold it together or the page lies far askew."""

import cv2
import numpy as np
import pytest

from model.synth.digits import DigitSource
from model.synth.page import make_page
from segmentation.config import DEFAULT
from segmentation.survey import survey_page

ROW_PX = 46


def _stretched_to_rows():
    """Lined paper on which each digit reaches from one line to the next: all ink hangs together."""
    rng, source = np.random.default_rng(5), DigitSource.builtin()
    page = np.full((1200, 1000), 240, np.uint8)
    for top in range(60, 1160, ROW_PX):
        page[top : top + 3, 30:970] = 120
    for top in range(60, 1100, ROW_PX):
        left = int(rng.integers(50, 110))
        while left < 800:
            for _ in range(int(rng.integers(2, 5))):
                digit = source.images[int(rng.integers(len(source.images)))]
                digit = digit[digit.any(axis=1)][:, digit.any(axis=0)]
                ink = cv2.resize(digit, (26, ROW_PX + 2))
                part = page[top : top + ROW_PX + 2, left : left + 26]
                part[:] = np.minimum(part, 240 - (ink > 40) * 200)
                left += 32
            left += int(rng.integers(90, 200))
    return page


def _turned(page, degrees):
    height, width = page.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 0.75)
    return cv2.warpAffine(page, matrix, (width, height), borderValue=240)


def _height(page):
    found = survey_page(page, DEFAULT)
    return found.size.height_px / found.scale


def test_digits_that_reach_from_line_to_line_are_not_as_high_as_the_page():
    """Two of them that touch through a line are measured as one, no more."""
    assert 0.8 * ROW_PX < _height(_stretched_to_rows()) < 2 * ROW_PX


@pytest.mark.parametrize("degrees", [9, 12, 15, -15])
def test_boxes_that_lie_askew_are_not_taken_for_writing(degrees):
    page = make_page(np.random.default_rng((1, 9)), DigitSource.builtin(), "combs").grey
    assert survey_page(_turned(page, degrees), DEFAULT).turn_deg == pytest.approx(-degrees, abs=0.5)
    assert _height(_turned(page, degrees)) == pytest.approx(0.75 * _height(page), rel=0.25)
