"""The picture of an explanation: a PNG of the size that is promised, on white, with all that is told."""

from types import SimpleNamespace

import cv2
import numpy as np
import pytest

from segmentation.components import Component
from segmentation.geometry import Box
from segmentation.page import Page
from segmentation.scale import WritingSize
from worker.explain import explain_number, explain_point, map_page
from worker.explain_canvas import Canvas, fitted, plain, text_width, wrapped
from worker.explain_ink import Fate, fate_at, fates
from worker.explain_map import MAP_SIDE
from worker.explain_picture import PICTURE_WIDTH
from worker.explain_tables import MOST_CANDIDATES, draw_candidates
from worker.explain_views import FATE_COLOURS, View, ink_view, page_view
from worker.overlay import STATUS_COLOURS
from worker.reader import load_reader


def _page():
    """A ruled page: 407 between two rules, a word, and a speck."""
    pixels = np.full((420, 900), 245, np.uint8)
    cv2.line(pixels, (20, 60), (880, 60), 90, 3)
    cv2.line(pixels, (20, 200), (880, 200), 90, 3)
    cv2.putText(pixels, "4 0 7", (80, 160), cv2.FONT_HERSHEY_DUPLEX, 2.4, 20, 5, cv2.LINE_AA)
    cv2.putText(pixels, "wxkm", (520, 330), cv2.FONT_HERSHEY_DUPLEX, 2.4, 20, 5, cv2.LINE_AA)
    cv2.rectangle(pixels, (440, 110), (442, 112), 0, cv2.FILLED)
    return Page(pixels, dpi=None, orientation=1, kind="png")


@pytest.fixture(scope="module")
def again():
    page, reader = _page(), load_reader()
    work = reader.work_through(page)
    entry = SimpleNamespace(name="scans/a ß.png", page=1)
    numbers = tuple(number.record for number in work.numbers)
    assert numbers
    return SimpleNamespace(
        entry=entry,
        page=page,
        reader=reader,
        work=work,
        record=SimpleNamespace(numbers=numbers),
        as_in_job=True,
    )


def _decoded(png):
    return cv2.cvtColor(cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB)


def _has(picture, colour):
    return bool((picture == np.array(colour, np.uint8)).all(axis=2).any())


def test_the_picture_of_a_number_is_a_png_on_white_with_the_colour_of_its_status(again):
    explained = explain_number(again, 1)

    picture = _decoded(explained.png())

    assert picture.shape[1] == PICTURE_WIDTH
    assert 600 < picture.shape[0] < 3200
    assert (picture == 255).mean() > 0.5
    assert _has(picture, STATUS_COLOURS[explained.told.record.status])
    assert _has(picture, FATE_COLOURS[Fate.RULE])
    assert (picture == explained.picture()).all()


def test_a_point_without_anything_has_a_picture_too(again):
    picture = _decoded(explain_point(again, (450, 20)).png())

    assert picture.shape[1] == PICTURE_WIDTH
    assert picture.shape[0] < 1000


def test_a_map_is_as_large_as_the_page_within_its_limits(again):
    from worker.explain_map import draw_map

    picture = draw_map(again, map_page(again))

    assert MAP_SIDE[0] <= max(picture.shape) <= MAP_SIDE[1] + 300
    for status in {number.status for number in again.record.numbers}:
        drawn = (picture == STATUS_COLOURS[status]).all(axis=2).sum()
        assert drawn > 400, "more than the sample in the legend"


def test_a_page_that_reads_otherwise_than_in_the_job_gets_a_line_that_says_so(again):
    told = explain_number(again, 1)
    other = type(told)(told.told.model_copy(update={"as_in_job": False}), told.again, told.words)

    assert other.picture().shape[0] > told.picture().shape[0]


def test_ink_is_told_apart_by_what_became_of_it(again):
    writing = again.work.segmentation.writing
    found = fates(writing)

    def fate(x, y):
        at = writing.placement.on_working_page(np.array([(x, y, x, y)], np.float64))[0, :2]
        return fate_at(writing, *at)

    assert fate(450, 60) is Fate.RULE
    assert fate(441, 111) is Fate.NO_DIGIT
    digit = again.record.numbers[0].digits[0].box
    assert fate(digit.x + digit.width / 2, digit.y + digit.height / 2) is Fate.WRITING
    assert fate(450, 20) is Fate.PAPER
    assert set(np.unique(found)) <= set(Fate)
    assert (found[writing.labels > 0] != Fate.RULE).all()


def test_massive_ink_is_told_from_rules_and_from_writing():
    mask = np.zeros((100, 200), bool)
    mask[20:80, 20:80] = True
    mask[10, 100:190] = True
    mask[40:60, 120:123] = True
    labels = np.zeros(mask.shape, np.int32)
    labels[40:60, 120:123] = 1
    writing = SimpleNamespace(
        ink=SimpleNamespace(mask=mask),
        labels=labels,
        size=WritingSize(20.0, 3.0),
        components=[Component(1, Box(120, 40, 123, 60), 60, -1)],
        sorted_ink=None,
    )

    found = fates(writing)

    assert [found[y, x] for y, x in ((50, 50), (10, 150), (50, 121), (0, 0))] == [
        Fate.MASSIVE,
        Fate.RULE,
        Fate.WRITING,
        Fate.PAPER,
    ]


def test_the_page_lies_under_its_ink(again):
    writing = again.work.segmentation.writing
    box = again.work.numbers[0].digits[0].placed.box
    view = View(box, 2.0)

    page = page_view(again.page, writing.placement, view)
    ink = ink_view(again.work, view)

    inked = (ink == FATE_COLOURS[Fate.WRITING]).all(axis=2)
    assert page.shape == inked.shape
    assert page[inked].mean() + 80 < page[~inked].mean()


def test_no_more_candidates_are_drawn_than_a_picture_holds_and_those_that_were_read_come_first(again):
    (word, *_) = explain_number(again, 1).told.words
    read = next(c for c in word.candidates if c.read_as is not None)
    plain_one = read.model_copy(update={"read_as": None})
    crowd = word.model_copy(update={"candidates": (plain_one,) * 300 + (read,)})
    glyphs = again.work.segmentation.glyphs

    def height(candidates):
        canvas = Canvas(1500)
        return draw_candidates(
            canvas, 0, 0, 1450, [crowd.model_copy(update={"candidates": candidates})], glyphs
        )

    assert height(crowd.candidates) == height((plain_one,) * MOST_CANDIDATES)
    canvas = Canvas(1500)
    bottom = draw_candidates(canvas, 0, 0, 1450, [crowd], glyphs)
    frame = canvas.cut(bottom)[:200, :100]
    assert _has(frame, STATUS_COLOURS["accepted"])


def test_text_is_cut_and_broken_to_fit():
    assert plain("ß…–\n") == "?...-?"
    assert fitted("short", 12, 500) == "short"
    cut = fitted("a-very-long-name-of-a-file" * 8, 12, 300)
    assert "..." in cut
    assert text_width(cut, 12) <= 300
    lines = wrapped("one word after another until the line is full " * 4, 12, 300)
    assert len(lines) > 1
    assert all(text_width(line, 12) <= 300 for line in lines)
    assert wrapped("", 12, 300) == [""]


def test_a_canvas_grows_and_keeps_what_was_drawn():
    canvas = Canvas(50, height=10)
    canvas.fill(5, 5, 10, 2, (1, 2, 3))
    canvas.fill(0, 0, 0, 9, (9, 9, 9))
    canvas.frame(0, 900, 20, 20, (4, 5, 6), 2)

    cut = canvas.cut(950)

    assert cut.shape == (950, 50, 3)
    assert (cut[5:7, 5:15] == (1, 2, 3)).all()
    assert (cut[900:902, :20] == (4, 5, 6)).all()
    assert (cut[903, 10] == 255).all()
