"""What the network of ink says is heard: what is surely no digit is left out, and nothing else."""

import cv2
import numpy as np
import pytest

from segmentation.segment import segment_page
from segmentation.sorting import SORTS, SQUARE_PX

DIGIT, PRINTED_DIGIT, HAND, PRINT, OTHER = range(SORTS)


@pytest.fixture(scope="module")
def page():
    """Digits on the left and on the right."""
    pixels = np.full((360, 640), 235, np.uint8)
    for top in (90, 180, 270):
        for left in (40, 380):
            cv2.putText(pixels, "2705", (left, top), cv2.FONT_HERSHEY_SIMPLEX, 1.6, 40, 4, cv2.LINE_AA)
    return pixels


class Stub:
    """A network that takes the ink on the left and on the right for something, and keeps what it saw."""

    def __init__(self, left, right):
        self.sorts, self.seen = (left, right), []

    def __call__(self, planes):
        self.seen.append(planes)
        down, across = planes.shape[0] // SQUARE_PX, planes.shape[1] // SQUARE_PX
        told = np.zeros((down, across, SORTS), np.float32)
        told[:, : across // 2, self.sorts[0]] = 1
        told[:, across // 2 :, self.sorts[1]] = 1
        return told


def boxes(segmentation):
    return sorted(
        (c.box.left, c.box.top, c.box.right, c.box.bottom)
        for strip in segmentation.strips
        for c in strip.candidates
    )


@pytest.mark.parametrize("sort", [HAND, PRINT, OTHER])
def test_what_is_no_digit_is_left_out(page, sort):
    plain = segment_page(page)

    found = segment_page(page, network=Stub(DIGIT, sort))

    middle = plain.writing.ink.mask.shape[1] / 2
    assert boxes(found) == [box for box in boxes(plain) if box[2] < middle]
    assert len(found.glyphs) == len(boxes(found)) > 0
    assert len(found.writing.components) == len(plain.writing.components) / 2


@pytest.mark.parametrize("sort", [DIGIT, PRINTED_DIGIT])
def test_what_may_be_a_digit_stays(page, sort):
    plain, found = segment_page(page), segment_page(page, network=Stub(DIGIT, sort))

    assert boxes(found) == boxes(plain)
    assert np.array_equal(found.glyphs, plain.glyphs)


def test_where_all_ink_is_something_else_nothing_is_read(page):
    found = segment_page(page, network=Stub(PRINT, OTHER))

    assert (found.strips, found.writing.components, len(found.glyphs)) == ((), (), 0)


def test_the_network_is_asked_once_about_the_whole_page(page):
    network = Stub(DIGIT, DIGIT)

    found = segment_page(page, network=network)

    (planes,) = network.seen
    assert planes.dtype == np.uint8
    inked = planes[..., 0].any(axis=0)
    assert inked[: len(inked) // 2].any()
    assert inked[len(inked) // 2 :].any()
    assert found.writing.sorted_ink is not None


def test_without_a_network_nobody_knows(page):
    assert segment_page(page).writing.sorted_ink is None


def test_a_blank_page_stays_blank():
    found = segment_page(np.full((200, 300), 235, np.uint8), network=Stub(DIGIT, DIGIT))

    assert found.strips == ()


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_a_page_that_is_turned_is_told_as_it_is_read(page, quarters):
    upright = segment_page(page, network=Stub(DIGIT, PRINT))
    lying = np.ascontiguousarray(np.rot90(page, -quarters))

    found = segment_page(lying, network=Stub(DIGIT, PRINT), quarters=quarters)

    assert boxes(found) == boxes(upright)
