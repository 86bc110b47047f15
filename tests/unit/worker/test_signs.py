"""Signs on pages that are drawn by hand, with digits that somebody wrote, read as pages are."""

from functools import cache

import cv2
import numpy as np
import pytest

from model.synth.digits import DigitSource
from segmentation.page import Page
from worker.reader import Reader, load_reader
from worker.records import NumberRecord

SOURCE = DigitSource.builtin()
#: Top and foot of the digits, and how wide each place is.
TOP, FOOT, PITCH = 100, 156, 46
Mark = tuple[tuple[int, int], tuple[int, int]]


@cache
def _reader() -> Reader:
    return load_reader()


def _page(digits: str, gaps: dict[int, int], marks: list[Mark]) -> Page:
    """Write digits, with more space before some, and strokes of 5 px from one point to another."""
    pixels = np.full((260, 700), 248, np.uint8)
    x = 120
    for place, digit in enumerate(digits):
        x += gaps.get(place, 0)
        image = SOURCE.images[int(np.flatnonzero(SOURCE.labels == int(digit))[1])]
        image = image[:, image.any(axis=0)][image.any(axis=1)]
        width = max(6, round(image.shape[1] * (FOOT - TOP) / image.shape[0]))
        glyph = 255 - cv2.resize(image, (width, FOOT - TOP))
        area = pixels[TOP:FOOT, x : x + width]
        area[...] = np.minimum(area, glyph)
        x += PITCH
    for start, end in marks:
        cv2.line(pixels, start, end, 20, 5, cv2.LINE_AA)
    return Page(pixels, dpi=None, orientation=1, kind="png")


def _read(digits: str, gaps: dict[int, int], marks: list[Mark]) -> tuple[NumberRecord, ...]:
    return _reader().read_page(_page(digits, gaps, marks), accept_confidence=0.0).numbers


WRITTEN = {
    "point": ("35", {1: 14}, [((168, 153), (170, 154))], "3.5"),
    "comma": ("2750", {2: 20}, [((218, 150), (214, 166))], "27,50"),
    "date": ("1205", {2: 42}, [((227, 128), (241, 128))], "12-05"),
    "time": ("830", {1: 16}, [((170, 118), (171, 119)), ((170, 148), (171, 149))], "8:30"),
    "minus": ("42", {}, [((84, 128), (106, 127))], "-42"),
    "plus": ("38", {}, [((82, 128), (106, 128)), ((94, 115), (94, 141))], "+38"),
}


@pytest.mark.parametrize("name", WRITTEN)
def test_signs_stand_in_the_text_and_digits_are_digits_alone(name: str) -> None:
    digits, gaps, marks, text = WRITTEN[name]
    (number,) = _read(digits, gaps, marks)
    assert number.text == text
    assert "".join(digit.text for digit in number.digits) == digits
    (sign,) = number.signs
    assert text[sign.place] == sign.text
    box, all_of_it = sign.box, number.box
    assert all_of_it.x <= box.x and box.x + box.width <= all_of_it.x + all_of_it.width
    assert all_of_it.y <= box.y and box.y + box.height <= all_of_it.y + all_of_it.height


def test_what_a_sign_may_be_else_is_an_alternative() -> None:
    (number,) = _read("2750", {2: 20}, [((218, 151), (216, 159))])
    assert {"27.50", "27,50"} - {number.text} <= {other.text for other in number.alternatives}
    assert number.confidence <= number.signs[0].confidence


@pytest.mark.parametrize(
    "marks",
    [
        [((20, 128), (108, 128))],
        [((16, 128), (40, 128)), ((84, 128), (106, 128))],
        [((84, 166), (240, 166))],
        [((60, 112), (60, 112))],
    ],
    ids=["a long filler", "two fillers", "an underline", "a speck"],
)
def test_fillers_underlines_and_specks_are_no_signs(marks: list[Mark]) -> None:
    texts = [number.text for number in _read("305", {}, marks)]
    assert "305" in texts
    assert all(text.isdigit() for text in texts)
