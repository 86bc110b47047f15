"""Whatever is printed on a page: the others keep order and lines, and are counted without gaps."""

from itertools import groupby

from hypothesis import given
from hypothesis import strategies as st

from tests.fake_readers import number_record
from worker.printed import without_printed
from worker.records import Kind

PAGES = st.lists(st.lists(st.sampled_from([None, *Kind]), min_size=1, max_size=5), max_size=6)


@given(PAGES)
def test_lines_and_places_count_what_is_left(lines):
    page = [
        number_record("7", line=row, number=column, kind=kind)
        for row, line in enumerate(lines, start=1)
        for column, kind in enumerate(line, start=1)
    ]

    both = [(old, new) for old, new in zip(page, without_printed(page), strict=True) if new is not None]

    assert len(both) == sum(kind is not Kind.PRINTED for line in lines for kind in line)
    rows = [[new for _, new in row] for _, row in groupby(both, key=lambda pair: pair[0].line)]
    assert [[(n.line, n.number) for n in row] for row in rows] == [
        [(line, place) for place in range(1, len(row) + 1)] for line, row in enumerate(rows, start=1)
    ]
