"""What is most probably no number is passed over; the others are counted as if it had never been there."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from model.calibration import IDENTITY, NumberCalibration
from model.classify import Classifier
from model.synth.digits import DigitSource
from model.synth.page import make_page
from segmentation.page import Page
from tests.fake_readers import number_record
from worker.left_out import renumbered
from worker.presence import LEAST_PRESENCE, counted_passed_over, presence_step
from worker.printed import Printed
from worker.reader import Reader
from worker.records import ProcessingStep

#: By the surest digit alone, the odds that a number is there.
BY_DIGITS = NumberCalibration((0.0, 1.0, *[0.0] * (len(IDENTITY.weights) - 2)), 0.0)


@pytest.fixture(scope="module")
def page():
    drawn = make_page(np.random.default_rng(4), DigitSource.builtin(), "touching")
    return Page(drawn.grey, dpi=None, orientation=1, kind="png")


@pytest.fixture
def reader():
    classifier = Classifier.load()
    classifier.calibration = replace(classifier.calibration, presence=BY_DIGITS)
    return Reader(classifier)


def test_what_is_left_is_counted_anew_without_gaps():
    page = [number_record(str(k), line=1 + k // 2, number=1 + k % 2) for k in range(6)]

    found = renumbered(page, [False, True, False, False, True, True].__getitem__)

    assert [n and (n.text, n.line, n.number) for n in found] == [
        None,
        ("1", 1, 1),
        None,
        None,
        ("4", 2, 1),
        ("5", 2, 2),
    ]


def test_numbers_that_are_hardly_there_are_passed_over_and_counted(reader, page):
    everything = reader.work_through(page, least_presence=0.0).numbers
    least = float(np.median([number.presence for number in everything]))

    reading = reader.read_page(page, least_presence=least)

    wanted = [number for number in everything if number.presence >= least]
    assert 0 < len(wanted) < len(everything)
    assert [number.text for number in reading.numbers] == [number.record.text for number in wanted]
    assert list(reading.evidence) == [number.evidence for number in wanted]
    assert counted_passed_over(reading.processing) == len(everything) - len(wanted)


def test_who_wants_no_print_has_more_passed_over(reader, page):
    """Where a page is mostly print, what looks handwritten is mostly a piece of it."""
    told = reader.calibration.presence
    reader.calibration = replace(reader.calibration, presence=replace(told, bias=-5.0))

    kept, by_hand = (reader.work_through(page, printed=printed).passed_over for printed in Printed)

    assert 0 < len(kept) < len(by_hand)
    assert max(number.presence for number in kept) < LEAST_PRESENCE < 0.45
    assert 0.45 < max(number.presence for number in by_hand) < 0.5


def test_who_looks_at_the_work_finds_what_was_passed_over(reader, page):
    work = reader.work_through(page, least_presence=1.1)
    assert work.numbers == ()
    assert len(work.passed_over) == len(reader.work_through(page, least_presence=0.0).numbers) > 0


def test_what_fills_a_picture_is_there_however_it_reads(reader):
    four = DigitSource.builtin()
    picture = 255 - cv2.resize(four.images[list(four.labels).index(4)], (280, 280))
    close_up = Page(picture, dpi=None, orientation=1, kind="png")
    assert [number.text for number in reader.read_page(close_up, least_presence=1.1).numbers] == ["4"]


def test_a_model_that_does_not_tell_keeps_everything_and_says_nothing_of_it(page):
    classifier = Classifier.load()
    classifier.calibration = replace(classifier.calibration, presence=None)

    reading = Reader(classifier).read_page(page, least_presence=1.0)

    assert reading.numbers
    assert "presence" not in [step.name for step in reading.processing]


@pytest.mark.parametrize("told", [{}, {"passed_over": "many"}, {"passed_over": -1}, {"passed_over": 0.5}])
def test_odd_settings_of_a_page_file_count_as_nothing(told):
    assert counted_passed_over([ProcessingStep(name="presence", settings=told)]) == 0


def test_the_step_tells_how_many_and_what_was_asked():
    step = presence_step(3, 0.3)
    assert counted_passed_over([ProcessingStep(name="segment"), step]) == 3
    assert step.settings["least"] == 0.3
