"""A picture of a digit that is given, and the same digit cut out of a page, come out alike."""

import cv2
import numpy as np
import pytest

from model.sources_framing import frame_digit
from segmentation.normalize import normalize_glyph
from tests.digit_files import digits, on_paper

IMAGES, LABELS = digits(1)


def like(found, wanted):
    """How much two images agree, a pixel to any side and the width of strokes aside."""
    soft = [cv2.GaussianBlur(image, (0, 0), 1.5).astype(float) for image in (found, wanted)]
    moved = [np.roll(soft[0], (down, right), (0, 1)) for down in (-1, 0, 1) for right in (-1, 0, 1)]
    return max(np.corrcoef(image.ravel(), soft[1].ravel())[0, 1] for image in moved)


@pytest.mark.parametrize("image", IMAGES, ids=[str(label) for label in LABELS])
def test_a_given_picture_is_framed_as_reading_frames_a_glyph(image):
    picture = on_paper(image, scale=6, paper=255, ink=0)
    ink = np.asarray(255 - picture, np.uint8)
    x, y, width, height = cv2.boundingRect((ink > 127).view(np.uint8))
    read = normalize_glyph(ink[y : y + height, x : x + width])
    assert like(frame_digit(picture), read) > 0.95
    assert like(frame_digit(picture), read[::-1]) < 0.95
