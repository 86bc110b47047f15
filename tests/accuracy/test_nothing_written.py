"""Where nobody wrote a number none is accepted, and none is read between rules.

The pages are those of the benchmark (`bench/nothing.py`), drawn by other code than what networks learn from.
"""

from functools import cache

import numpy as np
import pytest

from bench.nothing import draw_page
from segmentation.page import Page
from worker.reader import Reader, load_reader
from worker.records import NumberRecord, Status

SEEDS = range(4)
#: On so many of the pages something may be read, which is for review or rejected: no more than today. What is
#: read there are squares that hang together, and specks of rough paper.
MOST_PAGES = {"ruled": 0, "edges": 0, "squared": 1, "blank": 2}


@cache
def _reader() -> Reader:
    return load_reader()


@cache
def _read(sort: str, seed: int) -> tuple[NumberRecord, ...]:
    grey = draw_page(np.random.default_rng([seed, 31]), sort)
    return _reader().read_page(Page(grey, dpi=None, orientation=1, kind="png")).numbers


@pytest.mark.parametrize("sort", MOST_PAGES)
def test_nothing_is_accepted(sort: str) -> None:
    read = [number for seed in SEEDS for number in _read(sort, seed)]
    assert [number.text for number in read if number.status is Status.ACCEPTED] == []


@pytest.mark.parametrize("sort", MOST_PAGES)
def test_hardly_anything_is_read(sort: str) -> None:
    read = [[number.text for number in _read(sort, seed)] for seed in SEEDS]
    assert sum(map(bool, read)) <= MOST_PAGES[sort], read
