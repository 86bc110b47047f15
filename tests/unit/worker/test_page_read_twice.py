"""A page that two read at once, or whose job is replaced while it is read: what becomes of the slower one."""

import errno

import pytest

from tests.fake_readers import MODEL, FakeReader
from tests.job_builders import failed_record, job_of, read_record
from worker.job_folder import ReadOptions
from worker.jobs import Job
from worker.no_job import JobReplaced
from worker.page_task import process_page
from worker.records import ReadPage


class TimeIsUp(Exception):
    """Stands for that of a queue."""


@pytest.fixture
def read_slowly(monkeypatch):
    """Read a page; when it is nearly done, something happens, and then the reader fails, if it is to."""

    def read(job, meanwhile, error=None):
        class Slow:
            model = MODEL

            def read_page(self, page, **options):
                meanwhile()
                if error is not None:
                    raise error
                return FakeReader().read_page(page, **options)

        monkeypatch.setattr("worker.page_task.get_reader", lambda *_: Slow())
        return process_page(job.path, job.entries[0], attempt=1, time_limit_errors=(TimeIsUp,))

    return read


FAILURES = [
    pytest.param(TimeIsUp(), id="out of time"),
    pytest.param(MemoryError(), id="out of memory"),
    pytest.param(OSError(errno.EMFILE, "too many open files"), id="out of files"),
]


@pytest.mark.parametrize("failure", FAILURES)
def test_a_page_that_was_read_by_another_meanwhile_stays_read(failure, tmp_path, read_slowly):
    job = job_of(tmp_path, [31])
    (entry,) = job.entries
    reading = read_record(entry)
    assert read_slowly(job, lambda: job.write_record(entry.key, reading), failure) == reading
    assert job.read_record(entry.key) == reading


def test_a_page_that_failed_elsewhere_meanwhile_is_read_all_the_same(tmp_path, read_slowly):
    job = job_of(tmp_path, [31])
    (entry,) = job.entries
    record = read_slowly(job, lambda: job.write_record(entry.key, failed_record(entry)))
    assert isinstance(record, ReadPage)
    assert job.read_record(entry.key) == record


def test_a_failure_takes_the_place_of_a_file_that_is_no_result(tmp_path, read_slowly):
    job = job_of(tmp_path, [31])
    path = job.record_path(job.entries[0].key)
    record = read_slowly(job, lambda: path.write_bytes(b"half a rec"), MemoryError())
    assert record.code == "out-of-memory"
    assert job.read_record(job.entries[0].key) == record


def replace(job):
    """Have another job in the folder, as `submit --force` does."""
    job.path.rename(job.path.with_name("job.replaced-1"))
    return Job.create(job.path, job.entries, [], ReadOptions(pdf_dpi=100))


@pytest.mark.parametrize("failure", [*FAILURES, pytest.param(None, id="read")])
def test_what_came_of_a_page_of_a_replaced_job_is_none_of_the_new_one(failure, tmp_path, read_slowly):
    job = job_of(tmp_path, [31])
    with pytest.raises(JobReplaced, match="another job has come into"):
        read_slowly(job, lambda: replace(job), failure)
    assert Job.open(job.path).missing() == job.entries
