import csv
import io
import json
import zipfile
from xml.etree import ElementTree

import pytest

from tests.fake_readers import number_record
from tests.job_builders import failed_record, page_file, read_record
from worker.errors import UsageError
from worker.failures import failed_page
from worker.job_folder import ReadOptions
from worker.jobs import Job
from worker.records import Kind, Status
from worker.tables import stream_results, write_tables
from worker.workbook import write_workbook

HEADER = [
    "file",
    "page",
    "line",
    "number",
    "field",
    "text",
    "status",
    "confidence",
    "x",
    "y",
    "width",
    "height",
    "kind",
]
SPREADSHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


@pytest.fixture
def job(tmp_path):
    """Four pages, one of them failed and one missing, and an input that led to no page."""
    names = ["=1+1.png", "Zähler\n2.png", "3.png", "4.png"]
    entries = [page_file(tmp_path / "in", 31 + place, name) for place, name in enumerate(names)]
    gone = failed_page(path="+gone.png", code="file-missing", message="no such file")
    job = Job.create(tmp_path / "job", entries, [gone], ReadOptions())
    numbers = [
        number_record("007", field_name="=cmd"),
        number_record("1?", number=2, status=Status.REVIEW, confidence=0.123456789, kind=Kind.PRINTED),
    ]
    job.write_record(entries[1].key, read_record(entries[1]))
    job.write_record(entries[0].key, read_record(entries[0], numbers))
    job.write_record(entries[2].key, failed_record(entries[2]))
    return job


def rows(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8"), newline=""), strict=True))


def streamed(job, format_):
    out = io.BytesIO()
    stream_results(job, format_, out)
    assert not out.closed
    return out.getvalue()


def test_the_table_has_its_columns_order_and_harmless_cells(job):
    write_tables(job)
    assert rows((job.path / "results.csv").read_bytes()) == [
        HEADER,
        ["'=1+1.png", "1", "1", "1", "'=cmd", "007", "accepted", "0.99", "0", "0", "20", "10", ""],
        ["'=1+1.png", "1", "1", "2", "", "1?", "review", "0.123457", "0", "0", "20", "10", "printed"],
    ]


def test_lines_end_as_rfc_4180_wants_it_and_there_is_no_mark_at_the_beginning(job):
    data = streamed(job, "csv")
    assert data.startswith(b"file,page,")
    assert data.count(b"\r\n") == 3


def test_errors_hold_failed_pages_and_then_inputs_without_a_page(job):
    write_tables(job)
    assert rows((job.path / "errors.csv").read_bytes()) == [
        ["file", "page", "code", "message"],
        ["3.png", "1", "truncated", "it ends early"],
        ["'+gone.png", "1", "file-missing", "no such file"],
    ]


def test_a_line_break_in_a_name_stays_in_its_cell(job):
    entry = job.entries[1]
    job.write_record(entry.key, read_record(entry, [number_record("12")]))
    assert rows(streamed(job, "csv"))[3][0] == "Zähler\n2.png"


def test_the_summary_counts_pages_numbers_and_digits(job):
    summary = write_tables(job)
    assert summary.pages.model_dump() == {"total": 5, "read": 2, "failed": 2, "missing": 1, "blank": 1}
    assert summary.numbers.model_dump() == {
        "total": 2,
        "accepted": 1,
        "review": 1,
        "rejected": 0,
        "blank": 0,
        "printed_left_out": 0,
        "passed_over": 0,
    }
    assert summary.digits == 5
    assert summary.seconds == 0.5
    assert [model.id for model in summary.models] == ["fake"]
    assert json.loads((job.path / "summary.json").read_text()) == summary.model_dump(mode="json")


def test_results_json_holds_all_detail_in_input_order(job):
    write_tables(job)
    results = json.loads((job.path / "results.json").read_text("utf-8"))
    assert [page["file"] for page in results["pages"]] == ["=1+1.png", "Zähler\n2.png", "3.png", "+gone.png"]
    assert [page["record"]["outcome"] for page in results["pages"]] == ["read", "read", "failed", "failed"]
    assert results["pages"][0]["record"]["numbers"][0]["text"] == "007"
    assert (job.path / "results.json").read_bytes() == streamed(job, "json")


def test_jsonl_has_one_page_a_line(job):
    lines = streamed(job, "jsonl").splitlines()
    pages = json.loads(streamed(job, "json"))["pages"]
    assert [json.loads(line) for line in lines] == pages


def test_a_job_without_pages_gives_tables_with_heads_only(tmp_path):
    job = Job.create(tmp_path / "job", [], [], ReadOptions())
    write_tables(job)
    assert rows((job.path / "results.csv").read_bytes()) == [HEADER]
    assert json.loads((job.path / "results.json").read_text())["pages"] == []


def test_an_unknown_format_is_refused(job):
    with pytest.raises(UsageError, match="pdf"):
        stream_results(job, "pdf", io.BytesIO())


def sheets(data: bytes) -> dict[str, list[list[str]]]:
    """Read a workbook with inline strings, and refuse formulas."""
    found = {}
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
        for place, sheet in enumerate(book.iter(f"{SPREADSHEET}sheet"), start=1):
            root = ElementTree.fromstring(archive.read(f"xl/worksheets/sheet{place}.xml"))
            assert root.find(f".//{SPREADSHEET}f") is None
            found[sheet.get("name")] = [
                ["".join(cell.itertext()) for cell in row] for row in root.iter(f"{SPREADSHEET}row")
            ]
    return found


def test_the_workbook_keeps_text_as_text_and_has_no_formulas(job):
    found = sheets(streamed(job, "xlsx"))
    assert list(found) == ["numbers", "errors"]
    assert found["numbers"][0] == HEADER
    assert found["numbers"][1][:6] == ["'=1+1.png", "1", "1", "1", "'=cmd", "007"]
    assert [row[2] for row in found["errors"]] == ["code", "truncated", "file-missing"]


def test_a_full_sheet_is_continued_on_the_next(job):
    from worker.results import page_results

    out = io.BytesIO()
    write_workbook(page_results(job), out, rows_per_sheet=2)
    found = sheets(out.getvalue())
    assert [row[5] for row in found["numbers"][1:] + found["numbers 2"][1:]] == ["007", "1?"]
    assert found["numbers 2"][0] == HEADER


@pytest.mark.parametrize("confidence", [0.986983, 0.97, 1.0, 0.0])
def test_the_workbook_has_the_figures_of_the_table(tmp_path, confidence):
    entry = page_file(tmp_path / "in", 31, "1.png")
    job = Job.create(tmp_path / "job", [entry], [], ReadOptions())
    job.write_record(entry.key, read_record(entry, [number_record("42", confidence=confidence)]))

    assert sheets(streamed(job, "xlsx"))["numbers"][1][7] == rows(streamed(job, "csv"))[1][7]
