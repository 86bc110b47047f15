import json
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from segmentation.page import Page, decode_page
from worker.reader import Reader, load_reader
from worker.records import Status

EXAMPLES = Path(__file__).parents[2] / "examples"
TRUTH = json.loads((EXAMPLES / "truth.json").read_text())
#: Share of the numbers on the examples that has to be read without a mistake.
LEAST_EXACT = 0.85


@pytest.fixture(scope="module")
def reader() -> Reader:
    return load_reader()


def _page(pixels: np.ndarray) -> Page:
    return Page(pixels=pixels, dpi=None, orientation=1, kind="png")


def test_the_examples_are_read(reader: Reader) -> None:
    wanted = right = 0
    for entry in TRUTH:
        page = decode_page((EXAMPLES / "scans" / entry["file"]).read_bytes())
        truth = Counter(number for row in entry["rows"] for number in row)
        read = Counter(number.text for number in reader.read_page(page).numbers)
        wanted += truth.total()
        right += (truth & read).total()
    assert right >= LEAST_EXACT * wanted


@pytest.mark.parametrize("name", [entry["file"] for entry in TRUTH])
def test_what_is_read_lies_on_the_page_in_order(reader: Reader, name: str) -> None:
    page = decode_page((EXAMPLES / "scans" / name).read_bytes())
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
