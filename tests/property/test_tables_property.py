import csv
import io
import os
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from worker.identity import display_name, page_key, path_from_text, path_to_text
from worker.spreadsheet_cells import harmless, original

#: Text that UTF-8 can hold; a file name on disk holds no NUL.
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
NAMES = st.binary(min_size=1, max_size=40).filter(lambda name: not set(name) & set(b"\0/"))


@given(TEXT)
def test_no_cell_begins_as_a_formula_and_the_original_comes_back(text):
    cell = harmless(text)
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"))
    assert (original(cell) if cell != text else text) == text


@given(TEXT)
def test_taking_one_apostrophe_away_always_gives_the_original(text):
    assert original(harmless(text)) == text


@given(st.lists(TEXT, min_size=1))
def test_rows_survive_the_way_through_csv(texts):
    stream = io.StringIO(newline="")
    csv.writer(stream, lineterminator="\r\n").writerow([harmless(text) for text in texts])
    (row,) = csv.reader(io.StringIO(stream.getvalue(), newline=""))
    assert [original(cell) for cell in row] == texts


@given(NAMES)
def test_any_path_survives_the_way_through_text(name):
    path = Path("/in") / os.fsdecode(name)
    text = path_to_text(path)
    assert text.encode() == display_name(text).encode()
    assert path_from_text(text) == path


@given(st.lists(st.tuples(NAMES, NAMES, st.integers(1, 10**6)), unique=True, max_size=20))
def test_different_pages_have_different_keys(pages):
    paths = {(Path("/in") / os.fsdecode(a) / os.fsdecode(b), page) for a, b, page in pages}
    assert len({page_key(path, page) for path, page in paths}) == len(paths)
