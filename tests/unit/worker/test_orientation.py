"""A page is turned where one side stands out among the four, and only then."""

from dataclasses import dataclass, field

import numpy as np
import pytest

from segmentation.candidates import WHOLE, Candidate, Strip
from segmentation.clean import Ink
from segmentation.geometry import Box, Placement
from segmentation.scale import WritingSize
from segmentation.segment import Segmentation, Writing
from worker.orientation import FEW, LEAST_GLYPHS, quarters_of, read_upright, reads_better, side_of, turn_step
from worker.records import ProcessingStep

#: Digits that look like one from one side, from two, and from none.
ONE, TWO, NONE = "one", "two", "none"


def _glyphs(count, size=28):
    """Glyphs with a mark in the upper left corner: where that is, is the upper side."""
    glyphs = np.zeros((count, 28, 28), np.uint8)
    glyphs[:, :4, :4] = 255
    return glyphs


def _classify_with(kind, upright=0):
    """A network that knows marks whose page has to be turned by `upright` quarters."""
    corners = [(0, 0), (-1, 0), (-1, -1), (0, -1)]

    def classify(glyphs):
        found = np.full((len(glyphs), 11), 0.001, np.float32)
        for row, glyph in zip(found, glyphs, strict=True):
            turned = next(k for k, (y, x) in enumerate(corners) if glyph[y, x])
            sides = {ONE: {upright}, TWO: {upright, (upright + 2) % 4}, NONE: set()}[kind]
            row[4 if turned in sides else 10] = 0.99
        return found / found.sum(axis=1, keepdims=True)

    return classify


@dataclass
class _Seen:
    segmentation: Segmentation
    digits: list = field(default_factory=list)
    quarters: int = 0


def _seen(count, sure, *, read_ink=True, height=20, quarters=0):
    boxes = [Box(30 * k, 0, 30 * k + 14, height) for k in range(count)]
    candidates = tuple(Candidate(k, k + 1, box, WHOLE) for k, box in enumerate(boxes))
    labels = np.zeros((40, 30 * max(1, count)), np.int32)
    for k, box in enumerate(boxes):
        labels[box.top : box.bottom, box.left : box.right] = k + 1
    shades = np.zeros(labels.shape, np.uint8)
    ink = Ink(labels > 0, shades, shades, 0.0, inverted=False)
    writing = Writing(Placement(), WritingSize(20.0, 3.0), ink, labels, (), ())
    strips = (Strip(tuple(boxes), candidates, 20.0, -1),)
    digits = [(box, sure) for box in boxes] if read_ink else []
    return _Seen(Segmentation(writing, strips, _glyphs(count)), digits, quarters)


class _Pages:
    """Reads a page that stands upright when it is turned by `upright` quarters."""

    def __init__(self, count=8, upright=0, sure_lying=0.7, sure_upright=0.99, **lying):
        self.asked = []
        self._make = lambda q: (
            _seen(count, sure_upright, quarters=q)
            if q == upright
            else _seen(count, sure_lying, quarters=q, **lying)
        )

    def __call__(self, quarters):
        self.asked.append(quarters)
        return self._make(quarters)


@pytest.mark.parametrize("upright", range(4))
def test_a_page_is_turned_to_the_side_from_which_its_glyphs_are_digits(upright):
    pages = _Pages(upright=upright, sure_upright=0.9)
    assert read_upright(pages, _classify_with(ONE, upright)).quarters == upright
    assert pages.asked == [0, upright][: 1 + bool(upright)]


@pytest.mark.parametrize("kind", [TWO, NONE])
def test_what_looks_alike_from_two_sides_or_from_all_stays(kind):
    pages = _Pages(upright=2)
    assert read_upright(pages, _classify_with(kind, 2)).quarters == 0
    assert pages.asked == [0]


def test_a_page_of_few_digits_stays():
    assert read_upright(_Pages(count=LEAST_GLYPHS - 1, upright=2), _classify_with(ONE, 2)).quarters == 0
    assert read_upright(_Pages(count=LEAST_GLYPHS, upright=2), _classify_with(ONE, 2)).quarters == 2


def test_what_reads_well_is_not_looked_at_again():
    def never(_):
        raise AssertionError("asked")

    assert read_upright(_Pages(sure_upright=0.999), never).quarters == 0


def test_a_page_that_turns_out_upright_costs_few_glyphs():
    asked = []

    def classify(glyphs):
        asked.append(len(glyphs))
        return _classify_with(ONE)(glyphs)

    read_upright(_Pages(count=200, sure_upright=0.8), classify)
    assert asked == [4 * FEW]


def test_a_page_that_reads_worse_when_it_is_turned_stays_as_it_lies():
    pages = _Pages(upright=2, sure_lying=0.9, sure_upright=0.7)
    assert read_upright(pages, _classify_with(ONE, 2)).quarters == 0
    assert pages.asked == [0, 2]


def test_glyphs_of_another_size_than_the_writing_have_no_say():
    assert read_upright(_Pages(upright=2, height=9), _classify_with(ONE, 2)).quarters == 2
    seen = _seen(8, 0.7, height=9)
    boxes = tuple(Box(box.left, 0, box.left + 5, 9) for box in seen.segmentation.strips[0].pieces)
    small = Strip(boxes, tuple(Candidate(k, k + 1, box, WHOLE) for k, box in enumerate(boxes)), 9.0, -1)
    lying = _Seen(Segmentation(seen.segmentation.writing, (small,), seen.segmentation.glyphs), seen.digits)
    assert read_upright(lambda quarters: lying, _classify_with(ONE, 2)) is lying


@pytest.mark.parametrize("upright", [1, 3])
def test_a_page_that_falls_apart_on_its_side_is_read_from_another(upright):
    def read(quarters):
        asked.append(quarters)
        if (quarters - upright) % 2:
            return _Seen(_nothing(), [], quarters)
        return _seen(8, 0.95 if quarters == upright else 0.7, quarters=quarters)

    asked = []
    # From the first side that has glyphs, these have to be turned by what is left.
    assert read_upright(read, _classify_with(ONE, upright - 1)).quarters == upright
    assert asked == [0, 1, 3][: 2 + (upright == 3)]


@pytest.mark.parametrize(("credible", "asked"), [("upright", [0]), ("turned", [0, 1])])
def test_a_page_of_words_whose_few_digits_stand_upright_is_read_once(credible, asked):
    read = []

    def classify(glyphs):
        found = np.full((4, len(glyphs) // 4, 11), 0.001, np.float32)
        found[..., 10] = 0.99
        few = slice(0, LEAST_GLYPHS)
        found[0 if credible == "upright" else 2, few, 10] = 0.05
        found[0 if credible == "upright" else 2, few, 4] = 0.95
        return found.reshape(-1, 11)

    def pages(quarters):
        read.append(quarters)
        return _seen(FEW * 2, 0.7, read_ink=False, quarters=quarters)

    assert read_upright(pages, classify).quarters == 0
    assert read == asked


def _nothing():
    seen = _seen(1, 0.5, read_ink=False).segmentation
    return Segmentation(seen.writing, (), np.zeros((0, 28, 28), np.uint8))


def test_a_page_without_ink_is_read_once():
    blank = _seen(0, 0.5)
    asked = []

    def read(quarters):
        asked.append(quarters)
        return blank

    assert read_upright(read, _classify_with(ONE)) is blank
    assert asked == [0]


def test_a_page_does_not_stay_turned_where_less_is_read():
    before = _seen(20, 0.9)
    assert reads_better(_seen(20, 0.95), before)
    assert not reads_better(_seen(8, 0.95), before)
    assert not reads_better(_seen(LEAST_GLYPHS - 1, 0.99), _seen(2, 0.5))


def test_sides_that_are_close_do_not_stand_out():
    probabilities = np.full((4, 10, 11), 0.01, np.float32)
    probabilities[0, :, 3], probabilities[2, :, 3] = 0.9, 0.93
    assert side_of(probabilities) is None
    probabilities[2, :, 3] = 0.99
    assert side_of(probabilities) == 2


def test_one_sure_glyph_does_not_outvote_the_others():
    probabilities = np.full((4, 8, 11), 0.3, np.float32)
    probabilities[0, :, 3] = 0.9
    probabilities[2, 0, 3] = 1.0
    assert side_of(probabilities) != 2


def test_glyphs_that_disagree_do_not_turn_a_page():
    probabilities = np.full((4, 8, 11), 0.01, np.float32)
    probabilities[0, :4, 3] = probabilities[2, 4:, 3] = 0.99
    probabilities[2, 0, 3] = 0.9999
    assert side_of(probabilities) is None


@pytest.mark.parametrize(("digits", "side"), [(12, None), (20, 2)])
def test_a_few_letters_that_are_digits_upside_down_do_not_turn_a_page_of_text(digits, side):
    probabilities = np.full((4, 32, 11), 0.01, np.float32)
    probabilities[2, :digits, 7] = 0.99
    assert side_of(probabilities) == side


@pytest.mark.parametrize("quarters", range(4))
def test_the_turn_is_written_out_and_found_again(quarters):
    skew = ProcessingStep(name="segment", settings={"turn_deg": 5.0})
    steps = (*turn_step(quarters), skew)
    assert quarters_of(steps) == quarters
    assert [step.settings["turn_deg"] for step in steps] == ([90 * quarters, 5.0] if quarters else [5.0])


@pytest.mark.parametrize("said", ["left", 45, True, -90])
def test_a_turn_that_is_none_counts_as_none(said):
    assert quarters_of([ProcessingStep(name="turn", settings={"turn_deg": said})]) == 0
