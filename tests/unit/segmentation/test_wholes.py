"""Components that surely are a digit stay whole; all others are cut as if nobody had been asked."""

import cv2
import numpy as np
import pytest

from segmentation.segment import segment_page
from segmentation.wholes import SURE


class _Network:
    """Takes every glyph for a three, as surely as it is told to, and notes what it was asked."""

    def __init__(self, sure):
        self.sure, self.asked = sure, []

    def __call__(self, glyphs):
        self.asked.append(len(glyphs))
        # Told apart by their ink, so that answers which change places are noticed.
        share = glyphs.reshape(len(glyphs), 784).mean(axis=1, keepdims=True) / 255 * 1e-3
        rest = np.full((len(glyphs), 11), (1 - self.sure) / 10, np.float32)
        rest[:, 3] = self.sure - share[:, 0]
        rest[:, 10] += share[:, 0]
        return rest


@pytest.fixture(scope="module")
def page():
    """Three noughts, which are wide enough to be cut, and a one, which is not."""
    pixels = np.full((300, 700), 255, np.uint8)
    for left in (60, 220, 380):
        cv2.ellipse(pixels, (left + 30, 150), (30, 40), 0, 0, 360, 0, 7)
    cv2.line(pixels, (560, 110), (560, 190), 0, 7)
    return pixels


def test_what_surely_is_a_digit_is_not_cut(page):
    network = _Network(SURE + 0.02)
    found = segment_page(page, digits=network)
    assert sum(len(strip.pieces) for strip in found.strips) == 4
    assert len(found.glyphs) == 4
    # The noughts first, then what was not asked yet.
    assert network.asked == [3, 1]


def test_what_may_be_two_digits_is_cut_as_without_a_network(page):
    plain, network = segment_page(page), _Network(SURE - 0.02)
    found = segment_page(page, digits=network)
    assert found.strips == plain.strips
    assert np.array_equal(found.glyphs, plain.glyphs)
    assert len(found.glyphs) > 4
    assert sum(network.asked) == len(found.glyphs)


@pytest.mark.parametrize("sure", [SURE + 0.02, SURE - 0.02])
def test_answers_stand_in_the_order_of_the_glyphs(page, sure):
    network = _Network(sure)
    found = segment_page(page, digits=network)
    assert np.array_equal(found.told, network(found.glyphs))


def test_a_blank_page_has_answers_for_no_glyph():
    found = segment_page(np.full((200, 300), 235, np.uint8), digits=_Network(0.99))
    assert found.strips == ()
    assert found.told.shape == (0, 11)


def test_without_a_network_nothing_is_told(page):
    assert segment_page(page).told is None
