"""Printed numbers are left out, and the others are counted as if they had never been there."""

import pytest

from tests.fake_readers import number_record
from worker.printed import counted_left_out, printed_step, without_printed
from worker.records import Kind, ProcessingStep


def _page(*lines):
    """Return the numbers of lines such as ``"hpp"``: by hand, printed, printed; ``?`` is neither."""
    kinds = {"h": Kind.HANDWRITTEN, "p": Kind.PRINTED, "?": None}
    return [
        number_record(str(10 * row + column), line=row, number=column, kind=kinds[kind])
        for row, line in enumerate(lines, start=1)
        for column, kind in enumerate(line, start=1)
    ]


@pytest.mark.parametrize(
    ("lines", "left"),
    [
        (["hh", "h"], {"11": (1, 1), "12": (1, 2), "21": (2, 1)}),
        (["ph", "hp", "php"], {"12": (1, 1), "21": (2, 1), "32": (3, 1)}),
        (["pp", "h", "p", "phh"], {"21": (1, 1), "42": (2, 1), "43": (2, 2)}),
        (["?p?"], {"11": (1, 1), "13": (1, 2)}),
        (["p"], {}),
        ([], {}),
    ],
)
def test_what_is_left_is_counted_anew_without_gaps(lines, left):
    page = _page(*lines)
    found = without_printed(page)

    assert [number is None for number in found] == [number.kind is Kind.PRINTED for number in page]
    assert {n.text: (n.line, n.number) for n in found if n is not None} == left


def test_nothing_else_of_a_number_is_changed():
    page = _page("p", "ph")
    (number,) = (number for number in without_printed(page) if number is not None)
    assert number.model_copy(update={"line": 2, "number": 2}) == page[2]


def test_the_step_tells_how_many_were_left_out():
    assert counted_left_out([ProcessingStep(name="segment"), printed_step(3)]) == 3


@pytest.mark.parametrize("told", [{}, {"left_out": "many"}, {"left_out": -1}, {"left_out": 0.5}])
def test_odd_settings_of_a_page_file_count_as_nothing(told):
    assert counted_left_out([ProcessingStep(name="printed", settings=told)]) == 0
