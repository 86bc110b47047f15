"""A CSV of file and label: what is read from it, and that what is wrong is named with its row."""

import os

import numpy as np
import pytest

from model.errors import DataInvalid
from model.sources import load_source
from model.sources_framing import frame_digit
from model.sources_rows import named_rows
from tests.digit_files import digits, framed, image_set, on_paper, write_classes, write_table


@pytest.fixture
def rows(tmp_path):
    """Thirty pictures in `pictures/`, as rows of a table beside it."""
    paths = write_classes(tmp_path / "pictures")
    return [[str(path.relative_to(tmp_path)), path.parent.name] for path in paths]


def test_the_pictures_that_a_table_names_are_taken_from_beside_it(tmp_path, rows, monkeypatch):
    monkeypatch.chdir("/")
    found = load_source(write_table(tmp_path / "ours.csv", rows))
    images, labels = digits(3)
    for digit in range(10):
        wanted = framed(images[labels == digit])
        parts = [
            found.train_images[found.train_labels == digit],
            found.test_images[found.test_labels == digit],
        ]
        assert image_set(np.concatenate(parts)) == image_set(wanted)
    assert found.origin.startswith("ours.csv, 30 pictures, 20% of each digit held out")


def test_a_table_as_spreadsheets_write_it_is_read(tmp_path, rows):
    table = write_table(
        tmp_path / "ours.CSV", [[label, "", name] for name, label in rows], ("Label", "Remark", "File "),
        delimiter=";", encoding="utf-8-sig",
    )  # fmt: skip
    with table.open("a") as stream:
        stream.write("\n;;\n")
    assert len(load_source(table).train_labels) == 20


def test_a_writer_stays_on_one_side(tmp_path, rows):
    writers = ["anna", "ben", "cleo"]
    table = [[*row, writers[k % 3]] for k, row in enumerate(rows)]
    found = load_source(write_table(tmp_path / "t.csv", table, ("file", "label", "writer")))
    images = framed(digits(3)[0])
    assert image_set(found.test_images) in [image_set(images[k::3]) for k in range(3)]


def test_a_writers_images_follow_each_other(tmp_path, rows):
    table = [[*row, "abcdef"[k % 6]] for k, row in enumerate(rows)]
    found = load_source(write_table(tmp_path / "t.csv", table, ("file", "label", "writer")))
    writer_of = {
        frame_digit(on_paper(image)).tobytes(): "abcdef"[k % 6] for k, image in enumerate(digits(3)[0])
    }
    order = [writer_of[image.tobytes()] for image in found.train_images]
    assert order == sorted(order)


def test_parts_and_ink_are_taken_as_stated(tmp_path, rows):
    table = [[*row, "test" if k % 3 == 0 else "train", "dark"] for k, row in enumerate(rows)]
    columns = ("file", "label", "part", "ink")
    found = load_source(write_table(tmp_path / "t.csv", table, columns))
    assert image_set(found.test_images) == image_set(framed(digits(3)[0][::3]))
    wrong = [[*row[:3], "light"] for row in table]
    other = load_source(write_table(tmp_path / "t.csv", wrong, columns))
    assert (other.test_images != found.test_images).any()


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (["pictures/0/0.png", "ten"], r"t\.csv, row 5, pictures/0/0\.png: labels .*: 'ten'"),
        (["pictures/0/0.png", ""], r"row 5, .*Received: ''"),
        (["pictures/0/0.png", "10"], r"row 5, .*Received: '10'"),
        (["pictures/0/0.png", "٣"], r"row 5, .*Received: '٣'"),
        (["pictures/0/0.png", "letter"], "row 5, .*0 to 9, or not-a-digit"),
        (["", "3"], "row 5: no file"),
        (["pictures/0/none.png", "3"], r"row 5, pictures/0/none\.png cannot be read"),
        (["pictures", "3"], "row 5, pictures cannot be read"),
        (["t.csv", "3"], r"row 5, t\.csv: it is no picture"),
        (["pictures/0/0.png"], "row 5: 1 cells where there are 2 columns"),
        (["pictures/0/0.png", "0", "0"], "row 5: 3 cells"),
        (["pictures/1/../0/0.png", "0"], "row 5, .*: row 2 names this file, too"),
    ],
)  # fmt: skip
def test_a_row_that_cannot_be_used_is_named(tmp_path, rows, row, said):
    table = write_table(tmp_path / "t.csv", [*rows[:3], row, *rows[3:]])
    with pytest.raises(DataInvalid, match=said):
        load_source(table)


@pytest.mark.parametrize(("column", "known"), [("part", "train or test"), ("ink", "dark or light")])
def test_a_word_that_a_column_does_not_know_is_refused(tmp_path, rows, column, known):
    table = write_table(tmp_path / "t.csv", [[*row, "blue"] for row in rows], ("file", "label", column))
    with pytest.raises(DataInvalid, match=rf"row 2, .*{column} is {known}\. Received: 'blue'"):
        load_source(table)


def test_parts_that_are_stated_for_some_only_are_refused(tmp_path, rows):
    table = [[*row, "" if k == 4 else "test" if k % 3 == 0 else "train"] for k, row in enumerate(rows)]
    with pytest.raises(DataInvalid, match=r"row 6, .*this one has none"):
        load_source(write_table(tmp_path / "t.csv", table, ("file", "label", "part")))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "a column file is needed once; found none"),
        (b"file,digit\na.png,3\n", "a column label is needed once; found file, digit"),
        (b"file,label,label\na.png,3,3\n", "a column label is needed once"),
        (b"file,label\n", "no pictures"),
        (b"file,label\n\xff\xfe,3\n", "cannot be read as a CSV"),
        (b'file,label\n"a.png,3\n', "cannot be read as a CSV"),
    ],
    ids=["empty", "no label", "two labels", "no row", "not UTF-8", "open quote"],
)
def test_a_table_that_is_none_is_refused_by_its_name(tmp_path, data, said):
    (tmp_path / "t.csv").write_bytes(data)
    with pytest.raises(DataInvalid, match=rf"t\.csv.*{said}"):
        load_source(tmp_path / "t.csv")


def test_a_pipe_in_place_of_a_table_holds_nobody_up(tmp_path):
    os.mkfifo(tmp_path / "t.csv")
    with pytest.raises(DataInvalid, match=r"t\.csv cannot be read as a CSV: .*not a regular file"):
        list(named_rows(tmp_path / "t.csv", ("file",)))


def test_a_table_that_is_missing_is_named(tmp_path):
    with pytest.raises(DataInvalid, match=r"none\.csv"):
        load_source(tmp_path / "none.csv")
