"""Where a page lies in its picture, how large it is and how straight changes nothing about what is read."""

from functools import cache

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from model.synth.digits import DigitSource
from model.synth.page import SynthPage, make_page
from segmentation.page import Page
from worker.reader import Reader, load_reader
from worker.records import NumberRecord

Picture = NDArray[np.uint8]
Key = tuple[str, tuple[int, ...]]
#: From a place on the page as it is, (x, y, 1), to the same place in its picture.
Map = NDArray[np.float64]

#: Pages that are read without a mistake, by kind and seed: in lines, tables, boxes and combs, and light on
#: dark. What is hardly read, such as digits that touch, is read otherwise by chance alone.
PAGES = (
    ("clean", (1,)),
    ("clean", (4,)),
    ("clean", (5,)),
    ("grid", (0, 7)),
    ("grid", (1, 7)),
    ("boxes", (1, 7)),
    ("combs", (0, 7)),
    ("ruled", (1, 7)),
    ("inverted", (2, 7)),
    ("inverted", (3, 7)),
)
#: A number may be found so far from where it was, over its height.
NEAR = 0.25


@cache
def _reader() -> Reader:
    return load_reader()


@cache
def _drawn(kind: str, seed: tuple[int, ...]) -> SynthPage:
    return make_page(np.random.default_rng(seed), DigitSource.builtin(), kind)


def _numbers(pixels: Picture) -> tuple[NumberRecord, ...]:
    page = Page(np.ascontiguousarray(pixels), dpi=None, orientation=1, kind="png")
    numbers = _reader().read_page(page).numbers
    for box in [n.box for n in numbers] + [d.box for n in numbers for d in n.digits]:
        assert 0 <= box.x < box.x + box.width <= page.width
        assert 0 <= box.y < box.y + box.height <= page.height
    return numbers


@cache
def _upright(kind: str, seed: tuple[int, ...]) -> tuple[NumberRecord, ...]:
    return _numbers(_drawn(kind, seed).grey)


def _middle(number: NumberRecord) -> tuple[float, float]:
    box = number.box
    return box.x + box.width / 2, box.y + box.height / 2


def _check(page: Key, pixels: Picture, there: Map) -> None:
    """Hold what is read in another picture of a page to what is read on it, and where."""
    before, after = _upright(*page), _numbers(pixels)
    assert [number.text for number in after] == [number.text for number in before]
    for old, new in zip(before, after, strict=True):
        expected = there @ (*_middle(old), 1.0)
        near = NEAR * max(old.box.height, new.box.height)
        assert np.hypot(*(expected - _middle(new))) <= near, (old.text, expected, _middle(new))


def _paper(grey: Picture) -> int:
    return int(np.median(grey))


pages = st.sampled_from(PAGES)
#: The same cases with each run: a reader is right mostly, not always, and a test has to say the same twice.
few = settings(max_examples=10, derandomize=True)


@pytest.mark.parametrize("page", PAGES)
def test_the_pages_are_read_without_a_mistake(page: Key) -> None:
    assert [number.text for number in _upright(*page)] == [n.text for row in _drawn(*page).rows for n in row]


@few
@given(page=pages, across=st.floats(-1, 1), down=st.floats(-1, 1))
def test_a_shifted_page_reads_the_same(page: Key, across: float, down: float) -> None:
    # What goes out on one side comes in on the other; half the margin stays, so that no ink does.
    drawn = _drawn(*page)
    height, width = drawn.grey.shape
    boxes = np.array([number.box for row in drawn.rows for number in row])
    free = min(*boxes[:, :2].min(axis=0), width - boxes[:, 2].max(), height - boxes[:, 3].max())
    x, y = round(across * free / 2), round(down * free / 2)
    _check(page, np.roll(drawn.grey, (y, x), (0, 1)), np.array([[1, 0, x], [0, 1, y]], float))


@few
@given(page=pages, sides=st.tuples(*[st.integers(0, 120)] * 4))
def test_a_padded_page_reads_the_same(page: Key, sides: tuple[int, int, int, int]) -> None:
    grey = _drawn(*page).grey
    top, _, left, _ = sides
    padded = cv2.copyMakeBorder(grey, *sides, cv2.BORDER_CONSTANT, value=_paper(grey))
    _check(page, padded, np.array([[1, 0, left], [0, 1, top]], float))


@few
@given(page=pages, factor=st.floats(0.85, 1.2))
def test_a_larger_or_smaller_page_reads_the_same(page: Key, factor: float) -> None:
    grey = _drawn(*page).grey
    how = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    scaled = cv2.resize(grey, None, fx=factor, fy=factor, interpolation=how)
    _check(page, scaled, np.array([[factor, 0, 0], [0, factor, 0]], float))


@few
@given(page=pages, degrees=st.floats(-2, 2))
def test_a_page_that_lies_a_little_askew_reads_the_same(page: Key, degrees: float) -> None:
    grey = _drawn(*page).grey
    height, width = grey.shape
    there = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    askew = cv2.warpAffine(grey, there, (width, height), flags=cv2.INTER_CUBIC, borderValue=_paper(grey))
    _check(page, askew, there)
