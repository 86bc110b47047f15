"""A network of ink that finds digits everywhere changes nothing: it only ever takes ink away."""

import cv2
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from segmentation.segment import segment_page
from segmentation.sorting import DIGIT_SORTS, OTHER, SORTS, SQUARE_PX

_FACES = (cv2.FONT_HERSHEY_SIMPLEX, cv2.FONT_HERSHEY_SCRIPT_SIMPLEX, cv2.FONT_HERSHEY_DUPLEX)


def page_of(seed: int, things: int) -> np.ndarray:
    """Draw numbers, words and rules wherever they come to lie, also across each other."""
    rng = np.random.default_rng(seed)
    pixels = np.full((int(rng.integers(120, 360)), int(rng.integers(160, 480))), 240, np.uint8)
    height, width = pixels.shape
    for _ in range(things):
        x, y = int(rng.integers(0, width)), int(rng.integers(20, height))
        if rng.random() < 0.2:
            cv2.line(pixels, (x, y), (int(rng.integers(0, width)), y), 90, int(rng.integers(1, 4)))
        else:
            text = str(rng.integers(0, 10_000)) if rng.random() < 0.8 else "Sum"
            face = _FACES[int(rng.integers(len(_FACES)))]
            cv2.putText(pixels, text, (x, y), face, float(rng.uniform(0.7, 1.6)), 30, 2, cv2.LINE_AA)
    return pixels


def candidates(pixels, network=None):
    found = segment_page(pixels, network=network)
    boxes = [candidate.box for strip in found.strips for candidate in strip.candidates]
    return boxes, found.glyphs


@settings(max_examples=12)
@given(st.integers(0, 10_000), st.integers(0, 9), st.integers(0, DIGIT_SORTS - 1))
def test_no_candidate_changes_where_all_ink_may_be_that_of_digits_or_of_rules(seed, things, sort):
    pixels = page_of(seed, things)

    def network(planes):
        told = np.zeros((planes.shape[0] // SQUARE_PX, planes.shape[1] // SQUARE_PX, SORTS), np.float32)
        told[..., sort], told[..., OTHER] = 0.45, 0.55
        return told

    plain, told = candidates(pixels), candidates(pixels, network)
    assert told[0] == plain[0]
    assert np.array_equal(told[1], plain[1])
