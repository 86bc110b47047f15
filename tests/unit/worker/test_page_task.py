import os

import pytest

from tests.builders import encoded, sample
from tests.fake_readers import (
    FACTORY,
    FAILING_FACTORY,
    FOLDER_VARIABLE,
    GREEDY_FACTORY,
    REFUSING_FACTORY,
    Script,
)
from tests.job_builders import job_of, page_file
from worker.errors import ModelRefused, OutputNotWritable
from worker.job_folder import ReadOptions
from worker.jobs import Job, PageEntry
from worker.page_task import process_page
from worker.records import FailedPage, ReadPage


@pytest.fixture
def script(tmp_path, monkeypatch):
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path))
    return Script(tmp_path)


def test_a_page_becomes_a_record_that_names_tool_model_and_source(tmp_path):
    job = job_of(tmp_path, [31])
    (entry,) = job.entries
    record = process_page(job, entry, attempt=1, reader_factory=FACTORY)
    assert isinstance(record, ReadPage)
    assert record.numbers[0].text == "00031"
    assert (record.source.width, record.source.height) == (31, 12)
    assert record.source.sha256 == entry.sha256
    assert record.model.id == "fake"
    assert [step.name for step in record.processing] == ["decode", "fake"]
    assert record.processing[0].settings == {"kind": "png", "orientation": 1}
    assert set(record.timings_s) == {"decode", "read", "total"}
    assert job.read_record(entry.key) == record


def test_a_page_that_is_done_is_not_read_again(tmp_path, script):
    job = job_of(tmp_path, [31])
    (entry,) = job.entries
    first = process_page(job, entry, attempt=1, reader_factory=FACTORY)
    assert process_page(job.path, entry, attempt=2, reader_factory=FACTORY) == first
    assert len(script.begun(31)) == 1


def missing(path):
    path.unlink()


def folder(path):
    path.unlink()
    path.mkdir()


def pipe(path):
    path.unlink()
    os.mkfifo(path)


def changed(path):
    path.write_bytes(path.read_bytes() + b"x")


def below_a_file(path):
    path.unlink()
    path.parent.rmdir()
    path.parent.write_bytes(b"")


@pytest.mark.parametrize(
    ("harm", "code"),
    [
        (missing, "file-missing"),
        (below_a_file, "file-missing"),
        (folder, "not-a-regular-file"),
        (pipe, "not-a-regular-file"),
        (changed, "file-changed"),
    ],
)
def test_what_is_wrong_with_the_file_is_recorded(tmp_path, harm, code):
    job = job_of(tmp_path, [31])
    (entry,) = job.entries
    harm(entry.file)
    record = process_page(job, entry, attempt=1, reader_factory=FACTORY)
    assert isinstance(record, FailedPage)
    assert record.code == code
    assert job.read_record(entry.key) == record


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_recorded(tmp_path):
    job = job_of(tmp_path, [31])
    job.entries[0].file.chmod(0)
    assert process_page(job, job.entries[0], attempt=1, reader_factory=FACTORY).code == "file-unreadable"


@pytest.mark.parametrize(
    ("data", "code"),
    [(b"", "empty-file"), (b"no picture", "not-an-image"), (None, "truncated")],
)
def test_what_the_decoder_says_is_recorded(tmp_path, data, code):
    entry = page_file(tmp_path, 31)
    entry.file.write_bytes(entry.file.read_bytes()[:-30] if data is None else data)
    entry = PageEntry.of(entry.file, name=entry.name)
    job = Job.create(tmp_path / "job", [entry], [], ReadOptions())
    assert process_page(job, entry, attempt=1, reader_factory=FACTORY).code == code


@pytest.mark.parametrize("limit", [{"max_file_bytes": 10}, {"max_image_pixels": 10}])
def test_limits_are_those_of_the_job(tmp_path, limit):
    job = job_of(tmp_path, [31], ReadOptions(**limit))
    assert process_page(job, job.entries[0], attempt=1, reader_factory=FACTORY).code == "too-large"


def test_a_fault_of_the_reader_is_recorded_on_one_line(tmp_path):
    job = job_of(tmp_path, [31])
    record = process_page(job, job.entries[0], attempt=1, reader_factory=FAILING_FACTORY)
    assert record.code == "internal-error"
    assert record.message == "ZeroDivisionError: division by zero in a reader"


def test_what_is_odd_about_a_file_is_a_warning_of_its_page(tmp_path):
    entry = page_file(tmp_path, 31)
    padded = encoded(sample(), "jpg")[:-2] + bytes(100) + b"\xff\xd9"
    entry.file.write_bytes(padded)
    entry = PageEntry.of(entry.file, name=entry.name)
    job = Job.create(tmp_path / "job", [entry], [], ReadOptions())
    (warning,) = process_page(job, entry, attempt=1, reader_factory=FACTORY).warnings
    assert warning.code == "odd-file"
    assert "last pixel" in warning.message


def test_a_page_that_takes_too_much_memory_is_recorded(tmp_path):
    job = job_of(tmp_path, [31])
    record = process_page(job, job.entries[0], attempt=1, reader_factory=GREEDY_FACTORY)
    assert record.code == "out-of-memory"
    assert "max_memory_mb" in record.message


def test_a_time_limit_in_mid_page_is_recorded(tmp_path):
    job = job_of(tmp_path, [31])
    record = process_page(
        job,
        job.entries[0],
        attempt=1,
        reader_factory=FAILING_FACTORY,
        time_limit_errors=(ZeroDivisionError,),
    )
    assert record.code == "time-limit"


def test_a_refused_model_concerns_all_pages_and_is_raised(tmp_path):
    job = job_of(tmp_path, [31])
    with pytest.raises(ModelRefused):
        process_page(job, job.entries[0], attempt=1, reader_factory=REFUSING_FACTORY)
    assert job.missing() == job.entries


def test_a_folder_that_cannot_be_written_is_raised(tmp_path):
    job = job_of(tmp_path, [31])
    job.pages.rmdir()
    job.pages.write_bytes(b"")
    with pytest.raises(OutputNotWritable, match="pages"):
        process_page(job, job.entries[0], attempt=1, reader_factory=FACTORY)


def test_overlay_and_crops_are_there_when_the_page_is_done(tmp_path):
    job = job_of(tmp_path, [31], ReadOptions(save_overlays=True, save_crops=True))
    (entry,) = job.entries
    process_page(job, entry, attempt=1, reader_factory=FACTORY)
    assert job.overlay_path(entry.key).read_bytes().startswith(b"\x89PNG")
    assert [path.suffix for path in job.crops_folder(entry.key).iterdir()] == [".png"]
