"""What is drawn around numbers: always the same for a seed, beside them, and marked as what it is."""

import functools
from itertools import pairwise

import cv2
import numpy as np
import pytest

from model.synth import clutter, spoiling
from model.synth.clutter import scatter
from model.synth.clutter_stains import edges, stains
from model.synth.clutter_strokes import fillers, marks, rules, tallies
from model.synth.clutter_text import background, hand_lines, paragraph, printed_cells, printed_numbers
from model.synth.digits import DigitSource
from model.synth.ink_sorts import InkSort
from model.synth.layouts import lines
from model.synth.lettering import BUILTIN_LETTERINGS, BuiltinLettering
from model.synth.pens import random_hand, random_pen
from model.synth.spoiling import fill_beside, strike_out
from model.synth.surroundings import FREE_SHARE, Surroundings, holds_ink, lay, set_line
from model.synth.texts import random_number, random_text, random_word
from model.synth.writer import Board, Writer

SOURCE = DigitSource.builtin()
BLACK = (0, 0, 0)
#: A hand, as far as this is about what is done with fonts that are one.
BY_HAND = BuiltinLettering("italic", by_hand=True)
#: Things that look for a free place, and the sorts of their ink.
BESIDE = {
    paragraph: {InkSort.PRINT, InkSort.PRINTED_DIGIT},
    hand_lines: {InkSort.HAND},
    printed_numbers: {InkSort.PRINT, InkSort.PRINTED_DIGIT},
    marks: {InkSort.HAND},
    tallies: {InkSort.HAND},
    fillers: {InkSort.HAND, InkSort.OTHER},
    stains: {InkSort.OTHER},
    printed_cells: {InkSort.PRINT, InkSort.PRINTED_DIGIT, InkSort.OTHER},
}
#: Things that may lie across anything.
ACROSS = {rules: {InkSort.OTHER}, edges: {InkSort.OTHER}, background: {InkSort.PRINT}}


def around(seed, *, written=True, faces=(*BUILTIN_LETTERINGS, BY_HAND)):
    """Return a small page, with or without numbers, that things can be put on."""
    rng = np.random.default_rng(seed)
    board = Board(np.full((420, 520), 255, np.uint8))
    pen, hand = random_pen(rng, "ballpoint"), random_hand(rng)
    writer = Writer(SOURCE.for_hand(rng, variants=3), pen, hand, height_px=24.0)
    if written:
        lines(rng, board, writer)
    return Surroundings(rng, board, writer, faces)


def texts(board):
    return [[number.text for number in row] for row in board.rows]


def scattered(page, seed, letterings=()):
    scatter(np.random.default_rng(seed), page.board, page.writer, letterings)
    return page.board


@pytest.mark.parametrize("seed", range(3))
def test_a_seed_gives_the_same_page_and_another_one_another(seed):
    one, same, other = (scattered(around(seed), number, [BY_HAND]) for number in (seed, seed, seed + 100))

    assert np.array_equal(one.ink, same.ink)
    assert np.array_equal(one.sorts, same.sorts)
    assert texts(one) == texts(same)
    assert not np.array_equal(one.ink, other.ink)


@pytest.mark.parametrize("thing", BESIDE, ids=lambda thing: thing.__name__)
def test_what_stands_beside_numbers_stands_on_none_and_is_marked_as_what_it_is(thing):
    drawn = 0
    for seed in range(4):
        page = around(seed)
        before, written = page.board.layer.copy(), page.board.sorts > 0
        for _ in range(3):
            thing(page)

        assert np.array_equal(page.board.layer, before)
        assert set(page.board.others) <= BESIDE[thing]
        after = page.board.sorts
        # A place counts as free with a few inked pixels, and a pen is wider than its path.
        assert (after[written] == 1 + InkSort.DIGIT).mean() > 1 - 3 * FREE_SHARE - 0.02
        drawn += int((after[~written] > 0).sum())
    assert drawn > 100


@pytest.mark.parametrize("thing", ACROSS, ids=lambda thing: thing.__name__)
def test_what_lies_across_the_page_leaves_the_layer_of_numbers_alone(thing):
    inked = False
    for seed in range(4, 10):
        page = around(seed)
        before, rows = page.board.layer.copy(), texts(page.board)
        thing(page)

        assert np.array_equal(page.board.layer, before)
        assert texts(page.board) == rows
        assert set(page.board.others) <= ACROSS[thing]
        inked |= any((layer < 250).any() for layer in page.board.others.values())
    assert inked


@pytest.mark.parametrize("thing", [*BESIDE, *ACROSS], ids=lambda thing: thing.__name__)
def test_on_a_page_that_is_too_small_there_is_no_room_and_no_error(thing):
    for seed in range(4):
        page = around(seed, written=False)
        page.board.layer = np.full((9, 12), 255, np.uint8)
        thing(page)

        assert page.board.sorts.shape == (9, 12)


def test_a_printed_lines_digits_are_marked_as_printed_digits():
    page = around(1, written=False)
    line = BUILTIN_LETTERINGS[1].line("No. 37 kg", 30)

    set_line(page.board, line, 20, 50, BLACK)

    ((start, stop),) = line.digits
    height, width = line.opacity.shape
    sorts = page.board.sorts[50 : 50 + height, 20 : 20 + width]
    inked = line.opacity >= 40
    assert np.array_equal(sorts > 0, inked)
    assert set(np.unique(sorts[:, start:stop])) == {0, 1 + InkSort.PRINTED_DIGIT}
    assert set(np.unique(np.delete(sorts, np.s_[start:stop], axis=1))) == {0, 1 + InkSort.PRINT}
    assert (page.board.layer == 255).all()


def test_a_line_by_hand_holds_digits_and_words_by_hand():
    page = around(1, written=False)

    set_line(page.board, BY_HAND.line("No. 37", 30), 20, 50, BLACK, by_hand=True)

    assert set(np.unique(page.board.sorts)) == {0, 1 + InkSort.HAND, 1 + InkSort.DIGIT}


def test_nothing_that_is_put_there_is_a_digit_by_hand():
    """Whatever it is: what is not in the truth must not be marked as if it were."""
    for seed in range(4):
        page = around(seed, written=False)
        scattered(page, seed, [BY_HAND])

        assert not (page.board.sorts == 1 + InkSort.DIGIT).any()


def test_words_hold_no_digit_and_numbers_do():
    rng = np.random.default_rng(2)

    assert not any(c.isdigit() for _ in range(300) for c in random_word(rng))
    assert all(any(c.isdigit() for c in random_number(rng)) for _ in range(300))
    assert all(any(c.isdigit() for c in word) for word in random_text(rng, 1, 1.0).split() if word.isdigit())
    assert len(random_text(rng, 7, 0.0).split()) == 7


def test_a_page_that_loses_its_numbers_has_neither_truth_nor_digits(monkeypatch):
    monkeypatch.setattr(clutter, "EMPTY_SHARE", 1.0)
    page = around(5)

    scattered(page, 5)

    assert page.board.rows == []
    assert not (page.board.sorts == 1 + InkSort.DIGIT).any()


def test_numbers_that_are_all_crossed_out_are_no_numbers_and_no_digits(monkeypatch):
    monkeypatch.setattr(spoiling, "STRUCK_NUMBERS", 1.0)
    page = around(6)
    written = page.board.sorts > 0

    strike_out(page)

    assert page.board.rows == []
    assert (page.board.sorts[written] == 1 + InkSort.HAND).all()


def test_the_numbers_that_are_left_keep_their_order_and_their_ink():
    page = around(7)
    before, written = [text for row in texts(page.board) for text in row], page.board.sorts > 0

    strike_out(page)

    left = [number for row in page.board.rows for number in row]
    assert 0 < len(left) < len(before)
    following = iter(before)
    assert all(number.text in following for number in left)
    assert all(page.board.rows)
    kept = np.zeros(written.shape, np.uint8)
    for number in left:
        for outline in number.outlines:
            cv2.fillConvexPoly(kept, np.round(outline).astype(np.int32), 1)
    digits = page.board.sorts == 1 + InkSort.DIGIT
    assert digits[written & (kept > 0)].mean() > 0.9
    assert (cv2.dilate(kept, np.ones((7, 7), np.uint8))[digits] > 0).mean() > 0.97


@pytest.mark.parametrize("seed", range(4))
def test_what_fills_the_space_beside_a_number_is_no_part_of_it(seed):
    page = around(seed)
    before, rows = page.board.layer.copy(), texts(page.board)

    fill_beside(page)

    assert np.array_equal(page.board.layer, before)
    assert texts(page.board) == rows
    assert set(page.board.others) == {InkSort.HAND}


def test_a_free_place_lies_on_the_page_and_on_no_ink():
    page = around(3)
    found = [page.free_place(60, 20) for _ in range(40)]
    places = [place for place in found if place is not None]

    assert len(places) > 3
    for left, top in places:
        assert 0 <= left <= page.board.width - 60
        assert 0 <= top <= page.board.height - 20
        assert not holds_ink(page.board.layer[top : top + 20, left : left + 60])
    page.board.layer[...] = 0
    assert page.free_place(60, 20) is None
    assert page.free_place(page.board.width, 5) is None


def test_ink_of_several_layers_is_summed_up():
    faint = np.full((20, 50), 255, np.uint8)
    faint.flat[:4] = 0

    assert not holds_ink(faint)
    assert holds_ink(faint, faint)


@pytest.mark.parametrize(
    ("left", "top", "seen"), [(-3, -2, (2, 2)), (37, 28, (2, 3)), (-9, 0, (0, 0)), (40, 0, (0, 0))]
)
def test_what_reaches_beyond_the_layer_is_lost(left, top, seen):
    layer = np.full((30, 40), 255, np.uint8)

    lay(layer, np.full((4, 5), 255, np.uint8), left, top, BLACK)

    dark = layer == 0
    assert (dark.any(axis=1).sum(), dark.any(axis=0).sum()) == seen
    assert (layer[~dark] == 255).all()


def test_a_colour_is_laid_as_opaque_as_it_is():
    layer = np.full((4, 4, 3), 255, np.uint8)

    lay(layer, np.full((4, 4), 51, np.uint8), 0, 0, (0, 155, 255))

    assert layer[0, 0].tolist() == pytest.approx([204, 235, 255], abs=1)


def test_things_come_about_as_often_as_they_should(monkeypatch):
    """Which ones are drawn follows from the shares, and from nothing that is on the page."""
    drawn = []
    things = [(functools.partial(lambda name, _: drawn.append(name), k), share) for k, share in
              enumerate([0.5, 0.3, 0.2])]  # fmt: skip
    monkeypatch.setattr(clutter, "_THINGS", tuple(things))
    for seed in range(60):
        scattered(around(0, written=False), seed)

    counts = np.bincount(drawn, minlength=3)
    assert counts.sum() > 500
    assert all(more > fewer for more, fewer in pairwise(counts))
