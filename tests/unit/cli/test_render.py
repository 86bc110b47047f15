"""Results as lines."""

from types import SimpleNamespace

import pytest

from cli.render import outcome_error, summary_line
from tests.job_builders import failed_record, job_of, page_file, read_record
from worker.acceptance_summary import AcceptanceRecord
from worker.errors import PagesFailed
from worker.failures import failed_page
from worker.job_folder import ReadOptions
from worker.jobs import Job
from worker.results import NumberCounts, PageCounts
from worker.tables import write_tables


def test_every_large_figure_of_the_summary_has_its_separators():
    summary = SimpleNamespace(
        pages=PageCounts(total=6000, read=3000, failed=2000, missing=1000, blank=0),
        numbers=NumberCounts(total=10000, accepted=1320, review=5680, rejected=2000, blank=1000),
        acceptance=AcceptanceRecord(),
    )

    assert summary_line(summary, 1.0) == (
        "6,000 pages: 3,000 read, 2,000 failed, 1,000 not read yet; "
        "10,000 numbers, 1,320 accepted, 5,680 review, 2,000 rejected, 1,000 blank; 1.0 s"
    )


def test_blank_pages_and_inputs_without_a_page_are_counted_apart():
    summary = SimpleNamespace(
        pages=PageCounts(total=15, read=12, failed=3, missing=0, blank=1),
        numbers=NumberCounts(total=1, accepted=1, review=0, rejected=0, blank=0),
        acceptance=AcceptanceRecord(),
    )

    assert summary_line(summary, 1.0, without_page=2) == (
        "13 pages: 11 read, 1 blank, 1 failed; 2 inputs led to no page; 1 number, 1 accepted, 0 review; 1.0 s"
    )


def test_what_was_left_out_is_told_behind_what_is_there():
    summary = SimpleNamespace(
        pages=PageCounts(total=1, read=1, failed=0, missing=0, blank=0),
        numbers=NumberCounts(total=1, accepted=1, review=0, rejected=0, blank=0, printed_left_out=1200),
        acceptance=AcceptanceRecord(),
    )
    assert "; 1 number, 1 accepted, 0 review, 1,200 printed left out; " in summary_line(summary, 1.0)


@pytest.mark.parametrize(
    ("acceptance", "told"),
    [
        ({"expected_error_rate": 0.0042}, "4.2 in 1,000"),
        ({"expected_error_rate": 0.0, "thresholds": (0.99,)}, "0 in 1,000 (accepted from 0.99)"),
        (
            {"expected_error_rate": 0.0004, "thresholds": (0.997, 0.9985), "max_error_rate": 0.001},
            "0.4 in 1,000 (accepted from 0.997 or 0.9985, at most 1 in 1,000 asked for)",
        ),
    ],
)
def test_what_to_expect_of_the_accepted_is_told_with_what_decided(acceptance, told):
    summary = SimpleNamespace(
        pages=PageCounts(total=1, read=1, failed=0, missing=0, blank=0),
        numbers=NumberCounts(total=2, accepted=1, review=1, rejected=0, blank=0),
        acceptance=AcceptanceRecord(**acceptance),
    )
    assert summary_line(summary, 1.0) == (
        "1 page: 1 read, 0 failed; 2 numbers, 1 accepted, 1 review; "
        f"expected wrong among the accepted: {told}; 1.0 s"
    )


def test_pages_whose_files_are_gone_are_no_success(tmp_path):
    job = job_of(tmp_path / "a job", [30, 40])
    error = outcome_error(job, write_tables(job), strict=False)
    assert isinstance(error, PagesFailed)
    assert "2 pages of 2 stand in no table" in error.message
    assert f"`digitize resume '{job.path}'`" in error.remedy
    assert "resume" in error.remedy


def test_what_helps_a_page_that_failed_is_a_retry_or_another_submit(tmp_path):
    job = job_of(tmp_path / "a job", [30])
    job.write_record(job.entries[0].key, failed_record(job.entries[0]))
    error = outcome_error(job, write_tables(job), strict=False)
    assert f"`digitize retry '{job.path}'`" in error.remedy
    assert "a file that was mended or changed has to be submitted again" in error.remedy


def test_an_input_that_led_to_no_page_is_nothing_for_a_retry(tmp_path):
    entry = page_file(tmp_path, 30)
    failure = failed_page(path="bad.png", code="not-an-image", message="it is no image")
    job = Job.create(tmp_path / "job", [entry], [failure], ReadOptions())
    job.write_record(entry.key, read_record(entry))
    error = outcome_error(job, write_tables(job), strict=False)
    assert error.message == "1 input led to no page"
    assert "submit those files again once they are mended" in error.remedy
    assert "digitize retry" not in error.remedy
