"""What a job left out because it is printed is told where somebody points at it, and drawn on the map."""

import pytest

from tests.job_builders import page_file, read_record
from tests.sides_reader import PLACES, load_reader, threes
from worker.explain import Explained, explain_number, explain_point, map_page
from worker.explain_job import PageAgain
from worker.explain_map import _PRINTED as PRINTED_COLOUR
from worker.printed import Printed


@pytest.fixture(scope="module")
def again(tmp_path_factory):
    """Return a function that gives the page of threes as it is read once more."""
    entry = page_file(tmp_path_factory.mktemp("page"), 31)
    reader, page = load_reader(), threes()

    def read(printed):
        work = reader.work_through(page, printed=printed)
        record = read_record(entry, [number.record for number in work.numbers])
        return PageAgain(entry, record, page, reader, work)

    return read


def _point(place):
    return place[0] + 25, place[1] - 25


def test_a_point_on_what_was_left_out_says_what_it_reads_and_why_it_is_not_there(again):
    explained = explain_point(again(Printed.DROP), _point(PLACES[0]))

    assert explained.told.record is None
    (reason,) = explained.told.reasons
    assert reason.startswith("Left out: it reads 3 with ")
    assert "looks printed" in reason
    assert explained.told.words
    assert explained.in_words()[0].endswith("no number here")
    assert explained.picture().shape[2] == 3


def test_a_point_on_what_was_kept_explains_the_number_by_its_new_place(again):
    told = explain_point(again(Printed.DROP), _point(PLACES[1])).told
    assert (told.number, told.numbers) == (1, 2)
    assert (told.record.line, told.record.number) == (1, 1)
    assert told.as_in_job


def test_a_printed_number_that_is_kept_is_said_to_be_one(again):
    kept = again(Printed.KEEP)
    said = [" ".join(explain_number(kept, ordinal).told.reasons) for ordinal in (1, 2)]
    assert ["looks printed" in each for each in said] == [True, False]


def test_the_map_has_the_boxes_of_what_was_left_out(again):
    dropped, kept = (again(printed) for printed in (Printed.DROP, Printed.KEEP))
    told = map_page(dropped)

    assert (len(told.numbers), len(told.printed_left_out)) == (2, 2)
    assert map_page(kept).printed_left_out == ()
    drawn = [
        (Explained(map_page(each), each).picture() == PRINTED_COLOUR).all(axis=2).sum()
        for each in (dropped, kept)
    ]
    assert drawn[0] > drawn[1] + 100
