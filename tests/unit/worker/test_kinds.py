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


def lines_of_print(lines, face=cv2.FONT_HERSHEY_COMPLEX):
    """Print some lines of two numbers each, whose digits are there more than once."""
    pixels = np.full((120 + 70 * lines, 700), 255, np.uint8)
    rng = np.random.default_rng(2)
    for line in range(lines):
        for left in (60, 420):
            text = str(int(rng.integers(10000, 99999)))
            cv2.putText(pixels, text, (left, 110 + 70 * line), face, 1.4, 0, 2, cv2.LINE_AA)
    return pixels


def test_print_is_told_though_the_network_takes_it_for_a_hand(says_by_hand):
    found = kinds(says_by_hand, lines_of_print(8))
    assert len(found) >= 14
    assert set(found) == {Kind.PRINTED}


def test_where_nothing_repeats_the_network_has_the_word(says_by_hand):
    pixels = np.full((200, 700), 255, np.uint8)
    for left, text in ((60, "4806"), (420, "2935")):
        cv2.putText(pixels, text, (left, 110), cv2.FONT_HERSHEY_COMPLEX, 1.4, 0, 2, cv2.LINE_AA)
    assert kinds(says_by_hand, pixels) == [Kind.HANDWRITTEN] * 2


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
