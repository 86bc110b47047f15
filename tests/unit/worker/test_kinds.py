"""A page that repeats itself is printed though the network of ink takes it for a hand; a hand stays one."""

import cv2
import numpy as np
import pytest

from bench.alike_hand import AlikeHand
from bench.nothing import draw_page
from bench.typefaces import random_typeface
from model.synth.digits import SAMPLE, DigitSource
from model.synth.page import make_page
from segmentation.page import Page
from tests.builders_kinds import reader_that_says
from worker.records import Kind


def kinds(reader, pixels):
    numbers = reader.read_page(Page(pixels, dpi=None, orientation=1, kind="png")).numbers
    return [number.kind for number in numbers]


@pytest.fixture(scope="module")
def says_by_hand():
    return reader_that_says(0.15)


def printed(numbers, height, width=700):
    """Print numbers, each a text and where it stands."""
    pixels = np.full((height, width), 255, np.uint8)
    for text, place in numbers:
        cv2.putText(pixels, text, place, cv2.FONT_HERSHEY_COMPLEX, 1.4, 0, 2, cv2.LINE_AA)
    return pixels


def lines_of_print(lines):
    """Print some lines of two numbers each, whose digits are there more than once."""
    rng = np.random.default_rng(2)
    places = [(left, 110 + 70 * line) for line in range(lines) for left in (60, 420)]
    return printed([(str(int(rng.integers(10000, 99999))), place) for place in places], 120 + 70 * lines)


#: Two numbers without a digit that is there twice.
NONE_TWICE = [("4806", (60, 110)), ("2935", (420, 110))]


def test_print_is_told_though_the_network_takes_it_for_a_hand(says_by_hand):
    found = kinds(says_by_hand, lines_of_print(8))
    assert len(found) >= 14
    assert set(found) == {Kind.PRINTED}


def test_where_nothing_repeats_the_network_has_the_word(says_by_hand):
    assert kinds(says_by_hand, printed(NONE_TWICE, 200)) == [Kind.HANDWRITTEN] * 2


def test_a_straight_column_is_told_for_print_though_little_repeats_and_however_sure_the_network_is():
    column = [(text, (200, 90 + 80 * line)) for line, text in enumerate(["40", "63", "59", "82", "70", "36"])]
    assert kinds(reader_that_says(0.0), printed(column, 620)) == [Kind.PRINTED] * 6


def test_ones_that_repeat_each_other_tell_nothing_of_the_numbers_around_them(says_by_hand):
    places = [(60, 200), (217, 253), (374, 306), (531, 269), (588, 322), (75, 375)]
    found = kinds(says_by_hand, printed(NONE_TWICE + [("11", place) for place in places], 560))
    assert found[:2] == [Kind.HANDWRITTEN] * 2
    assert len(found) == 8


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_hand_stays_one_however_often_it_writes_a_digit(says_by_hand, seed):
    drawn = make_page(np.random.default_rng(seed), AlikeHand.from_npz(SAMPLE), "ruled")
    found = kinds(says_by_hand, drawn.grey)
    assert len(found) >= 5
    assert set(found) == {Kind.HANDWRITTEN}


def test_a_hand_of_few_pictures_stays_one_too(says_by_hand):
    drawn = make_page(np.random.default_rng(4), DigitSource.builtin(), "clean")
    found = kinds(says_by_hand, drawn.grey)
    assert len(found) >= 5
    assert set(found) == {Kind.HANDWRITTEN}


def test_a_hand_that_the_network_half_takes_for_print_is_told_by_what_does_not_repeat():
    drawn = make_page(np.random.default_rng(1), AlikeHand.from_npz(SAMPLE), "ruled")
    found = kinds(reader_that_says(0.6), drawn.grey)
    assert found.count(Kind.HANDWRITTEN) > 0.7 * len(found)


def test_a_drawn_table_is_told_in_a_face_that_nothing_was_fitted_on(says_by_hand):
    pixels = draw_page(np.random.default_rng(11), "calendar", random_typeface)
    found = kinds(says_by_hand, pixels)
    assert len(found) >= 20
    assert found.count(Kind.PRINTED) >= 0.9 * len(found)
