"""Reading failed pages again: those and no others, with all attempts, and without losing the failure."""

import csv
import json

import pytest

import worker.embedded
from tests.fake_readers import FACTORY, PATIENCE_S, wait_until
from tests.job_builders import failed_record, job_of, page_file, read_record
from worker.embedded import run_embedded
from worker.failures import failed_page
from worker.job_folder import ReadOptions
from worker.job_status import JobWatcher
from worker.jobs import Job
from worker.queue import enqueue
from worker.records import FailedPage, ReadPage
from worker.retrying import failed_entries, set_failures_aside
from worker.tables import tables_hold_all, write_tables
from worker.waiting import wait_for


@pytest.fixture
def fake_reader(monkeypatch, script):
    """Read in this process's pool with the fake reader."""
    monkeypatch.setenv("FAKE_READER_FOLDER", str(script.folder))

    def run(*args):
        run_embedded(*args, reader_factory=FACTORY)

    monkeypatch.setattr(worker.embedded, "run_embedded", run)


@pytest.fixture
def half_failed(tmp_path):
    """Return a job of four pages: one is read, two have failed, one was never begun."""
    job = job_of(tmp_path, [31, 32, 33, 34])
    first, second, third, _ = job.entries
    job.write_record(first.key, read_record(first))
    job.write_record(second.key, failed_record(second, "worker-lost", "lost 3 times"))
    job.write_record(third.key, failed_record(third, "time-limit", "took too long"))
    return job


def errors_of(job):
    with (job.path / "errors.csv").open(newline="", encoding="utf-8") as stream:
        return [(row["file"], row["code"]) for row in csv.DictReader(stream)]


def test_only_failed_pages_are_read_again(half_failed, digitize, script, fake_reader):
    before = half_failed.record_path(half_failed.entries[0].key).read_bytes()

    result = digitize("retry", half_failed.path, "--failed", "-j", "1")

    assert "2 of 4 pages to read again" in result.stderr
    assert "1 other page not read yet, which a retry does not read" in result.stderr
    assert [len(script.begun(width)) for width in (31, 32, 33, 34)] == [0, 1, 1, 0]
    assert half_failed.record_path(half_failed.entries[0].key).read_bytes() == before
    assert half_failed.missing() == half_failed.entries[3:]
    assert errors_of(half_failed) == []
    assert list(half_failed.pages.glob("*.failed")) == []
    assert (result.exit_code, "1 page of 4 stand in no table" in result.stderr) == (3, True)


def test_a_page_that_fails_again_is_recorded_anew(tmp_path, digitize, fake_reader):
    job = job_of(tmp_path, [31])
    (entry,) = job.entries
    entry.file.write_bytes(b"another file by now")
    job.write_record(entry.key, failed_record(entry, "file-missing", "no such file"))

    result = digitize("retry", job.path)

    assert result.exit_code == 3
    assert errors_of(job) == [("31.png", "file-changed")]


def test_nothing_failed_nothing_is_read(tmp_path, digitize, script, fake_reader):
    job = job_of(tmp_path, [31])
    job.write_record(job.entries[0].key, read_record(job.entries[0]))

    result = digitize("retry", job.path)

    assert result.exit_code == 0
    assert "0 of 1 page to read again" in result.stderr
    assert script.begun(31) == []


def test_the_failure_is_kept_until_the_page_is_read_however_long_that_takes(half_failed, digitize, script):
    entries = set_failures_aside(half_failed, failed_entries(half_failed))
    write_tables(half_failed)

    assert [entry.name for entry in entries] == ["32.png", "33.png"]
    assert errors_of(half_failed) == [("32.png", "worker-lost"), ("33.png", "time-limit")]
    assert not tables_hold_all(half_failed)
    told = json.loads(digitize("status", half_failed.path, "--json").stdout)
    assert (told["read"], told["failed"], told["missing"]) == (1, 0, 3)
    assert [(each["code"], each["waits"]) for each in told["failures"]] == [
        ("worker-lost", True),
        ("time-limit", True),
    ]
    # Whoever asks again means them still, and a record of the page ends it.
    assert failed_entries(half_failed) == entries
    half_failed.write_record(entries[0].key, read_record(entries[0]))
    assert failed_entries(half_failed) == entries[1:]
    write_tables(half_failed)
    assert errors_of(half_failed) == [("33.png", "time-limit")]


def test_a_page_that_was_read_in_the_meantime_is_not_taken_for_failed(half_failed):
    entries = failed_entries(half_failed)
    half_failed.write_record(entries[0].key, read_record(entries[0]))

    assert set_failures_aside(half_failed, entries) == entries[1:]
    assert isinstance(half_failed.read_record(entries[0].key), ReadPage)


def test_a_watcher_sees_a_failed_page_wait_and_fail_again(half_failed):
    watcher = JobWatcher(half_failed)
    assert {failure.code for failure in watcher.look().failed_now} == {"worker-lost", "time-limit"}
    assert watcher.look().failed_now == ()

    (entry, _) = set_failures_aside(half_failed, failed_entries(half_failed))
    assert watcher.look().progress.missing == 3
    assert [failure.waits for failure in watcher.failures()] == [True, True]

    half_failed.write_record(entry.key, failed_record(entry, "worker-lost", "lost 3 times"))
    assert [failure.code for failure in watcher.look().failed_now] == ["worker-lost"]


def test_a_retry_that_is_killed_is_gone_on_with_by_resume(tmp_path, script, start):
    job = job_of(tmp_path, [31, 32])
    for entry in job.entries:
        job.write_record(entry.key, failed_record(entry))
    script.hold(31)
    retry = start("retry", "job", "-j", 1)
    wait_until(lambda: script.begun(31), "the first page was begun")
    retry.kill()
    script.release(31)

    assert [entry.name for entry in failed_entries(job)] == ["31.png", "32.png"]
    resumed = start("resume", "job", "-j", 1)

    assert resumed.ends() == 0, resumed.stderr
    assert job.progress().read == 2
    assert failed_entries(job) == ()


@pytest.mark.redis
def test_a_page_that_was_given_up_has_all_its_attempts_again(tmp_path, settings, script, start_worker):
    job = job_of(tmp_path, [31, 32])
    script.kill_reader_of(31)
    enqueue(job, job.entries, settings)
    start_worker(settings)
    wait_for(job, settings, timeout_s=PATIENCE_S, on_progress=lambda _: None, on_warning=lambda _: None)
    lost = job.read_record(job.entries[0].key)
    assert isinstance(lost, FailedPage)
    assert (lost.code, len(script.begun(31))) == ("worker-lost", 3)

    again = set_failures_aside(job, failed_entries(job))
    enqueue(job, again, settings)
    wait_for(
        job,
        settings,
        entries=again,
        timeout_s=PATIENCE_S,
        on_progress=lambda _: None,
        on_warning=lambda _: None,
    )

    assert len(script.begun(31)) == 6
    assert len(script.begun(32)) == 1
    script.stop_killing(31)
    enqueue(job, set_failures_aside(job, failed_entries(job)), settings)
    wait_for(job, settings, timeout_s=PATIENCE_S, on_progress=lambda _: None, on_warning=lambda _: None)
    assert job.progress().read == 2


@pytest.mark.parametrize(
    ("names", "told"),
    [(["a"], "1 input led to no page; mend it"), (["a", "b"], "2 inputs led to no page; mend them")],
)
def test_inputs_that_led_to_no_page_are_to_be_submitted_again(tmp_path, digitize, names, told):
    failures = [failed_page(path=name, code="not-an-image", message="it is no image") for name in names]
    job = Job.create(tmp_path / "job", [page_file(tmp_path, 31)], failures, ReadOptions())
    job.write_record(job.entries[0].key, read_record(job.entries[0]))

    them = told.rpartition(" ")[2]
    assert f"{told}, and submit {them} again\n" in digitize("retry", job.path).stderr
