"""Overlays keep the page's coordinates and hide nothing; crops are where the boxes are."""

import re

import cv2
import numpy as np
import pytest

from segmentation.page import Page
from worker.overlay import STATUS_COLOURS, cut_crops, draw_overlay, encode_png
from worker.records import BoxRecord, DigitRecord, NumberRecord, Status


def sheet(height: int = 200, width: int = 300, paper: int = 255) -> Page:
    return Page(np.full((height, width), paper, dtype=np.uint8), dpi=None, orientation=1, kind="png")


def number(
    text: str = "147",
    status: Status = Status.ACCEPTED,
    *,
    at: tuple[int, int] = (100, 100),
    size: tuple[int, int] = (60, 30),
    line: int = 1,
    place: int = 1,
    digits: tuple[DigitRecord, ...] = (),
) -> NumberRecord:
    box = BoxRecord(x=at[0], y=at[1], width=size[0], height=size[1])
    return NumberRecord(
        line=line, number=place, text=text, status=status, confidence=0.9, box=box, digits=digits
    )


def has_colour(picture: np.ndarray, status: Status) -> bool:
    return bool((picture == np.array(STATUS_COLOURS[status], dtype=np.uint8)).all(axis=2).any())


def test_the_page_is_not_modified() -> None:
    page = sheet()
    page.pixels.setflags(write=False)
    draw_overlay(page, [number()])
    assert (page.pixels == 255).all()


@pytest.mark.parametrize("shape", [(1, 1), (7, 5), (28, 28), (60, 900), (900, 60), (3000, 2000)])
@pytest.mark.parametrize("paper", [0, 255])
def test_size_is_kept_on_every_page(shape: tuple[int, int], paper: int) -> None:
    height, width = shape
    whole = number(at=(0, 0), size=(width, height))
    picture = draw_overlay(sheet(height, width, paper), [whole])
    assert picture.shape == (height, width, 3)
    assert picture.dtype == np.uint8
    assert has_colour(picture, Status.ACCEPTED)


def test_a_page_without_numbers_is_just_grey() -> None:
    assert (draw_overlay(sheet(paper=77), []) == 77).all()


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("paper", [0, 255])
def test_status_gives_the_colour(status: Status, paper: int) -> None:
    picture = draw_overlay(sheet(paper=paper), [number(status=status)])
    assert [other for other in Status if has_colour(picture, other)] == [status]


def test_the_frame_lies_around_the_box_and_the_ink_stays_visible() -> None:
    picture = draw_overlay(sheet(), [number(at=(100, 100), size=(60, 30))])
    assert (picture[100:130, 100:160] == 255).all()
    colour = STATUS_COLOURS[Status.ACCEPTED]
    assert tuple(picture[99, 130]) == tuple(picture[130, 130]) == colour
    assert tuple(picture[115, 99]) == tuple(picture[115, 160]) == colour


def test_digits_are_framed_too() -> None:
    halves = tuple(
        DigitRecord(text="4", confidence=1.0, box=BoxRecord(x=x, y=100, width=30, height=30))
        for x in (100, 130)
    )
    picture = draw_overlay(sheet(), [number("44", digits=halves)])
    assert tuple(picture[115, 130]) == STATUS_COLOURS[Status.ACCEPTED]


def test_labels_hide_no_number() -> None:
    """A packed column: above each number stands another, so labels step aside."""
    boxes = [(100, 20 + 34 * row) for row in range(5)]
    picture = draw_overlay(sheet(), [number(at=at, place=i + 1) for i, at in enumerate(boxes)])
    for x, y in boxes:
        assert (picture[y + 2 : y + 28, x + 2 : x + 58] == 255).all()


def test_text_is_drawn_where_a_reading_is_and_only_there() -> None:
    """White letters on the label: only a reading brings them onto black paper."""
    with_text = draw_overlay(sheet(paper=0), [number("8")])
    without = draw_overlay(sheet(paper=0), [number("", Status.BLANK)])
    assert (with_text == 255).all(axis=2).any()
    assert not (without == 255).all(axis=2).any()


def test_boxes_that_leave_the_page_are_clipped() -> None:
    page = sheet(50, 50)
    far = number(at=(40, 45), size=(500, 500))
    assert draw_overlay(page, [far]).shape == (50, 50, 3)
    ((_, crop),) = cut_crops(page, [far])
    assert crop.size > 0


def test_crops_are_the_boxes_with_a_margin() -> None:
    page = sheet()
    page.pixels[100:130, 100:160] = 9
    ((name, crop),) = cut_crops(page, [number(line=3, place=2)])
    assert name == "l003_n02_147.png"
    assert (crop == 9).sum() == 30 * 60
    assert 30 < crop.shape[0] <= 45
    assert (crop[0] == 255).all()
    assert not np.shares_memory(crop, page.pixels)


def test_crops_at_the_edge_end_there() -> None:
    ((_, crop),) = cut_crops(sheet(), [number(at=(0, 0), size=(300, 200))])
    assert crop.shape == (200, 300)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("007", "007"),
        ("1?7", "1x7"),
        ("??", "unread"),
        ("", "unread"),
        ("-3,5", "x3x5"),
        ("../../1", "xxxxxx1"),
        ("9" * 300, "9" * 40),
        ("٣", "unread"),
    ],
)
def test_names_of_crops_are_safe(text: str, part: str) -> None:
    ((name, _),) = cut_crops(sheet(), [number(text)])
    assert name == f"l001_n01_{part}.png"
    assert re.fullmatch(r"[a-z0-9_]+\.png", name)


def test_pictures_survive_encoding() -> None:
    picture = draw_overlay(sheet(), [number(status=Status.REVIEW)])
    decoded = cv2.imdecode(np.frombuffer(encode_png(picture), dtype=np.uint8), cv2.IMREAD_COLOR_RGB)
    assert np.array_equal(decoded, picture)
    grey = np.frombuffer(encode_png(sheet(paper=33).pixels), dtype=np.uint8)
    assert (cv2.imdecode(grey, cv2.IMREAD_UNCHANGED) == 33).all()
