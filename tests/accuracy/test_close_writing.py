"""Writing that stands close, in cells or in rows, is as sure as where it has room."""

from collections import Counter
from functools import cache

import cv2
import numpy as np
import pytest

from model.synth.digits import DigitSource
from segmentation.page import Page
from worker.reader import PageReading, Reader, load_reader
from worker.records import NumberRecord, Status

HEIGHT = 56


@cache
def _reader() -> Reader:
    return load_reader()


@cache
def _source() -> DigitSource:
    return DigitSource.builtin()


def _read(pixels: np.ndarray) -> PageReading:
    return _reader().read_page(Page(pixels, dpi=None, orientation=1, kind="png"))


def _write(page: np.ndarray, left: int, top: int, digit: int, rng: np.random.Generator) -> None:
    source = _source()
    image = source.images[int(rng.choice(np.flatnonzero(source.labels == digit)))]
    image = image[image.any(axis=1)][:, image.any(axis=0)]
    width = min(46, max(6, round(image.shape[1] * HEIGHT / image.shape[0])))
    left += (46 - width) // 2
    part = page[top : top + HEIGHT, left : left + width]
    np.minimum(part, 255 - cv2.resize(image, (width, HEIGHT)), out=part)


def _grid(pitch_px: int, rule_px: int = 2) -> tuple[np.ndarray, list[str]]:
    """Draw a sudoku whose ones are left open, and return what is written."""
    rng = np.random.default_rng(5)
    order = rng.permutation(9) + 1
    side = 9 * pitch_px + 120
    page = np.full((side, side), 246, np.uint8)
    for line in range(10):
        at = 60 + line * pitch_px
        cv2.line(page, (60, at), (side - 60, at), 90, rule_px)
        cv2.line(page, (at, 60), (at, side - 60), 90, rule_px)
    written = []
    for row in range(9):
        for column in range(9):
            digit = int(order[(column + 3 * (row % 3) + row // 3) % 9])
            if digit == 1:
                continue
            left, top = 60 + column * pitch_px + (pitch_px - 46) // 2, 60 + row * pitch_px
            _write(page, left, top + (pitch_px - HEIGHT) // 2, digit, rng)
            written.append(str(digit))
    return page, written


def _accepted(numbers: tuple[NumberRecord, ...]) -> int:
    return sum(number.status is Status.ACCEPTED for number in numbers)


def test_digits_near_each_other_in_cells_of_a_table_are_as_sure_as_those_with_room() -> None:
    (near, written), (far, _) = _grid(80), _grid(150)
    close, roomy = _read(near).numbers, _read(far).numbers

    right = sum(number.text == text for number, text in zip(close, written, strict=True))
    assert right >= 0.95 * len(written)
    assert _accepted(roomy) >= 0.8 * len(written)
    assert _accepted(close) >= 0.95 * _accepted(roomy)


def test_a_table_is_read_however_bold_its_rules_are() -> None:
    for rule_px in (4, 8, 11):
        page, written = _grid(84, rule_px)
        texts = Counter(number.text for number in _read(page).numbers)
        assert (texts & Counter(written)).total() >= 0.9 * len(written)


def _marks(columns: int, across_px: int, between_px: int) -> tuple[np.ndarray, list[str]]:
    """Draw a table with a digit a cell, whose rows are parted by bold rules, and return what is written."""
    rng = np.random.default_rng(1)
    pitch = 84 + between_px
    page = np.full((120 + 7 * pitch, 120 + columns * across_px), 246, np.uint8)
    for row in range(8):
        page[60 + row * pitch :][:between_px, 60:-60] = 60
    for column in range(columns + 1):
        page[60 : 60 + 7 * pitch, 60 + column * across_px :][:, :2] = 60
    written = []
    for row in range(7):
        for column in range(columns):
            digit = int(rng.integers(0, 10))
            left = 60 + column * across_px + (across_px - 46) // 2
            _write(page, left, 60 + row * pitch + between_px + (84 - HEIGHT) // 2, digit, rng)
            written.append(str(digit))
    return page, written


@pytest.mark.parametrize(("columns", "between_px"), [(3, 2), (4, 2), (5, 2), (8, 12), (8, 20)])
def test_no_row_of_a_table_is_accepted_as_one_number(columns: int, between_px: int) -> None:
    page, written = _marks(columns, 84, between_px)
    accepted = [number.text for number in _read(page).numbers if number.status is Status.ACCEPTED]
    assert [text for text in accepted if len(text) > 1] == []
    assert Counter(accepted) <= Counter(written)


def _rows(step_px: int) -> tuple[np.ndarray, list[str]]:
    """Write two columns of numbers of three digits, in rows so far apart, and return what is written."""
    rng = np.random.default_rng(8)
    page = np.full((120 + 12 * step_px, 640), 246, np.uint8)
    written = []
    for row in range(12):
        for left in (80, 360):
            # No fives: their roof, where it stands apart, may be a comma of the row above.
            digits = rng.choice([2, 3, 4, 6, 7, 8, 9], 3).tolist()
            for place, digit in enumerate(digits):
                # Each hangs a little, so that a row reaches below the feet of its other digits.
                _write(page, left + 54 * place, 60 + step_px * row + int(rng.integers(0, 8)), digit, rng)
            written.append("".join(map(str, digits)))
    return page, written


def test_rows_that_stand_close_are_as_sure_as_those_with_room() -> None:
    (near, written), (far, _) = _rows(66), _rows(110)
    close, roomy = _read(near).numbers, _read(far).numbers

    right = sum(number.text == text for number, text in zip(close, written, strict=True))
    assert right >= 0.9 * len(written)
    assert _accepted(roomy) >= 0.6 * len(written)
    assert _accepted(close) >= 0.8 * _accepted(roomy)
