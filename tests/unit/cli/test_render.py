"""Results as lines."""

from types import SimpleNamespace

from cli.render import outcome_error, summary_line
from tests.job_builders import job_of
from worker.errors import PagesFailed
from worker.results import NumberCounts, PageCounts
from worker.tables import write_tables


def test_every_large_figure_of_the_summary_has_its_separators():
    summary = SimpleNamespace(
        pages=PageCounts(total=6000, read=3000, failed=2000, missing=1000, blank=0),
        numbers=NumberCounts(total=10000, accepted=1320, review=5680, rejected=2000, blank=1000),
    )

    assert summary_line(summary, 1.0) == (
        "6,000 pages: 3,000 read, 2,000 failed, 1,000 not read yet; "
        "10,000 numbers, 1,320 accepted, 5,680 review, 2,000 rejected, 1,000 blank; 1.0 s"
    )


def test_blank_pages_and_inputs_without_a_page_are_counted_apart():
    summary = SimpleNamespace(
        pages=PageCounts(total=15, read=12, failed=3, missing=0, blank=1),
        numbers=NumberCounts(total=1, accepted=1, review=0, rejected=0, blank=0),
    )

    assert summary_line(summary, 1.0, without_page=2) == (
        "13 pages: 11 read, 1 blank, 1 failed; 2 inputs led to no page; 1 number, 1 accepted, 0 review; 1.0 s"
    )


def test_pages_whose_files_are_gone_are_no_success(tmp_path):
    job = job_of(tmp_path / "job", [30, 40])
    error = outcome_error(job, write_tables(job), strict=False)
    assert isinstance(error, PagesFailed)
    assert "2 pages of 2 stand in no table" in error.message
    assert "resume" in error.remedy
