"""Which page of a job a truth speaks of."""

import pytest

from tests.job_builders import page_file
from worker.errors import NoUsableInput
from worker.failures import failed_page
from worker.job_folder import ReadOptions
from worker.jobs import Job, PageEntry
from worker.truth import truth_of_job
from worker.truth_page import TruthPage


@pytest.fixture
def job(tmp_path):
    """A job of a/1.png, b/1.png, a document of two pages, and a file that led to no page."""
    files = [page_file(tmp_path / folder, 20, "1.png") for folder in "ab"]
    document = [PageEntry.of(tmp_path / "c" / "two.tif", name="c/two.tif", page=page) for page in (1, 2)]
    broken = failed_page(path=str(tmp_path / "c" / "broken.pdf"), page=1, code="truncated", message="short")
    return Job.create(tmp_path / "job", [*files, *document], [broken], ReadOptions())


def truth(*files):
    """Return pages named by file, or by file and page."""
    return [
        TruthPage((("1",),), *((file, None) if isinstance(file, str) else file), place=f"row {row}")
        for row, file in enumerate(files, start=1)
    ]


def found(job, *files):
    """Return the truth's place for each page of the job."""
    beside = truth_of_job(job, truth(*files))
    return [beside.of_key.get(entry.key) for entry in job.entries]


def test_files_are_found_by_the_end_of_their_path(job, tmp_path):
    assert found(job, "b/1.png", "./a/1.png") == [1, 0, None, None]
    assert found(job, str(tmp_path / "a" / "1.png")) == [0, None, None, None]
    assert found(job, "../b/1.png") == [None, 0, None, None]


def test_a_file_of_another_folder_is_found_by_its_name_where_there_is_one_only(job):
    assert found(job, "/elsewhere/two.tif") == [None, None, 0, 0]
    with pytest.raises(NoUsableInput, match="no page of the truth is one of the job"):
        found(job, "/elsewhere/two.tif", "/other/two.tif")


def test_what_may_be_several_files_is_refused(job):
    with pytest.raises(NoUsableInput, match=r"row 1: 1\.png may be any of 2 files of the job"):
        found(job, "1.png")


def test_pages_of_a_file_and_a_file_as_a_whole(job):
    assert found(job, ("two.tif", 2), ("two.tif", 1)) == [None, None, 1, 0]
    assert found(job, "two.tif") == [None, None, 0, 0]


@pytest.mark.parametrize("again", ["c/two.tif", ("c/two.tif", 1), ("two.tif", 2)])
def test_two_truths_of_one_page_are_refused(job, again):
    first = "two.tif" if again != "c/two.tif" else ("two.tif", 1)
    with pytest.raises(NoUsableInput, match=r"row 2: .*two\.tif.* of which the truth tells above"):
        found(job, first, again)


def test_what_one_of_both_does_not_have_is_told(job):
    beside = truth_of_job(job, truth("a/1.png", "unknown.png", ("two.tif", 3), "broken.pdf"))
    assert beside.not_in_job == (1, 2)
    assert beside.never_pages == {3}
    assert beside.not_in_truth == ("1.png, page 1", "c/two.tif, page 1", "c/two.tif, page 2")


def test_a_truth_of_another_job_is_refused(job):
    with pytest.raises(NoUsableInput, match=r"the first of it is unknown\.png"):
        truth_of_job(job, truth("unknown.png", ("two.tif", 3)))
