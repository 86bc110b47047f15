import pytest

from worker.digit_alignment import aligned, edit_distance


@pytest.mark.parametrize(
    ("read", "written", "columns"),
    [
        ("", "", []),
        ("12", "12", [(0, 0), (1, 1)]),
        ("172", "12", [(0, 0), (1, None), (2, 1)]),
        ("12", "172", [(0, 0), (None, 1), (1, 2)]),
        ("142", "172", [(0, 0), (1, 1), (2, 2)]),
        ("", "5", [(None, 0)]),
        ("5", "", [(0, None)]),
        ("90123", "01234", [(0, None), (1, 0), (2, 1), (3, 2), (4, 3), (None, 4)]),
    ],
)
def test_digits_stand_beside_what_they_are(read, written, columns):
    assert aligned(read, written) == columns


@pytest.mark.parametrize(
    ("a", "b", "edits"),
    [("", "", 0), ("12", "", 2), ("", "12", 2), ("123", "123", 0), ("123", "13", 1), ("1234", "2143", 3)],
)
def test_edits_are_counted(a, b, edits):
    assert edit_distance(a, b) == edits
    assert edit_distance(b, a) == edits
