import pytest

from bench.engines import _lines


def word(left, top, text, height=10.0):
    return (float(left), float(top), height, text)


@pytest.mark.parametrize(
    ("words", "read"),
    [
        ([], []),
        ([word(50, 0, "2"), word(0, 0, "1")], [(1, "1"), (1, "2")]),
        ([word(0, 40, "3"), word(0, 0, "1"), word(50, 3, "2")], [(1, "1"), (1, "2"), (2, "3")]),
        ([word(0, 0, "No. 12/34, x")], [(1, "12"), (1, "34")]),
        ([word(0, 0, "none"), word(0, 40, "7")], [(2, "7")]),
        # Rising by a little from word to word, a line stays one.
        ([word(20 * k, 4 * k, str(k)) for k in range(4)], [(1, "0"), (1, "1"), (1, "2"), (1, "3")]),
        # What counts is the middle: a tall sign beside a small one.
        ([word(0, 0, "8", height=30.0), word(50, 11, "9", height=8.0)], [(1, "8"), (1, "9")]),
    ],
    ids=["nothing", "from the left", "from the top", "digits of words", "no digits", "sloping", "tall"],
)
def test_words_become_lines_of_numbers(words, read):
    assert _lines(words) == read
