"""A page that is turned by quarters reads the same numbers, at the same places."""

from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.synth.digits import DigitSource
from model.synth.page import make_page
from segmentation.geometry import QuarterTurn
from segmentation.page import Page
from worker.orientation import quarters_of
from worker.reader import PageReading, Reader, load_reader

#: Pages of many digits, and the seeds they are drawn from.
PAGES = (("clean", 4), ("ruled", 0), ("boxes", 1), ("combs", 3), ("grid", 1))
#: Pages of so few digits, or of such that look alike, that they stay as they lie.
SPARSE = ("0", "18", "808", "6")


@cache
def _reader() -> Reader:
    return load_reader()


@cache
def _read(kind: str, seed: int, lying: int) -> tuple[PageReading, tuple[int, int]]:
    """Read a drawn page that lies turned, counter-clockwise, by so many quarters."""
    grey = make_page(np.random.default_rng(seed), DigitSource.builtin(), kind).grey
    page = Page(np.ascontiguousarray(np.rot90(grey, lying)), dpi=None, orientation=1, kind="png")
    return _reader().read_page(page), (page.width, page.height)


@settings(max_examples=12)
@given(page=st.sampled_from(PAGES), lying=st.integers(1, 3))
def test_a_turned_page_reads_the_same(page: tuple[str, int], lying: int) -> None:
    upright, _ = _read(*page, 0)
    turned, (width, height) = _read(*page, lying)
    assert quarters_of(upright.processing) == 0
    assert quarters_of(turned.processing) == (-lying) % 4
    assert [(n.line, n.number, n.text, n.status) for n in turned.numbers] == [
        (n.line, n.number, n.text, n.status) for n in upright.numbers
    ]
    turn = QuarterTurn((-lying) % 4, width, height)
    for there, here in zip(turned.numbers, upright.numbers, strict=True):
        box = there.box
        sides = np.array([(box.x, box.y, box.x + box.width, box.y + box.height)], np.float64)
        left, top, right, bottom = turn.there(sides)[0]
        expected = (here.box.x, here.box.y, here.box.width, here.box.height)
        assert (left, top, right - left, bottom - top) == expected


@pytest.mark.parametrize("text", SPARSE)
@pytest.mark.parametrize("lying", range(4))
def test_a_page_of_few_digits_stays_as_it_lies(text: str, lying: int) -> None:
    page = np.full((200, 300), 240, np.uint8)
    source = DigitSource.builtin()
    rng = np.random.default_rng(5)
    for k, sign in enumerate(text):
        images = source.images[source.labels == int(sign)]
        image = images[int(rng.integers(len(images)))]
        page[80:108, 60 + 40 * k : 88 + 40 * k] -= (image * 0.8).astype(np.uint8)
    turned = np.ascontiguousarray(np.rot90(page, lying))
    reading = _reader().read_page(Page(turned, dpi=None, orientation=1, kind="png"))
    assert quarters_of(reading.processing) == 0
