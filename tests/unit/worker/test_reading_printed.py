"""Printed numbers are told by the network of ink, and left out where that is asked for."""

import numpy as np
import pytest

from model.classify import Classifier
from segmentation.page import Page
from tests.sides_reader import PLACES, load_reader, threes
from worker.errors import ModelRefused
from worker.printed import Printed, counted_left_out
from worker.reader import Reader
from worker.records import Kind


@pytest.fixture(scope="module")
def page():
    return threes()


@pytest.fixture(scope="module")
def reader():
    return load_reader()


@pytest.fixture(scope="module")
def kept(reader, page):
    return reader.read_page(page)


@pytest.fixture(scope="module")
def dropped(reader, page):
    return reader.read_page(page, printed=Printed.DROP)


def test_by_default_all_are_kept_and_say_what_they_are(kept):
    places = [(number.line, number.number, number.kind) for number in kept.numbers]
    hand, print_ = Kind.HANDWRITTEN, Kind.PRINTED
    assert places == [(1, 1, print_), (1, 2, hand), (2, 1, print_), (3, 1, hand)]
    assert "printed" not in [step.name for step in kept.processing]


def test_what_is_by_hand_is_read_as_with_the_print(kept, dropped):
    by_hand = [number for number in kept.numbers if number.kind is Kind.HANDWRITTEN]
    places = [(1, 1), (2, 1)]
    assert dropped.numbers == tuple(
        number.model_copy(update={"line": line, "number": place})
        for number, (line, place) in zip(by_hand, places, strict=True)
    )
    assert len(dropped.evidence) == 2
    assert set(dropped.evidence) < set(kept.evidence)


def test_the_record_says_how_many_were_left_out(dropped):
    assert [step.name for step in dropped.processing] == ["segment", "presence", "printed", "accept"]
    assert counted_left_out(dropped.processing) == 2


def test_who_looks_at_the_work_finds_what_was_left_out(reader, page, kept):
    work = reader.work_through(page, printed=Printed.DROP)
    printed = [number for number in kept.numbers if number.kind is Kind.PRINTED]
    assert [number.record for number in work.left_out] == printed


def test_a_blank_page_says_so_too(reader):
    blank = Page(np.full((300, 300), 255, np.uint8), dpi=None, orientation=1, kind="png")
    reading = reader.read_page(blank, printed=Printed.DROP)
    assert reading.numbers == ()
    assert {"left_out": 0} in [step.settings for step in reading.processing]


def test_a_model_without_a_network_of_ink_refuses_to_drop_and_nothing_else(page):
    classifier = Classifier.load()
    classifier.ink = None
    unable = Reader(classifier)
    with pytest.raises(ModelRefused, match="cannot tell printed numbers from handwritten ones"):
        unable.read_page(page, printed=Printed.DROP)
    assert [number.kind for number in unable.read_page(page).numbers] == [None] * len(PLACES)
