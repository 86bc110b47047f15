"""What people type for a page and a number, and what is meant by it."""

from pathlib import Path

import pytest

from tests.fake_readers import number_record
from worker.errors import UsageError
from worker.explain_place import find_asked, ordinal_of
from worker.jobs import PageEntry

ENTRIES = [
    PageEntry.of(Path("/in/a/scan.png"), name="a/scan.png"),
    PageEntry.of(Path("/in/b/scan.png"), name="b/scan.png"),
    PageEntry.of(Path("/in/list.pdf"), name="list.pdf", page=1),
    PageEntry.of(Path("/in/list.pdf"), name="list.pdf", page=2),
    PageEntry.of(Path("/in/10:30.png"), name="10:30.png"),
    PageEntry.of(Path("/in/7:1:2.png"), name="7:1:2.png"),
]


@pytest.mark.parametrize(
    ("text", "name", "page", "ordinal", "line", "point"),
    [
        ("a/scan.png:1:3", "a/scan.png", 1, 3, None, None),
        ("/in/b/scan.png:1:3", "b/scan.png", 1, 3, None, None),
        ("list.pdf:2:4.7", "list.pdf", 2, None, (4, 7), None),
        ("list.pdf:2:@640,210", "list.pdf", 2, None, None, (640, 210)),
        ("list.pdf:2", "list.pdf", 2, None, None, None),
        ("list.pdf:2:", "list.pdf", 2, None, None, None),
        ("a/scan.png", "a/scan.png", 1, None, None, None),
        ("a/scan.png::3", "a/scan.png", 1, 3, None, None),
        ("10:30.png:1:2", "10:30.png", 1, 2, None, None),
        ("10:30.png", "10:30.png", 1, None, None, None),
        ("7:1:2.png:1", "7:1:2.png", 1, None, None, None),
    ],
)
def test_what_is_meant(text, name, page, ordinal, line, point):
    found = find_asked(text, ENTRIES)

    assert (found.entry.name, found.entry.page, found.ordinal) == (name, page, ordinal)
    assert (found.line, found.place) == (line or (None, None))
    assert found.point == point
    assert found.whole_page is (ordinal is line is point is None)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("scan.png:1:1", "several files of the job are called scan.png"),
        ("other.png:1:1", "no file of the job is called 'other.png'"),
        ("", "no file of the job is called ''"),
        ("list.pdf:3:1", "list.pdf has no page 3"),
        ("list.pdf:two:1", "list.pdf has no page two"),
        ("list.pdf:٢:1", "list.pdf has no page ٢"),
        ("list.pdf::1", "list.pdf has 2 pages: say which"),
        ("list.pdf", "list.pdf has 2 pages: say which"),
        ("list.pdf:1:x", "x is no number of a page"),
        ("list.pdf:1:-1", "-1 is no number of a page"),
        ("list.pdf:1:1.", "1. is no number of a page"),
        ("list.pdf:1:٣", "٣ is no number of a page"),
    ],
)
def test_what_is_meant_by_nothing_is_told(text, message):
    with pytest.raises(UsageError) as caught:
        find_asked(text, ENTRIES)

    assert caught.value.message == message
    assert caught.value.remedy


def test_a_job_without_pages_has_no_file():
    with pytest.raises(UsageError, match="no file of the job"):
        find_asked("scan.png:1:1", [])


NUMBERS = [
    number_record("7").model_copy(update={"line": line, "number": place})
    for line, place in ((1, 1), (1, 2), (3, 1))
]


@pytest.mark.parametrize(("number", "ordinal"), [("1", 1), ("3", 3), ("1.2", 2), ("3.1", 3)])
def test_a_number_is_counted_or_named_by_its_line(number, ordinal):
    assert ordinal_of(find_asked(f"list.pdf:1:{number}", ENTRIES), NUMBERS) == ordinal


@pytest.mark.parametrize(
    ("number", "message"),
    [
        ("0", "page 1 of list.pdf has no number 0: it has 3"),
        ("4", "page 1 of list.pdf has no number 4: it has 3"),
        ("2.1", "page 1 of list.pdf has no number 1 in line 2"),
        ("0.1", "page 1 of list.pdf has no number 1 in line 0"),
    ],
)
def test_a_number_that_is_not_there_is_refused(number, message):
    with pytest.raises(UsageError) as caught:
        ordinal_of(find_asked(f"list.pdf:1:{number}", ENTRIES), NUMBERS)

    assert caught.value.message == message
