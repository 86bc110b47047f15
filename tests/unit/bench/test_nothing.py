"""Pages without anything by hand come out the same each time, and hold what their sort says."""

import json

import cv2
import numpy as np
import pytest

from bench.nothing import PAGES_PER_SORT, SORTS, draw_page, write_nothing
from bench.typefaces import random_typeface


@pytest.fixture(scope="module")
def drawn():
    return {sort: draw_page(np.random.default_rng(3), sort) for sort in SORTS}


def test_there_are_enough_of_them():
    assert PAGES_PER_SORT * len(SORTS) >= 100


def test_the_same_chance_gives_the_same_page(drawn):
    again = draw_page(np.random.default_rng(3), "table")
    assert np.array_equal(again, drawn["table"])


@pytest.mark.parametrize("sort", ["words", "text", "table", "form", "list", "calendar", "ruled", "squared"])
def test_something_stands_out_from_the_paper(drawn, sort):
    around = cv2.medianBlur(drawn[sort], 31).astype(int)
    assert np.mean(np.abs(around - drawn[sort]) > 20) > 0.002


def test_a_scan_has_dark_edges(drawn):
    page = drawn["edges"]
    sides = [page[:3], page[-3:], page[:, :3], page[:, -3:]]
    assert min(side.mean() for side in sides) < 0.5 * np.median(page)


def test_a_folder_of_them_says_that_no_number_is_there(tmp_path, monkeypatch):
    monkeypatch.setattr("bench.nothing.SORTS", {"blank": SORTS["blank"], "ruled": SORTS["ruled"]})
    write_nothing(tmp_path, pages_per_sort=2, seed=1)
    truths = json.loads((tmp_path / "truth.json").read_text())
    assert [(truth["file"], truth["rows"]) for truth in truths] == [
        ("blank-001.png", []),
        ("blank-002.png", []),
        ("ruled-001.png", []),
        ("ruled-002.png", []),
    ]
    assert all(cv2.imread(str(tmp_path / truth["file"]), cv2.IMREAD_GRAYSCALE).size for truth in truths)


def test_print_is_set_in_the_faces_that_are_asked_for():
    asked = []

    def faces(rng):
        def face(text, size_px):
            asked.append(text)
            return np.full((size_px, size_px * len(text)), 255, np.uint8)

        return face

    page = draw_page(np.random.default_rng(3), "list", faces)
    assert len(asked) > 10
    assert not np.array_equal(page, draw_page(np.random.default_rng(3), "list"))


def test_faces_differ_and_come_out_the_same_each_time():
    drawn = [random_typeface(np.random.default_rng(seed))("0123456789", 40) for seed in range(30)]
    again = [random_typeface(np.random.default_rng(seed))("0123456789", 40) for seed in range(30)]
    assert all(np.array_equal(a, b) for a, b in zip(drawn, again, strict=True))
    assert len({picture.tobytes() for picture in drawn}) > 25
    assert all(picture.max() > 200 for picture in drawn)
