"""A page while it is drawn: a layer for each sort of ink, and what each pixel's ink is."""

import numpy as np
import pytest

from model.synth.ink_sorts import InkSort
from model.synth.writer import LEAST_INK, Board


def blank(*channels):
    return Board(np.full((60, 80, *channels), 255, np.uint8))


@pytest.mark.parametrize("channels", [(), (3,)], ids=["grey", "colour"])
def test_each_sort_of_ink_is_told_where_it_was_drawn(channels):
    board = blank(*channels)
    expected = np.zeros((60, 80), np.uint8)
    for k, sort in enumerate(InkSort):
        board.on(sort)[10:50, 10 * k : 10 * k + 5] = 0
        expected[10:50, 10 * k : 10 * k + 5] = 1 + sort

    assert np.array_equal(board.sorts, expected)
    ink = board.ink if not channels else board.ink.max(axis=2)
    assert np.array_equal(ink == 0, expected > 0)
    assert board.on(InkSort.DIGIT) is board.layer
    assert board.on(InkSort.HAND) is board.on(InkSort.HAND)


def test_an_empty_board_holds_no_ink():
    board = blank()

    assert not board.sorts.any()
    assert (board.ink == 255).all()


def test_where_inks_cross_the_darker_one_counts_and_a_number_where_they_are_equal():
    board = blank()
    board.layer[:, :30] = 100
    for top, tone in ((0, 50), (20, 100), (40, 150)):
        board.on(InkSort.OTHER)[top : top + 20, :30] = tone

    sorts = board.sorts

    assert (sorts[:20, :30] == 1 + InkSort.OTHER).all()
    assert (sorts[20:, :30] == 1 + InkSort.DIGIT).all()
    assert not sorts[:, 30:].any()


def test_ink_that_hardly_darkens_the_paper_is_none():
    board = blank()
    board.on(InkSort.PRINT)[:, :40] = 255 - LEAST_INK
    board.on(InkSort.PRINT)[:, 40:] = 255 - LEAST_INK + 1

    assert (board.sorts[:, :40] == 1 + InkSort.PRINT).all()
    assert not board.sorts[:, 40:].any()


def test_light_passes_one_layer_after_the_other():
    board = blank()
    board.layer[...], board.on(InkSort.OTHER)[...], board.on(InkSort.HAND)[...] = 100, 128, 204

    assert board.ink == pytest.approx(100 * 128 * 204 / 255**2, abs=1)
    assert (board.layer == 100).all()


def test_red_ink_is_as_much_ink_as_black():
    board = blank(3)
    board.on(InkSort.HAND)[:, :, 2], board.on(InkSort.HAND)[:, :, :2] = 250, 20

    assert (board.sorts == 1 + InkSort.HAND).all()
