from collections import Counter

import numpy as np
import pytest

from segmentation.page import Page, decode_page
from tests.golden.example_pages import SCANS, TRUTH, pinned, read_examples
from worker.reader import Reader, load_reader
from worker.records import Status

#: Share of the numbers on each example that is read without a mistake, whoever writes the table anew.
LEAST_EXACT = 0.9


@pytest.fixture(scope="module")
def reader() -> Reader:
    return load_reader()


def _page(pixels: np.ndarray) -> Page:
    return Page(pixels=pixels, dpi=None, orientation=1, kind="png")


@pytest.mark.parametrize("name", TRUTH)
def test_an_example_is_read_as_the_table_says(reader: Reader, name: str) -> None:
    """Where the difference is an improvement: ``make golden``, and look at what it changes."""
    expected = [row for row in pinned() if row.file == name]
    found = read_examples(reader, name)
    assert [row.text for row in found] == [row.text for row in expected]
    for row, pin in zip(found, expected, strict=True):
        assert row == pin or row.is_close


@pytest.mark.parametrize("name", TRUTH)
def test_what_the_table_says_is_what_is_written(name: str) -> None:
    rows = [row for row in pinned() if row.file == name]
    truth = Counter(number for line in TRUTH[name] for number in line)

    accepted = Counter(row.text for row in rows if row.status == Status.ACCEPTED.value)
    assert accepted - truth == Counter()
    assert (truth & Counter(row.text for row in rows)).total() >= LEAST_EXACT * truth.total()


@pytest.mark.parametrize("name", TRUTH)
def test_what_is_read_lies_on_the_page_in_order(reader: Reader, name: str) -> None:
    page = decode_page((SCANS / name).read_bytes())
    numbers = reader.read_page(page).numbers

    places = [(number.line, number.number) for number in numbers]
    assert places == sorted(set(places))
    assert places[0] == (1, 1)
    for box in [n.box for n in numbers] + [d.box for n in numbers for d in n.digits]:
        assert 0 <= box.x < box.x + box.width <= page.width
        assert 0 <= box.y < box.y + box.height <= page.height


@pytest.mark.parametrize("shade", [0, 128, 255])
def test_a_blank_page_has_no_numbers(reader: Reader, shade: int) -> None:
    assert reader.read_page(_page(np.full((900, 700), shade, np.uint8))).numbers == ()


def _noise(deviation: int) -> Page:
    noise = np.random.default_rng(deviation).normal(200, deviation, (900, 700))
    return _page(np.clip(noise, 0, 255).astype(np.uint8))


@pytest.mark.parametrize("deviation", [4, 10, 20, 40])
def test_nothing_is_read_in_the_grain_of_paper_and_cameras(reader: Reader, deviation: int) -> None:
    assert [number.text for number in reader.read_page(_noise(deviation)).numbers] == []


def test_nothing_is_accepted_in_noise_that_no_page_has(reader: Reader) -> None:
    numbers = reader.read_page(_noise(60)).numbers
    assert [number.text for number in numbers if number.status is Status.ACCEPTED] == []
