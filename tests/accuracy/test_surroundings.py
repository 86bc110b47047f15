"""What lies around the writing, or under it, changes nothing about what is read, nor where."""

from collections import Counter
from functools import cache

import cv2
import numpy as np
import pytest

from model.synth.digits import DigitSource
from model.synth.page import make_page
from segmentation.components import MOST_COMPONENTS
from segmentation.page import Page
from segmentation.segment import find_writing
from worker.reader import PageReading, Reader, load_reader
from worker.records import Status

SOURCE = DigitSource.builtin()
#: Where the sheet lies on the table, px.
LEFT, TOP, RIM = 150, 110, 90


@cache
def _reader() -> Reader:
    return load_reader()


def _page(pixels: np.ndarray) -> Page:
    return Page(pixels, dpi=None, orientation=1, kind="png")


def _read(pixels: np.ndarray) -> PageReading:
    return _reader().read_page(_page(pixels))


def _texts(pixels: np.ndarray) -> Counter[str]:
    return Counter(number.text for number in _read(pixels).numbers)


def _on_table(sheet: np.ndarray) -> np.ndarray:
    rng = np.random.default_rng(9)
    height, width = sheet.shape
    photo = np.clip(rng.normal(70, 9, (height + TOP + RIM, width + LEFT + RIM)), 0, 255).astype(np.uint8)
    photo[TOP : TOP + height, LEFT : LEFT + width] = sheet
    return photo


Written = tuple[str, float, float]


def _lines(slope: float) -> tuple[np.ndarray, list[Written]]:
    """Write digits in rows, each through a rule that slopes, and tell which and where; dots stand alone."""
    page = np.full((1000, 1100), 248, np.uint8)
    for x in range(60, 1060, 200):
        cv2.circle(page, (x, 960), 5, 60, -1)
    rng = np.random.default_rng(4)
    written: list[Written] = []
    for row in range(6):
        y = 130 + 140 * row
        cv2.line(page, (40, y + round(1020 * slope)), (1060, y), 110, 2, cv2.LINE_AA)
        for column in range(3):
            for place in range(3):
                x = 110 + 340 * column + 44 * place
                foot = y + 8 + round((1060 - x) * slope)
                which = int(rng.integers(len(SOURCE.images)))
                image = SOURCE.images[which]
                rows, columns = np.nonzero(image)
                tight = image[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
                width = max(4, round(46 * tight.shape[1] / tight.shape[0]))
                ink = cv2.resize(tight, (width, 46), interpolation=cv2.INTER_AREA)
                part = page[foot - 46 : foot, x : x + width]
                part[:] = np.minimum(part, 255 - ink)
                written.append((str(SOURCE.labels[which]), x + width / 2, foot - 23))
    return page, written


def test_a_sheet_on_a_table_is_read_like_the_sheet_alone_and_at_its_place() -> None:
    drawn = make_page(np.random.default_rng(3), SOURCE, "grid").grey
    alone, photo = _read(drawn), _read(_on_table(drawn))
    assert len(alone.numbers) > 5
    assert [n.text for n in photo.numbers] == [n.text for n in alone.numbers]
    for there, here in zip(photo.numbers, alone.numbers, strict=True):
        assert there.box.x - LEFT == pytest.approx(here.box.x, abs=3)
        assert there.box.y - TOP == pytest.approx(here.box.y, abs=3)
    step, *_ = photo.processing
    assert step.settings["x"] == pytest.approx(LEFT, abs=12)
    assert step.settings["width"] == pytest.approx(drawn.shape[1], abs=24)


def test_a_dark_bar_along_an_edge_takes_nothing_from_the_rules_that_run_into_it() -> None:
    drawn = make_page(np.random.default_rng(2), SOURCE, "ruled").grey
    barred = drawn.copy()
    barred[:, :30] = 40
    assert (_texts(drawn) & _texts(barred)).total() >= 0.9 * _texts(drawn).total()


@pytest.mark.parametrize("slope", [-0.03, -0.017, 0.0, 0.017, 0.03])
def test_rules_through_the_writing_leave_most_of_it(slope: float) -> None:
    page, written = _lines(slope)
    writing = find_writing(page)
    assert writing.size.height_px / writing.scale == pytest.approx(46, rel=0.2)
    read = [
        (digit.text, digit.box.x + digit.box.width / 2, digit.box.y + digit.box.height / 2)
        for number in _read(page).numbers
        for digit in number.digits
    ]
    right = sum(any(t == text and np.hypot(x - u, y - v) < 20 for t, u, v in read) for text, x, y in written)
    assert right >= 0.8 * len(written)


def test_the_ticks_of_a_comb_are_no_components() -> None:
    drawn = np.full((300, 700), 245, np.uint8)
    cv2.rectangle(drawn, (60, 80), (620, 180), 60, 3)
    for x in range(140, 620, 80):
        cv2.line(drawn, (x, 180), (x, 145), 60, 3)
    for place in range(7):
        cv2.putText(drawn, "3", (85 + 80 * place, 150), cv2.FONT_HERSHEY_SIMPLEX, 1.5, 30, 3)
    assert len(find_writing(drawn).components) == 7


def test_a_page_of_specks_says_that_it_was_not_read_whole() -> None:
    rng = np.random.default_rng(1)
    specks = np.full((2000, 2000), 250, np.uint8)
    for x, y in rng.integers(10, 1980, (14_000, 2)).tolist():
        specks[y : y + 9, x : x + 5] = 20
    reading = _read(specks)
    assert [warning.code for warning in reading.warnings] == ["crowded"]
    assert f"{MOST_COMPONENTS:,}" in reading.warnings[0].message
    assert _read(np.full((200, 200), 250, np.uint8)).warnings == ()


def test_a_number_with_unread_ink_in_it_is_never_accepted() -> None:
    plain = np.full((260, 700), 248, np.uint8)
    for place, digit in enumerate((1, 7, 7, 0)):
        image = SOURCE.images[int(np.flatnonzero(SOURCE.labels == digit)[1])]
        plain[90:146, 120 + 62 * place : 176 + 62 * place] = 255 - cv2.resize(image, (56, 56))
    blotted = plain.copy()
    blotted[102:110, 236:244] = 20
    (whole,), (odd,) = (
        _reader().read_page(_page(p), accept_confidence=0.2).numbers for p in (plain, blotted)
    )
    assert whole.status is Status.ACCEPTED
    assert (odd.text, odd.status) == ("1770", Status.REVIEW)
    assert odd.confidence > 0.2


def _a_few_digits() -> tuple[np.ndarray, Counter[str]]:
    sheet = np.full((1000, 1100), 248, np.uint8)
    rng = np.random.default_rng(6)
    written: Counter[str] = Counter()
    for place in range(4):
        which = int(rng.integers(len(SOURCE.images)))
        tight = SOURCE.images[which]
        tight = tight[tight.any(axis=1)][:, tight.any(axis=0)]
        width = max(6, round(46 * tight.shape[1] / tight.shape[0]))
        ink = cv2.resize(tight, (width, 46), interpolation=cv2.INTER_AREA)
        sheet[200:, 300 + 70 * place :][:46, :width] = 248 - (ink * 0.8).astype(np.uint8)
        written[str(SOURCE.labels[which])] += 1
    return sheet, written


@pytest.mark.parametrize("wide", [14, 34, 60])
def test_a_few_digits_on_a_sheet_are_read_beside_slivers_of_the_table(wide: int) -> None:
    sheet, written = _a_few_digits()
    height, width = sheet.shape
    for wedge in (
        [(0, 0), (wide, 0), (0, height)],
        [(width, height), (width - wide, height), (width, 40)],
        [(0, height), (width, height), (width, height - wide)],
    ):
        cv2.fillPoly(sheet, [np.array(wedge, np.int32)], 60)
    read = Counter("".join(_texts(sheet).elements()))
    assert (read & written).total() >= 3
    assert read.total() <= 5
