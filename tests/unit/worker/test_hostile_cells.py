"""File names that a spreadsheet would run, or follow: in every table they are text."""

import csv
import io
import zipfile

import pytest

from tests.fake_readers import number_record
from tests.job_builders import failed_record, page_file, read_record
from worker.failures import failed_page
from worker.jobs import Job, ReadOptions
from worker.spreadsheet_cells import original
from worker.tables import stream_results, write_tables

FORMULA = "cmd|' !A0"
BEGINNINGS = ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "'", "=HYPERLINK(", "{=", '"=']
LINKS = ["http:example.png", "mailto:a@b.png", "internal:Sheet1!A1.png", "external:c:x.xlsx#A1", "file:x.png"]
NAMES = [*(f"{start}{FORMULA}.png" for start in BEGINNINGS), *LINKS]
#: What makes a spreadsheet program calculate.
DANGEROUS = tuple("=+-@\t\r\n＝＋－＠")


@pytest.fixture
def job(tmp_path):
    """A job of pages with such names, of which every second one could not be read."""
    entries = [page_file(tmp_path / "scans", 20 + k, name) for k, name in enumerate(NAMES)]
    never = failed_page(path="=never.png", code="file-missing", message="=1+1 is missing")
    job = Job.create(tmp_path / "job", entries, [never], ReadOptions())
    for k, entry in enumerate(entries):
        record = (
            failed_record(entry, message="@SUM(1)") if k % 2 else read_record(entry, [number_record("007")])
        )
        job.write_record(entry.key, record)
    return job


def cells(text):
    return [cell for row in csv.reader(io.StringIO(text, newline="")) for cell in row]


@pytest.mark.parametrize("table", ["results.csv", "errors.csv"])
def test_no_cell_of_a_table_begins_as_a_formula_does(job, table):
    write_tables(job)
    text = (job.path / table).read_bytes().decode()

    found = cells(text)

    assert not [cell for cell in found if cell.startswith(DANGEROUS)]
    shown = {original(cell) for cell in found}
    assert {name for k, name in enumerate(NAMES) if k % 2 == (table == "errors.csv")} <= shown


@pytest.mark.parametrize("separator", [";", "\t"])
@pytest.mark.parametrize("table", ["results.csv", "errors.csv"])
def test_no_formula_behind_the_list_separator_of_another_country(tmp_path, table, separator):
    names = [f"x{separator}={FORMULA}{separator}.png", f'x"{separator}={FORMULA}.png', f"x,{separator}+1.png"]
    entries = [page_file(tmp_path / "scans", 60 + k, name) for k, name in enumerate(names)]
    job = Job.create(tmp_path / "job", entries, [], ReadOptions())
    for entry in entries:
        fails = table == "errors.csv"
        job.write_record(
            entry.key, failed_record(entry) if fails else read_record(entry, [number_record("007")])
        )
    write_tables(job)
    text = (job.path / table).read_bytes().decode()

    elsewhere = csv.reader(io.StringIO(text, newline=""), delimiter=separator)

    assert not [cell for row in elsewhere for cell in row if cell.startswith(DANGEROUS)]
    assert [row[0] for row in csv.reader(io.StringIO(text, newline=""))] == ["file", *names]


def test_rows_of_other_names_are_quoted_only_where_they_have_to_be(tmp_path):
    entries = [page_file(tmp_path / "scans", 80 + k, name) for k, name in enumerate(["a.png", "b;c.png"])]
    job = Job.create(tmp_path / "job", entries, [], ReadOptions())
    for entry in entries:
        job.write_record(entry.key, failed_record(entry, message="one; two"))
    write_tables(job)

    _, usual, quoted = (job.path / "errors.csv").read_bytes().decode().splitlines()

    assert usual == "a.png,1,truncated,one; two"
    assert quoted == '"b;c.png",1,"truncated","one; two"'


def test_no_cell_can_be_closed_from_within(job):
    out = io.BytesIO()
    stream_results(job, "csv", out)

    header, *rows = csv.reader(io.StringIO(out.getvalue().decode(), newline=""))

    assert {len(row) for row in rows} == {len(header)}


def test_a_workbook_holds_texts_and_neither_formulas_nor_links(job):
    out = io.BytesIO()
    stream_results(job, "xlsx", out)

    with zipfile.ZipFile(out) as book:
        parts = {name: book.read(name).decode() for name in book.namelist()}

    sheets = {name: text for name, text in parts.items() if "worksheets/" in name}
    assert len(sheets) == 2
    assert all("<f>" not in text and "<hyperlink" not in text for text in sheets.values())
    assert not [name for name in sheets if name.endswith(".rels")]
    assert not [name for name in parts if "external" in name or "vba" in name.lower()]
    assert all('TargetMode="External"' not in text for text in parts.values())
    assert any("http:example.png" in text for text in sheets.values())
