"""The network of ink at work: tile by tile, the same wherever their borders lie, and only where ink is."""

import ai_edge_litert.interpreter
import numpy as np
import pytest

from model.ink_runtime import CORE_PX, SORTS, STRIDE_PX, TILE_PX, InkSorter
from tests.ink_builders import LocalInterpreter, local_answers
from tests.model_builders import shipped_runtime


@pytest.fixture
def interpreter(monkeypatch):
    """Return a class in place of LiteRT's that looks no farther than the halo."""

    class Interpreter(LocalInterpreter):
        pass

    monkeypatch.setattr(ai_edge_litert.interpreter, "Interpreter", Interpreter)
    return Interpreter


@pytest.fixture
def sorter(interpreter):
    return InkSorter(b"a network")


def inked(height, width, seed=0):
    """Ink in every tile."""
    return np.random.default_rng(seed).integers(0, 256, (height, width, 2), np.uint8)


@pytest.mark.parametrize(
    ("height", "width"),
    [(4, 4), (CORE_PX, CORE_PX), (CORE_PX + 4, CORE_PX - 4), (TILE_PX, 2 * TILE_PX), (500, 700)],
)
def test_tiles_give_what_the_page_as_a_whole_would_give(sorter, height, width):
    planes = inked(height, width)

    answers = sorter(planes)

    assert answers.shape == (height // STRIDE_PX, width // STRIDE_PX, SORTS)
    assert answers.dtype == np.float32
    assert answers == pytest.approx(local_answers(planes / 255), abs=1e-5)


@pytest.mark.parametrize("shift", [4, 100, CORE_PX - 4])
def test_it_does_not_matter_where_the_borders_of_tiles_lie(sorter, shift):
    planes = inked(300, 420)
    moved = np.pad(planes, ((shift, 0), (shift, 0), (0, 0)))

    answers = sorter(moved)[shift // STRIDE_PX :, shift // STRIDE_PX :]

    assert answers == pytest.approx(sorter(planes), abs=1e-5)


def test_a_blank_page_is_not_run_and_says_nothing(sorter, interpreter):
    answers = sorter(np.zeros((400, 800, 2), np.uint8))

    assert interpreter.runs == 0
    assert answers == pytest.approx(1 / SORTS)


def test_only_tiles_with_ink_are_run(sorter, interpreter):
    planes = np.zeros((3 * CORE_PX, 3 * CORE_PX, 2), np.uint8)
    planes[CORE_PX + 5, 2 * CORE_PX + 7, 0] = 255

    answers = sorter(planes)

    assert interpreter.runs == 1
    told = (answers != np.float32(1 / SORTS)).any(axis=-1)
    core = CORE_PX // STRIDE_PX
    assert told[core : 2 * core, 2 * core :].all()
    assert told.sum() == core**2


def test_what_is_dark_but_no_ink_is_not_run(sorter, interpreter):
    planes = np.zeros((CORE_PX, CORE_PX, 2), np.uint8)
    planes[..., 1] = 90

    sorter(planes)

    assert interpreter.runs == 0


def test_answers_are_not_overwritten_by_the_next_page(sorter):
    first = sorter(inked(300, 300))
    kept = first.copy()
    sorter(inked(300, 300, seed=1))

    assert np.array_equal(first, kept)


@pytest.mark.parametrize(
    ("which", "shape", "said"),
    [
        ("given", (1, 128, 128, 2), "not a tile of 256 px"),
        ("given", (1, TILE_PX, TILE_PX, 1), "not a tile of 256 px"),
        ("told", (1, 64, 64, 4), "not an answer for each 4 px"),
        ("told", (1, 32, 32, SORTS), "not an answer for each 4 px"),
    ],
)
def test_a_network_of_another_shape_is_refused(interpreter, monkeypatch, which, shape, said):
    monkeypatch.setattr(interpreter, which, shape)

    with pytest.raises(ValueError, match=said):
        InkSorter(b"a network")


def test_a_network_of_another_kind_and_what_is_none_are_refused():
    with pytest.raises(ValueError, match="not a tile of 256 px"):
        InkSorter(shipped_runtime())
    with pytest.raises(ValueError, match=r"[Mm]odel|flatbuffer"):
        InkSorter(b"no network")
