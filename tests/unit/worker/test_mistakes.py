"""Mistakes are told picture by picture, with the file where it is known."""

import numpy as np

from model.contract import CLASSES, NOT_A_DIGIT
from model.glyphs import Glyphs, Sort
from worker.mistakes import mistakes_of

FILES = ("3/a.png", "3/b.png", "not-a-digit/c.png")


def test_a_picture_that_is_drawn_often_is_one_mistake():
    labels = np.array([3, 3, 3, 3, 3, 10, 10, 10, 10])
    taken = np.array([8, 8, 3, 3, 5, 2, 4, 4, 10])
    origins = np.array([0, 0, 0, 1, 1, 0, -1, -7, 2])
    sorts = np.where(labels == NOT_A_DIGIT, Sort.PART, Sort.PAGE_DIGIT)
    glyphs = Glyphs(np.zeros((9, 28, 28), np.uint8), labels, origins, sorts, origins)
    answers = np.eye(CLASSES, dtype=np.float32)[taken]

    found = mistakes_of(glyphs, answers, np.flatnonzero(labels != taken), FILES)

    assert [(each.place, each.file, each.taken_for) for each in found] == [
        (0, "3/a.png", 8),
        (4, "3/b.png", 5),
        (5, "3/a.png", 2),  # a piece of it is another thing
        (6, None, 4),
        (7, None, 4),
    ]
    assert [(each.wrong, each.glyphs) for each in found] == [(2, 3), (1, 2), (1, 1), (1, 1), (1, 1)]
    assert [each.doubtful for each in found] == [True, False, False, False, False]
    assert found[2].as_json()["is"] == "none"


def test_files_that_are_not_known_are_none():
    labels, origins = np.array([3]), np.array([0])
    glyphs = Glyphs(np.zeros((1, 28, 28), np.uint8), labels, origins, origins, origins)

    (found,) = mistakes_of(glyphs, np.eye(CLASSES, dtype=np.float32)[[4]], np.array([0]))

    assert (found.file, found.doubtful) == (None, False)
