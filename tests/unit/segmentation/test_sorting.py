"""What sort of ink lies where: what the network sees, and what becomes of its answers."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segmentation.clean import Ink
from segmentation.geometry import Box
from segmentation.sorting import (
    DARK_LEVEL,
    LEAST_INK,
    SORTED_HEIGHT_PX,
    SORTS,
    SQUARE_PX,
    ink_planes,
    sort_ink,
)

#: At this height of the writing a square is as many px on the working page.
HEIGHT_PX = 2 * SORTED_HEIGHT_PX
SIDE_PX = 2 * SQUARE_PX


def ink_of(mask, level=150):
    """Ink that is everywhere as dark."""
    contrast = np.where(mask, level, 0).astype(np.uint8)
    return Ink(mask, contrast, contrast, 1.0, False)


def scattered_ink(seed=0, shape=(75, 107), share=0.2):
    return ink_of(np.random.default_rng(seed).random(shape) < share)


def answering(seed=0):
    """Return a network whose answers differ from square to square."""

    def network(planes):
        shape = (planes.shape[0] // SQUARE_PX, planes.shape[1] // SQUARE_PX, SORTS)
        odds = np.random.default_rng(seed).random(shape) ** 3
        return (odds / odds.sum(axis=-1, keepdims=True)).astype(np.float32)

    return network


def always(*sorts):
    """Return a network that takes all ink for some sorts, evenly."""

    def network(planes):
        row = np.zeros(SORTS, np.float32)
        row[list(sorts)] = 1 / len(sorts)
        return np.tile(row, (planes.shape[0] // SQUARE_PX, planes.shape[1] // SQUARE_PX, 1))

    return network


@pytest.mark.parametrize("height_px", [8.0, 16.0, 23.7, 60.0, 2000.0])
@pytest.mark.parametrize("shape", [(75, 107), (1, 1), (300, 40)])
def test_planes_are_whole_squares_and_only_just_as_large_as_the_ink(shape, height_px):
    planes = ink_planes(scattered_ink(shape=shape), height_px)

    assert planes.dtype == np.uint8
    assert planes.shape[2] == 2
    for side, length in zip(planes.shape[:2], shape, strict=True):
        scaled = max(1, round(length * SORTED_HEIGHT_PX / height_px))
        assert side % SQUARE_PX == 0
        assert 0 <= side - scaled < SQUARE_PX


def test_one_plane_is_how_much_ink_there_is_and_what_is_added_is_blank():
    planes = ink_planes(ink_of(np.ones((50, 70), bool)), HEIGHT_PX)

    assert planes.shape == (28, 36, 2)
    assert (planes[:25, :35, 0] == 255).all()
    assert not planes[25:].any()
    assert not planes[:, 35:].any()


@pytest.mark.parametrize("level", [3, 40, 150, 255])
def test_the_other_is_how_dark_it_is_beside_the_pages_own_ink(level):
    planes = ink_planes(ink_of(np.ones((40, 40), bool), level), HEIGHT_PX)

    assert planes[..., 1] == pytest.approx(DARK_LEVEL, abs=1)


def test_ink_that_is_fainter_than_the_rest_is_seen_to_be():
    ink = scattered_ink()
    ink.contrast[:, 50:] //= 2

    planes = ink_planes(ink, SORTED_HEIGHT_PX)

    dark, faint = (planes[:75, part, 1][ink.mask[:, part]] for part in (np.s_[:50], np.s_[50:107]))
    assert dark == pytest.approx(DARK_LEVEL, abs=2)
    assert faint == pytest.approx(DARK_LEVEL / 2, abs=2)


def test_a_page_without_ink_has_blank_planes():
    assert not ink_planes(ink_of(np.zeros((40, 40), bool)), HEIGHT_PX).any()


def brute_force(ink, network, box):
    """Count square by square what `SortedInk.shares` takes from its table."""
    planes = ink_planes(ink, HEIGHT_PX)
    answers = network(planes)
    total, sums = 0.0, np.zeros(SORTS)
    for y in range(planes.shape[0] // SQUARE_PX):
        for x in range(planes.shape[1] // SQUARE_PX):
            across = box.left < SIDE_PX * (x + 1) and box.right > SIDE_PX * x
            down = box.top < SIDE_PX * (y + 1) and box.bottom > SIDE_PX * y
            if across and down:
                square = planes[SQUARE_PX * y :, SQUARE_PX * x :, 0][:SQUARE_PX, :SQUARE_PX]
                inked = square.mean() / 255 + LEAST_INK
                total += inked
                sums += inked * answers[y, x]
    return sums / total


@settings(max_examples=40)
@given(st.data())
def test_shares_are_what_counting_the_squares_gives(data):
    ink, network = scattered_ink(), answering()
    height, width = ink.mask.shape
    left, top = data.draw(st.integers(0, width - 1)), data.draw(st.integers(0, height - 1))
    box = Box(left, top, data.draw(st.integers(left + 1, width)), data.draw(st.integers(top + 1, height)))

    (shares,) = sort_ink(ink, HEIGHT_PX, network).shares([box])

    assert shares == pytest.approx(brute_force(ink, network, box), abs=1e-5)


@settings(max_examples=60)
@given(st.tuples(*[st.integers(-400, 400)] * 2), st.tuples(*[st.integers(1, 500)] * 2), st.booleans())
def test_rows_sum_to_one_wherever_the_box_lies(corner, size, blank):
    ink = scattered_ink(share=0.0 if blank else 0.2)
    box = Box(*corner, corner[0] + size[0], corner[1] + size[1])

    shares = sort_ink(ink, HEIGHT_PX, answering()).shares([box, Box(0, 0, 1, 1)])

    assert shares.dtype == np.float32
    assert shares.sum(axis=1) == pytest.approx(1, abs=1e-5)
    assert (shares >= 0).all()


@pytest.mark.parametrize("box", [Box(104, 70, 107, 75), Box(0, 0, 3, 3), Box(0, 72, 107, 75)])
def test_boxes_at_the_edges_have_the_squares_there(box):
    ink, network = scattered_ink(), answering()

    (shares,) = sort_ink(ink, HEIGHT_PX, network).shares([box])

    assert shares == pytest.approx(brute_force(ink, network, box), abs=1e-5)


def test_no_boxes_have_no_shares():
    found = sort_ink(scattered_ink(), HEIGHT_PX, answering())

    assert found.shares([]).shape == (0, SORTS)
    assert found.digit_shares([]).shape == (0,)


def test_digits_are_digits_by_hand_and_printed_ones():
    box = [Box(5, 5, 60, 60)]
    for sorts, share in (((0,), 1), ((1,), 1), ((0, 1), 1), ((2,), 0), ((3, 4), 0), ((1, 3), 0.5)):
        found = sort_ink(scattered_ink(), HEIGHT_PX, always(*sorts))
        assert found.digit_shares(box) == pytest.approx([share], abs=1e-5)


@pytest.mark.parametrize(
    ("sorts", "printed"), [((0,), False), ((1,), True), ((1, 2, 3), True), ((2,), False)]
)
def test_digits_are_printed_where_more_of_them_looks_so(sorts, printed):
    found = sort_ink(scattered_ink(), HEIGHT_PX, always(*sorts))

    assert found.is_printed([Box(5, 5, 30, 60), Box(30, 5, 60, 60)]) is printed


def test_ink_may_be_digits_where_the_nearest_squares_say_so():
    def network(planes):
        told = always(3)(planes)
        told[:, : told.shape[1] // 2] = always(0)(planes)[:, : told.shape[1] // 2]
        return told

    found = sort_ink(ink_of(np.ones((64, 128), bool)), HEIGHT_PX, network)
    may_be = found.digits_at((64, 128)) >= 0.1

    assert may_be.shape == (64, 128)
    assert may_be[:, :64].all()
    assert not may_be[:, 64 + SIDE_PX :].any()
    assert (may_be == may_be[0]).all()


@pytest.mark.parametrize("least", [0.1, 0.5, 1.0])
def test_ink_that_is_all_digit_stays_and_ink_that_is_none_goes(least):
    ink = scattered_ink()

    assert (sort_ink(ink, HEIGHT_PX, always(0)).digits_at(ink.mask.shape) >= least).all()
    assert not (sort_ink(ink, HEIGHT_PX, always(4)).digits_at(ink.mask.shape) >= least).any()


def test_ink_is_as_probably_a_rule_as_its_squares_are():
    ink = scattered_ink(shape=(64, 96))
    found = sort_ink(ink, HEIGHT_PX, answering(3))
    y, x = (places.astype(np.int64) for places in np.nonzero(ink.mask))
    shares = [
        found.shares([Box(int(a), int(b), int(a) + 1, int(b) + 1)])[0, -1] for a, b in zip(x, y, strict=True)
    ]
    assert found.ruled_share(x, y) == pytest.approx(np.mean(shares), rel=1e-5)
    assert sort_ink(ink, HEIGHT_PX, always(SORTS - 1)).ruled_share(x, y) == pytest.approx(1.0, abs=0.02)
    assert sort_ink(ink, HEIGHT_PX, always(0, 1)).ruled_share(x, y) == 0.0
