"""Networks of ink are judged on the same squares, page by page."""

import numpy as np
import pytest

from model.bundle import INK, write_manifest
from tests.ink_builders import TellingSorter, telling_scenes
from tests.model_builders import stand_in
from worker import ink_judging
from worker.errors import ModelRefused
from worker.ink_judging import INK_SET, frozen_scenes, ink_compared, ink_differs, ink_judged


@pytest.fixture
def model(tmp_path, monkeypatch):
    monkeypatch.setattr(ink_judging, "InkSorter", TellingSorter)

    def written(name, ink):
        folder = stand_in(tmp_path / name)
        if ink is not None:
            (folder / INK).write_bytes(ink)
            write_manifest(folder, {"recipe": "stand-in"})
        return folder

    return written


def test_a_network_that_misses_some_squares_of_each_page_is_worse(model):
    found = ink_compared(model("current", b"good"), model("candidate", b"bad"), telling_scenes())

    assert found.name == INK_SET
    assert (found.count, found.images) == (8 * 46, 8)
    assert found.current_right == 8 * 46
    # Of eight columns two are missed; of the first of these a square is blank.
    assert (found.lost, found.won) == (8 * 11, 0)
    assert found.p_value == pytest.approx(1 / 2**8)
    assert found.worse


def test_one_that_is_better_is_not_worse(model):
    found = ink_compared(model("current", b"bad"), model("candidate", b"good"), telling_scenes())

    assert (found.lost, found.won) == (0, 8 * 11)
    assert not found.worse


def test_what_one_page_loses_is_one_piece_of_evidence(model):
    found = ink_compared(model("current", b"good"), model("candidate", b"bad"), telling_scenes(1))

    assert (found.images, found.lost) == (1, 11)
    assert found.p_value == 0.5


def test_the_figures_of_one_network_are_those_of_its_squares(model):
    good, bad = (ink_judged(model(name, name.encode()), telling_scenes()) for name in ("good", "bad"))

    assert (good["pages"], good["squares"], good["right"]) == (8, 8 * 46, 1.0)
    assert bad["right"] == pytest.approx(1 - 11 / 46, abs=1e-4)
    assert sum(map(sum, bad["confusion"])) == bad["squares"]
    with pytest.raises(ModelRefused, match="has no network of ink"):
        ink_judged(model("without", None), telling_scenes(1))


def test_no_pages_tell_nothing(model):
    assert ink_compared(model("current", b"good"), model("candidate", b"bad"), []).p_value == 1.0


@pytest.mark.parametrize(
    ("current", "candidate", "differs"),
    [(b"good", b"bad", True), (b"good", b"good", False), (None, b"good", False), (b"good", None, False)],
)
def test_two_are_compared_only_where_there_are_two(model, current, candidate, differs):
    assert ink_differs(model("current", current), model("candidate", candidate)) is differs


def test_a_model_without_a_network_of_ink_or_with_a_damaged_one_is_refused(model):
    good = model("good", b"good")

    with pytest.raises(ModelRefused, match="has no network of ink"):
        ink_compared(good, model("without", None), telling_scenes(1))
    with pytest.raises(ModelRefused, match="does not load: it is damaged"):
        ink_compared(good, model("damaged", b"damaged"), telling_scenes(1))
    (good / INK).write_bytes(b"other")
    with pytest.raises(ModelRefused, match="is damaged"):
        ink_differs(good, good)


def test_frozen_scenes_are_the_same_each_time_and_however_many_follow(monkeypatch):
    monkeypatch.setattr(ink_judging, "_TASK_PAGES", 1)

    (one,), (same, other) = frozen_scenes(1, jobs=1), frozen_scenes(2, jobs=1)

    assert np.array_equal(one.planes, same.planes)
    assert np.array_equal(one.squares, same.squares)
    assert not np.array_equal(same.squares, other.squares)
