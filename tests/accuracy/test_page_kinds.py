"""The reader that is shipped keeps what it has reached on drawn pages of every kind."""

from dataclasses import dataclass
from functools import cache

import numpy as np
import pytest

from bench.score import PageScore, score_page, total
from model.synth.digits import DigitSource
from model.synth.page import KINDS, SynthPage, make_page
from segmentation.page import Page
from worker.drawn_reading import texts_at
from worker.reader import Reader, load_reader
from worker.records import NumberRecord, Status

PAGES = 3
# Each floor is what the reader reached on these very pages, less one standard deviation of a share of as many
# numbers as are written there (the lower end of Wilson's interval with z = 1, rounded down): another reader
# that is as good reads some of them otherwise by chance. Who makes a better one raises them.
#: Least f1 over whole numbers, of all pages together,
LEAST_F1 = 0.957
#: and of each kind.
LEAST_OF_KIND = {
    "clean": 0.98,
    "ruled": 0.97,
    "grid": 0.98,
    "boxes": 0.99,
    "combs": 0.94,
    "touching": 0.67,
    "broken": 0.80,
    "noisy": 0.95,
    "skewed": 0.92,
    "shadowed": 0.93,
    "pencil": 0.87,
    "dense": 0.99,
    "labelled": 0.92,
    "marks": 0.87,
    "inverted": 0.87,
    "photo": 0.90,
}
#: Of the numbers that are written, at least this share is accepted: 0.68 are, and six sets of one page a
#: kind, of which these are the first three, have a standard deviation of 0.063, three together of 0.037.
LEAST_ACCEPTED = 0.64
#: So many of those that are accepted may be others than are written at their places. None is of these 1,139,
#: and 2 are of the 2,209 of all six sets: one is to be expected here, and one more by chance.
MOST_WRONG_ACCEPTED = 2


@dataclass(frozen=True)
class _Read:
    """A page and what was read on it."""

    drawn: SynthPage
    numbers: tuple[NumberRecord, ...]

    @property
    def score(self) -> PageScore:
        rows = [[number.text for number in row] for row in self.drawn.rows]
        return score_page([(number.line, number.text) for number in self.numbers], {"rows": rows})

    @property
    def accepted(self) -> list[NumberRecord]:
        return [number for number in self.numbers if number.status is Status.ACCEPTED]


@cache
def _reader() -> Reader:
    return load_reader()


@cache
def _read(kind: str) -> tuple[_Read, ...]:
    """Read the pages of a kind."""
    read = []
    for seed in range(PAGES):
        drawn = make_page(np.random.default_rng([seed, KINDS.index(kind)]), DigitSource.builtin(), kind)
        page = Page(drawn.grey, dpi=None, orientation=1, kind="png")
        read.append(_Read(drawn, _reader().read_page(page).numbers))
    return tuple(read)


def _all() -> list[_Read]:
    return [page for kind in KINDS for page in _read(kind)]


@pytest.mark.parametrize("kind", KINDS)
def test_pages_of_a_kind_are_read(kind: str) -> None:
    assert total([page.score for page in _read(kind)]).f1 >= LEAST_OF_KIND[kind]


def test_all_kinds_together_are_read_well() -> None:
    assert total([page.score for page in _all()]).f1 >= LEAST_F1


def test_enough_is_accepted() -> None:
    written = sum(len(row) for page in _all() for row in page.drawn.rows)
    assert sum(len(page.accepted) for page in _all()) >= LEAST_ACCEPTED * written


def test_what_is_accepted_is_what_is_written_there() -> None:
    wrong = [
        (number.text, texts_at(number, page.drawn))
        for page in _all()
        for number in page.accepted
        if number.text not in texts_at(number, page.drawn)
    ]
    assert len(wrong) <= MOST_WRONG_ACCEPTED, wrong


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_read_lies_on_its_page(kind: str) -> None:
    for page in _read(kind):
        height, width = page.drawn.grey.shape
        for box in [n.box for n in page.numbers] + [d.box for n in page.numbers for d in n.digits]:
            assert 0 <= box.x < box.x + box.width <= width
            assert 0 <= box.y < box.y + box.height <= height
