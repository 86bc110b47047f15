"""Pages drawn to tell sorts of ink apart: what the network sees fits what is said to be true of it."""

import numpy as np
import pytest

from model.ink_training import BLANK
from model.synth.digits import DigitSource
from model.synth.ink_sorts import InkSort
from segmentation.sorting import SQUARE_PX
from worker.ink_scenes import SceneTask, drawn_scene, drawn_scenes

SOURCE = DigitSource.builtin()


def scene(kind, seed=3):
    return drawn_scene(np.random.default_rng(seed), SOURCE, kind)


@pytest.fixture
def numbers_alone(monkeypatch):
    """Let nothing but numbers stand on pages."""
    monkeypatch.setattr("worker.ink_scenes.scatter", lambda *_, **__: None)


@pytest.mark.parametrize("kind", ["clean", "skewed", "photo"])
@pytest.mark.usefixtures("numbers_alone")
def test_the_ink_of_numbers_is_that_of_digits_however_the_page_lies(kind):
    found = scene(kind)

    known = found.squares != BLANK
    assert known.sum() > 10
    if kind == "clean":
        assert (found.squares[known] == InkSort.DIGIT).mean() > 0.97
    # What the page's rules, corners and desk are is something else; the digits stand where they were drawn.
    digits = found.squares == InkSort.DIGIT
    inked = found.planes[..., 0].reshape(digits.shape[0], SQUARE_PX, digits.shape[1], SQUARE_PX)
    share = inked.mean(axis=(1, 3)) / 255
    assert digits.sum() > 10
    assert share[digits].mean() > 0.15


def test_squares_and_planes_are_of_one_size_and_blank_where_there_is_no_ink():
    found = scene("labelled")

    down, across = found.squares.shape
    assert found.planes.shape == (SQUARE_PX * down, SQUARE_PX * across, 2)
    assert set(np.unique(found.squares)) <= {*InkSort, BLANK}
    inked = found.planes[..., 0].reshape(down, SQUARE_PX, across, SQUARE_PX).any(axis=(1, 3))
    assert (found.squares[~inked] == BLANK).all()


def test_pages_hold_print_as_well_as_numbers():
    found = drawn_scenes(SOURCE, SceneTask([1, 2, 3], 4, ()))

    sorts = {int(sort) for each in found for sort in np.unique(each.squares)}
    assert len(found) == 4
    assert {InkSort.DIGIT, InkSort.HAND, InkSort.PRINT, InkSort.PRINTED_DIGIT} <= sorts


def test_a_task_gives_the_same_wherever_it_is_done():
    task = SceneTask([9, 1], 1, ())
    (one,), (same,) = (drawn_scenes(SOURCE, task) for _ in range(2))

    assert np.array_equal(one.planes, same.planes)
    assert np.array_equal(one.squares, same.squares)
