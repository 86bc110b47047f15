import numpy as np
import pytest

from segmentation.spacing import between_numbers


def _parts(*lines):
    return [(found > 0.5).astype(int).tolist() for found in between_numbers([np.array(x) for x in lines])]


@pytest.mark.parametrize("spacing", [0.6, 0.9, 1.3, 1.8, 2.3])
def test_even_spacing_parts_nothing_however_wide(spacing):
    assert _parts([spacing] * 7) == [[0] * 7]


@pytest.mark.parametrize("spacing", [0.6, 0.9, 1.3, 1.8])
def test_a_spacing_twice_as_wide_as_the_others_parts_two_numbers(spacing):
    line = [spacing * factor for factor in (1, 1.05, 0.95, 2.1, 1, 0.97)]
    assert _parts(line) == [[0, 0, 0, 1, 0, 0]]


def test_the_same_spacing_is_within_a_number_on_a_wide_page_and_between_two_on_a_close_one():
    (*_, wide) = _parts([1.5, 1.6, 1.4, 1.55], [1.5])
    (*_, close) = _parts([0.7, 0.75, 0.7, 1.5, 0.72], [1.5])
    assert (wide, close) == ([0], [1])


def test_a_line_written_wider_than_the_page_follows_its_own_spacing():
    page = [[0.7, 0.72, 0.68, 1.5, 0.7]] * 3
    assert _parts(*page, [1.5, 1.45, 1.55, 1.5, 1.52])[-1] == [0] * 5


def test_an_uneven_hand_asks_for_a_clearer_gap():
    even = [0.8, 0.82, 0.78, 1.3, 0.8, 0.79, 0.81, 1.3, 0.8]
    uneven = [0.5, 1.1, 0.8, 1.3, 0.9, 0.6, 1.2, 0.7, 1.0]
    assert _parts(even) == [[0, 0, 0, 1, 0, 0, 0, 1, 0]]
    assert sum(_parts(uneven)[0]) == 0


def test_digits_that_touch_do_not_make_the_others_numbers_of_their_own():
    assert _parts([0.8, 0.3, 0.82, 0.78, 0.35, 0.8]) == [[0] * 6]


def test_two_digits_far_apart_and_alone_on_the_page_are_two_numbers():
    assert _parts([0.8]) == [[0]]
    assert _parts([8.0]) == [[1]]


def test_lines_without_a_gap_keep_their_place():
    found = between_numbers([np.zeros(0), np.array([0.7, 0.7]), np.zeros(0)])
    assert [len(line) for line in found] == [0, 2, 0]
    assert [len(line) for line in between_numbers([np.zeros(0)])] == [0]
    assert between_numbers([]) == []


def test_what_is_found_is_a_probability_even_for_spacings_no_hand_writes():
    (found,) = between_numbers([np.array([-3.0, 0.0, 1e-9, 0.7, 1e6])])
    assert np.isfinite(found).all() and ((found >= 0) & (found <= 1)).all()
