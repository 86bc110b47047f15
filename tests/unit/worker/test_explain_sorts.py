"""With a network of ink an explanation shows of which sort the ink is, and what was left out for it."""

import math
from types import SimpleNamespace

import cv2
import numpy as np
import pytest

from model.classify import Classifier
from segmentation.geometry import Box
from segmentation.page import Page
from segmentation.sorting import SORTS, SQUARE_PX, SortedInk
from worker.explain import explain_number, explain_point, map_page
from worker.explain_ink import Fate, fate_at, piece_image
from worker.explain_reasons import evidence_told
from worker.explain_sorts import SORT_COLOURS, SORT_NAMES, sort_view
from worker.explain_views import View
from worker.reader import Reader
from worker.records import Kind
from worker.sign_text import Sign

DIGIT, PRINTED_WORD = 0, 3
#: Left of this, in px of the page, all ink is that of digits; the rest is that of printed words.
MIDDLE = 470


class Halves:
    """Takes the left part of a page for digits by hand, the rest for printed words."""

    def __call__(self, planes):
        down, across = (side // SQUARE_PX for side in planes.shape[:2])
        told = np.full((down, across, SORTS), 0.01, np.float32)
        middle = across * MIDDLE // 900
        told[:, :middle, DIGIT] = told[:, middle:, PRINTED_WORD] = 0.96
        return told


def _page():
    pixels = np.full((420, 900), 245, np.uint8)
    cv2.line(pixels, (20, 60), (880, 60), 90, 3)
    cv2.putText(pixels, "4 0 7", (80, 200), cv2.FONT_HERSHEY_DUPLEX, 2.4, 20, 5, cv2.LINE_AA)
    cv2.putText(pixels, "1 5 2", (520, 200), cv2.FONT_HERSHEY_DUPLEX, 2.4, 20, 5, cv2.LINE_AA)
    return Page(pixels, dpi=None, orientation=1, kind="png")


def _again(network):
    classifier = Classifier.load()
    classifier.ink = network
    page, reader = _page(), Reader(classifier)
    work = reader.work_through(page)
    record = SimpleNamespace(numbers=tuple(number.record for number in work.numbers))
    entry = SimpleNamespace(name="scans/a.png", page=1)
    return SimpleNamespace(entry=entry, page=page, reader=reader, work=work, record=record, as_in_job=True)


@pytest.fixture(scope="module")
def again():
    return _again(Halves())


def _has(picture, colour):
    return bool((picture == np.array(colour, np.uint8)).all(axis=2).any())


def _at(again, x, y):
    placement = again.work.segmentation.writing.placement
    return placement.on_working_page(np.array([(x, y, x, y)], np.float64))[0, :2]


def test_each_pixel_gets_the_sort_of_its_square():
    sums = np.zeros((3, 4, SORTS + 1))
    squares = np.zeros((2, 3, SORTS + 1))
    squares[0, 0, 2] = squares[0, 1, 4] = squares[0, 2, 1] = 1.0
    squares[1, :, 3] = 1.0
    squares[..., SORTS] = 1.0
    sums[1:, 1:] = squares.cumsum(axis=0).cumsum(axis=1)

    found = SortedInk(np.zeros((2, 3), np.float32), sums, np.zeros((2, 3)), square_px=2.5).likeliest(
        Box(1, 1, 9, 6)
    )

    assert found.shape == (5, 8)
    assert found[0].tolist() == [2, 2, 4, 4, 1, 1, 1, 1], "beyond the last square it counts on"
    assert found[:, 0].tolist() == [2, 2, 3, 3, 3]


def test_ink_is_coloured_by_its_likeliest_sort_and_rules_as_well(again):
    work = again.work
    height, width = work.segmentation.writing.labels.shape

    picture = sort_view(work, work.segmentation.writing.sorted_ink, View(Box(0, 0, width, height), 1.0))

    inked = work.segmentation.writing.ink.mask
    middle = round(width * MIDDLE / 900)
    assert (picture[~inked] == 255).all()
    assert (picture[:, : middle - 20][inked[:, : middle - 20]] == SORT_COLOURS[DIGIT]).all()
    assert (picture[:, middle + 20 :][inked[:, middle + 20 :]] == SORT_COLOURS[PRINTED_WORD]).all()
    assert len(set(SORT_COLOURS)) == len(SORT_NAMES) == SORTS


def test_a_number_is_told_with_the_share_of_its_ink_that_looks_like_digits_and_its_kind(again):
    told = explain_number(again, 1).told

    (row,) = [row for row in told.evidence if "looks like digits" in row.name]
    assert row.value == f"{100 * again.work.numbers[0].evidence.digit_share:.1f} %, {Kind.HANDWRITTEN}"
    assert again.work.numbers[0].evidence.digit_share > 0.9
    total = sum(told.adds for told in told.evidence)
    assert 1 / (1 + math.exp(-total)) == pytest.approx(told.record.confidence, abs=1e-3)


def test_the_picture_has_a_view_of_the_sorts_only_where_the_model_tells_them(again):
    without = _again(None)

    assert _has(explain_number(again, 1).picture(), SORT_COLOURS[DIGIT])
    assert not _has(explain_number(without, 1).picture(), SORT_COLOURS[DIGIT])
    told = explain_number(without, 1).told
    (row,) = [row for row in told.evidence if "looks like digits" in row.name]
    assert (row.value, row.beside_clear) == ("not told by this model", 0.0)


def test_what_is_surely_no_digit_is_shown_and_told_as_left_out(again):
    writing = again.work.segmentation.writing
    boxes = [number.record.box for number in again.work.numbers]

    assert boxes
    assert all(box.x + box.width < MIDDLE for box in boxes)
    x, y = next((x, y) for x in range(530, 560) for y in (170, 180, 190) if again.page.pixels[y, x] < 60)
    assert fate_at(writing, *_at(again, x, y)) is Fate.NO_DIGIT
    explained = explain_point(again, (x, y)).told
    assert explained.record is None
    assert "hardly any of it belongs to a digit" in explained.reasons[0]
    assert map_page(again).numbers == again.record.numbers


def test_pieces_are_those_of_the_lines_that_are_left(again):
    segmentation = again.work.segmentation

    assert segmentation.strips
    for index, strip in enumerate(segmentation.strips):
        image, frame = piece_image(segmentation, index)
        assert int(image.max()) == len(strip.pieces)
        first = np.argwhere(image == 1).min(axis=0)
        assert (frame.left + first[1], frame.top + first[0]) == (strip.pieces[0].left, strip.pieces[0].top)


def test_doubt_about_signs_is_told_as_what_it_takes_from_the_confidence(again):
    number, calibration = again.work.numbers[0], again.reader.calibration.number
    signs = [Sign(",", 1, Box(0, 0, 2, 2), 0.8)]

    told = evidence_told(number.evidence, calibration, Kind.HANDWRITTEN, signs)

    total = sum(row.adds for row in told)
    expected = 0.8 * calibration.probability(number.evidence)
    assert 1 / (1 + math.exp(-total)) == pytest.approx(expected, abs=1e-3)
    (row,) = [row for row in told if row.name.endswith("signs are: ,")]
    assert row.value == "80.0 %"
