"""The reader that is shipped keeps what it has reached on drawn pages of every kind."""

from functools import cache

import numpy as np
import pytest

from bench.score import PageScore, score_page, total
from model.synth.digits import DigitSource
from model.synth.page import KINDS, make_page
from segmentation.page import Page
from worker.reader import Reader, load_reader
from worker.records import Status

PAGES = 2
#: Least f1 over whole numbers, of all pages together,
LEAST_F1 = 0.9
#: and of each kind: two pages are few, so that these only hold that a kind is read at all.
LEAST_OF_KIND = {"touching": 0.3, "broken": 0.5, "marks": 0.6, "photo": 0.6}
LEAST_OF_OTHERS = 0.8
#: Of the numbers that are accepted, at most this share is wrong.
MOST_WRONG_ACCEPTED = 0.03


@cache
def _reader() -> Reader:
    return load_reader()


@cache
def _read(kind: str) -> tuple[tuple[PageScore, ...], int, int]:
    """Return the scores of a kind's pages, how many numbers were accepted, and how many of these wrongly."""
    scores, accepted, wrong = [], 0, 0
    for seed in range(PAGES):
        rng = np.random.default_rng([seed, KINDS.index(kind)])
        drawn = make_page(rng, DigitSource.builtin(), kind)
        page = Page(drawn.grey, dpi=None, orientation=1, kind="png")
        numbers = _reader().read_page(page).numbers
        rows = [[number.text for number in row] for row in drawn.rows]
        scores.append(score_page([(number.line, number.text) for number in numbers], {"rows": rows}))
        written = [text for row in rows for text in row]
        sure = [number.text for number in numbers if number.status is Status.ACCEPTED]
        accepted += len(sure)
        wrong += sum(text not in written for text in sure)
    return tuple(scores), accepted, wrong


@pytest.mark.parametrize("kind", KINDS)
def test_pages_of_a_kind_are_read(kind: str) -> None:
    scores, _, _ = _read(kind)
    assert total(scores).f1 >= LEAST_OF_KIND.get(kind, LEAST_OF_OTHERS)


def test_all_kinds_together_are_read_well() -> None:
    assert total([score for kind in KINDS for score in _read(kind)[0]]).f1 >= LEAST_F1


def test_what_is_accepted_is_right() -> None:
    accepted = sum(_read(kind)[1] for kind in KINDS)
    wrong = sum(_read(kind)[2] for kind in KINDS)
    assert accepted >= 50
    assert wrong <= MOST_WRONG_ACCEPTED * accepted
