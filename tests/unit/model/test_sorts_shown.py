"""What each pixel's ink is lies where the ink lies, however the sheet is looked at."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from model.synth.digits import DigitSource
from model.synth.ink_sorts import InkSort
from model.synth.page import make_page
from model.synth.warp import flat_view, photo_view, shown, sorts_shown, turned_view
from model.synth.writer import Board

EXTENT = (320, 240)
VIEWS = {
    "turned a little": turned_view(EXTENT, 3.0),
    "turned far": turned_view(EXTENT, -14.0),
    "on its side": turned_view(EXTENT, 90.0),
    **{
        f"photo {seed}": replace(photo_view(np.random.default_rng(seed), EXTENT), desk=None)
        for seed in range(3)
    },
}


def board_of_bars():
    """Bars of every sort, far enough from each other that none can be taken for the next."""
    board = Board(np.full(EXTENT[::-1], 255, np.uint8))
    for k, sort in enumerate(InkSort):
        board.on(sort)[30:210, 30 + 55 * k : 42 + 55 * k] = 0
    return board


def widened(mask, reach_px):
    return cv2.dilate(mask.astype(np.uint8), np.ones((2 * reach_px + 1,) * 2, np.uint8)) > 0


@pytest.mark.parametrize("view", VIEWS.values(), ids=VIEWS)
def test_the_sorts_follow_the_ink_to_within_a_pixel_or_two(view):
    board = board_of_bars()
    sorts = sorts_shown(board.sorts, view)

    for sort in InkSort:
        alone = Board(np.full(EXTENT[::-1], 255, np.uint8))
        alone.on(sort)[...] = board.on(sort)
        ink = shown(np.random.default_rng(0), alone.ink, view) < 128
        told = sorts == 1 + sort
        assert told.sum() == pytest.approx(ink.sum(), rel=0.05)
        assert not (told & ~widened(ink, 1)).any()
        assert not (ink & ~widened(told, 1)).any()


def test_what_the_sheet_does_not_cover_is_paper():
    view = turned_view(EXTENT, 20.0)
    full = np.full(EXTENT[::-1], 1 + InkSort.PRINT, np.uint8)

    corners = sorts_shown(full, view)[[0, 0, -1, -1], [0, -1, 0, -1]]

    assert not corners.any()


def test_a_sheet_that_lies_flat_is_seen_as_it_is():
    sorts = board_of_bars().sorts

    assert sorts_shown(sorts, flat_view(EXTENT)) is sorts


@pytest.mark.parametrize("kind", ["skewed", "photo"])
def test_the_digits_of_a_finished_page_are_marked_in_their_boxes(kind):
    page = make_page(np.random.default_rng(4), DigitSource.builtin(), kind, around=lambda *_: None)

    told = page.sorts == 1 + InkSort.DIGIT
    boxes = np.zeros(told.shape, np.uint8)
    for row in page.rows:
        for number in row:
            for _, (left, top, right, bottom) in number.digits:
                boxes[top:bottom, left:right] = 1
                assert told[top:bottom, left:right].any()
    assert page.sorts.shape == page.grey.shape
    assert not (told & ~widened(boxes, 2)).any()


def test_a_page_without_anything_around_it_is_drawn_as_ever():
    plain, around = (
        make_page(np.random.default_rng(5), DigitSource.builtin(), "clean", around=what)
        for what in (None, lambda *_: None)
    )

    assert plain.sorts is None
    assert np.array_equal(plain.pixels, around.pixels)
    assert plain.rows == around.rows
