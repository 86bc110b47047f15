"""What people corrected in a job becomes digits: cut out again, labelled, whole files on one side."""

import csv
import hashlib
import shutil

import cv2
import numpy as np
import pytest

from model.classify import Classifier
from model.contract import to_batch
from model.errors import DataInvalid
from model.synth.digits import DigitSource
from model.synth.page import make_page
from worker.corrections import load_corrections
from worker.errors import UsageError
from worker.job_folder import CORRECTIONS
from worker.jobs import Job, PageEntry, ReadOptions
from worker.page_task import process_page

HEAD = ["file", "page", "line", "number", "text"]


@pytest.fixture(scope="module")
def read_job(tmp_path_factory):
    """A job of three pages in three files that the shipped model read."""
    folder = tmp_path_factory.mktemp("read")
    entries = []
    for seed in range(3):
        path = folder / f"{seed}.png"
        page = make_page(np.random.default_rng(seed), DigitSource.builtin(), "clean")
        cv2.imwrite(str(path), page.grey)
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        entries.append(PageEntry.of(path, name=path.name, sha256=digest))
    job = Job.create(folder / "job", entries, [], ReadOptions())
    for entry in entries:
        process_page(job, entry, attempt=1)
    return job


@pytest.fixture
def job(read_job, tmp_path):
    shutil.copytree(read_job.path, tmp_path / "job")
    return Job.open(tmp_path / "job")


def rows_of(job):
    """One row for each number, with what was read in it."""
    return [
        [entry.name, 1, number.line, number.number, number.text]
        for entry, record in job.records()
        for number in record.numbers
    ]


def write(job, rows, head=HEAD, delimiter=","):
    with (job.path / CORRECTIONS).open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream, delimiter=delimiter).writerows([head, *rows])


def sure(rows):
    return [row for row in rows if "?" not in row[4]]


def count(rows):
    return sum(len(row[4]) for row in rows)


def everything(digits):
    images = np.concatenate([digits.train_images, digits.test_images])
    return images, np.concatenate([digits.train_labels, digits.test_labels])


def test_the_digits_are_the_glyphs_that_were_read(job):
    rows = sure(rows_of(job))
    write(job, rows)

    digits = load_corrections(job.path, [].append)

    images, labels = everything(digits)
    assert len(labels) == count(rows) > 60
    answers = Classifier.load().predict(to_batch(images)).argmax(axis=1)
    # Beside its neighbours a digit may be read as its second best.
    assert (answers == labels).mean() > 0.97


def test_the_label_is_what_the_person_says(job):
    row = next(row for row in rows_of(job) if len(row[4]) >= 2)
    said = "".join(str((int(c) + 1) % 10) for c in row[4].replace("?", "0"))
    write(job, [[*row[:4], said]])

    digits = load_corrections(job.path, [].append)

    assert digits.train_labels.tolist() == [int(c) for c in said]


def test_a_file_is_on_one_side_as_a_whole(job):
    rows = sure(rows_of(job))
    write(job, rows)

    digits = load_corrections(job.path, [].append)

    trained = set(digits.train_groups)
    judged = {entry.name for entry in job.entries if entry.sha256 not in trained}
    assert trained < {entry.sha256 for entry in job.entries}
    assert len(digits.test_labels) == count([row for row in rows if row[0] in judged]) > 0
    assert len(digits.train_labels) == count([row for row in rows if row[0] not in judged]) > 0


def test_of_a_single_file_nothing_is_held_out_and_that_is_told(job):
    said = []
    write(job, [row for row in sure(rows_of(job)) if row[0] == "0.png"])

    digits = load_corrections(job.path, said.append)

    assert len(digits.test_labels) == 0
    assert said[-1].endswith("0 to judge by: they are all of one file, which is not parted")


def test_separators_are_no_digits_and_an_unknown_digit_has_no_label(job):
    row = next(row for row in sure(rows_of(job)) if len(row[4]) >= 3)
    text = row[4]
    write(job, [[*row[:4], f"{text[0]},{text[1:-1]}?"]])

    digits = load_corrections(job.path, [].append)

    assert digits.train_labels.tolist() == [int(c) for c in text[:-1]]


def test_a_number_of_other_length_is_counted_and_passed_over(job):
    rows = sure(rows_of(job))
    rows[3][4] += "7"
    said = []
    write(job, rows)

    digits = load_corrections(job.path, said.append)

    assert len(everything(digits)[1]) == count(rows) - len(rows[3][4])
    assert any("1 numbers passed over: they have other digits than were cut out" in line for line in said)


def test_a_page_that_is_another_by_now_is_passed_over(job):
    rows = sure(rows_of(job))
    entry = job.entries[0]
    kept = entry.file.read_bytes()
    said = []
    write(job, rows)
    try:
        entry.file.write_bytes(kept + b"more")
        digits = load_corrections(job.path, said.append)
    finally:
        entry.file.write_bytes(kept)

    assert len(everything(digits)[1]) == count([row for row in rows if row[0] != "0.png"])
    assert any("0.png: the file is not the one that was submitted" in line for line in said)


@pytest.fixture
def unvouched(read_job, tmp_path):
    """The first page's job, as it is where the files were not hashed when they were submitted."""
    first = read_job.entries[0]
    path = tmp_path / first.name
    shutil.copy(first.file, path)
    entry = PageEntry.of(path, name=path.name)
    job = Job.create(tmp_path / "job", [entry], [], ReadOptions())
    record = read_job.read_record(first.key)
    source = record.source.model_copy(update={"path": entry.path})
    job.write_record(entry.key, record.model_copy(update={"source": source}))
    return job


def test_a_page_whose_file_changed_since_it_was_read_is_passed_over(unvouched):
    rows = sure(rows_of(unvouched))
    said = []
    write(unvouched, rows)
    assert len(load_corrections(unvouched.path, said.append).train_labels) == count(rows)
    assert not any("passed over" in line for line in said)

    # Behind its end a picture may hold anything: it is the same to look at, and another file.
    with unvouched.entries[0].file.open("ab") as stream:
        stream.write(b"more")

    with pytest.raises(DataInvalid, match="none of the numbers gives digits"):
        load_corrections(unvouched.path, said.append)
    reason = f"{len(rows)} numbers passed over: 0.png: the file is not the one that was read"
    assert any(line.endswith(reason) for line in said)


@pytest.mark.parametrize(("left_out", "taken"), [(0.1, True), (0.4, False)])
def test_a_digit_is_found_again_where_its_box_is_nearly_the_same(job, left_out, taken):
    entry = job.entries[0]
    record = job.read_record(entry.key)
    number = next(number for number in record.numbers if "?" not in number.text)
    box = number.digits[0].box
    height = round(box.height * (1 - left_out))
    digit = number.digits[0].model_copy(update={"box": box.model_copy(update={"height": height})})
    changed = number.model_copy(update={"digits": (digit, *number.digits[1:])})
    job.write_record(entry.key, record.model_copy(update={"numbers": (changed,)}))
    said = []
    write(job, [[entry.name, 1, number.line, number.number, number.text]])

    if taken:
        labels = load_corrections(job.path, said.append).train_labels
        assert labels.tolist() == [int(c) for c in number.text]
    else:
        with pytest.raises(DataInvalid, match="none of the numbers gives digits"):
            load_corrections(job.path, said.append)
    assert any("they are cut otherwise by now" in line for line in said) is not taken


def test_a_page_that_is_cut_otherwise_by_now_gives_nothing(job):
    entry = job.entries[0]
    path = job.record_path(entry.key)
    record = job.read_record(entry.key)
    number = record.numbers[0]
    moved = number.digits[0].model_copy(
        update={"box": number.digits[0].box.model_copy(update={"x": 0, "y": 0, "width": 3, "height": 3})}
    )
    changed = number.model_copy(update={"digits": (moved, *number.digits[1:])})
    path.write_text(record.model_copy(update={"numbers": (changed,)}).model_dump_json() + "\n")
    said = []
    write(job, [[entry.name, 1, number.line, number.number, number.text.replace("?", "1")]])

    with pytest.raises(DataInvalid, match="none of the numbers gives digits"):
        load_corrections(job.path, said.append)
    assert any("they are cut otherwise by now" in line for line in said)


def test_semicolons_and_other_columns_are_taken(job):
    rows = sure(rows_of(job))
    write(job, [[*row, "accepted"] for row in rows], [*HEAD, "status"], delimiter=";")

    assert len(everything(load_corrections(job.path, [].append))[1]) == count(rows)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (["none.png", 1, 1, 1, "7"], "row 3: no page of the job called 'none.png', page 1"),
        (["0.png", 2, 1, 1, "7"], "row 3: no page of the job called '0.png', page 2"),
        (["0.png", 1, 99, 1, "7"], "row 3: the page has no number 1 in line 99"),
        (["0.png", 1, "one", 1, "7"], "row 3: line is a whole number from 1. Received: 'one'"),
        (["0.png", 1, 1, 0, "7"], "row 3: number is a whole number from 1. Received: '0'"),
        (["0.png", 1, 1, 2, "7a"], "row 3: a text has digits, .*Received: '7a'"),
        (["0.png", 1, 1, 1, "7"], "row 3: this number stands in row 2, too"),
        (["0.png", 1, 1, 1], "row 3: 4 cells where there are 5 columns"),
    ],
)
def test_a_row_that_is_wrong_is_named(job, row, said):
    first = next(row for row in sure(rows_of(job)) if row[:4] == ["0.png", 1, 1, 1])
    write(job, [first, row])

    with pytest.raises(DataInvalid, match=rf"corrections\.csv, {said}"):
        load_corrections(job.path, [].append)


def test_a_job_without_corrections_is_told(job):
    with pytest.raises(DataInvalid, match=r"job holds no corrections: there is no corrections\.csv"):
        load_corrections(job.path, [].append)


def test_a_table_without_its_columns_is_told(job):
    write(job, [], ["file", "text"])

    with pytest.raises(
        DataInvalid, match=r"corrections\.csv: a column page is needed once; found file, text"
    ):
        load_corrections(job.path, [].append)


def test_a_folder_that_is_no_job_is_told(tmp_path):
    with pytest.raises(UsageError, match="job"):
        load_corrections(tmp_path, [].append)
