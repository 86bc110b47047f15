"""The pool on this machine, with real children."""

import logging
import signal

import pytest

from tests.fake_readers import FACTORY, FAILING_FACTORY, FOLDER_VARIABLE, REFUSING_FACTORY, Script
from tests.job_builders import job_of, plain_settings
from worker.embedded import run_embedded
from worker.errors import ModelRefused, OutputNotWritable


@pytest.fixture
def script(tmp_path, monkeypatch):
    folder = tmp_path / "script"
    folder.mkdir()
    monkeypatch.setenv(FOLDER_VARIABLE, str(folder))
    return Script(folder)


def run(job, factory=FACTORY, **settings):
    done = []
    run_embedded(
        job,
        job.missing(),
        plain_settings(**{"jobs": 1, **settings}),
        lambda entry, record: done.append((entry.name, getattr(record, "code", "read"))),
        reader_factory=factory,
    )
    return done


def test_every_page_is_read_once_and_told_once(tmp_path, script):
    job = job_of(tmp_path, [31, 32, 33, 34, 35])
    assert sorted(run(job, jobs=2)) == [(f"{width}.png", "read") for width in range(31, 36)]
    assert all(len(script.begun(width)) == 1 for width in range(31, 36))
    assert job.progress().read == 5


def test_nothing_to_read_starts_nothing(tmp_path):
    job = job_of(tmp_path, [31])
    run_embedded(job, [], plain_settings(), lambda *_: None, reader_factory="no.such:reader")
    assert job.missing() == job.entries


def test_a_page_that_kills_its_process_every_time_is_given_up_and_the_others_are_read(tmp_path, script):
    job = job_of(tmp_path, [31, 32, 33])
    script.kill_reader_of(32)
    assert dict(run(job)) == {"31.png": "read", "32.png": "worker-lost", "33.png": "read"}
    assert len(script.begun(32)) == 3


def test_the_settings_say_how_often_a_page_is_tried(tmp_path, script):
    job = job_of(tmp_path, [31])
    script.kill_reader_of(31)
    run(job, max_attempts=1)
    assert len(script.begun(31)) == 1


def test_a_page_that_hangs_is_stopped_and_the_others_are_read(tmp_path, script):
    job = job_of(tmp_path, [31, 32])
    script.hold(31)
    done = run(job, task_soft_time_limit_s=1, task_time_limit_s=2)
    assert dict(done) == {"31.png": "time-limit", "32.png": "read"}


def test_a_refused_model_touches_no_page(tmp_path):
    job = job_of(tmp_path, [31, 32])
    with pytest.raises(ModelRefused):
        run(job, REFUSING_FACTORY)
    assert job.missing() == job.entries


def test_a_faulty_reader_stops_no_job(tmp_path):
    job = job_of(tmp_path, [31, 32])
    assert [code for _, code in run(job, FAILING_FACTORY)] == ["internal-error", "internal-error"]


def test_a_fault_is_explained_by_the_child_only_where_details_are_asked_for(tmp_path, capfd, caplog):
    run(job_of(tmp_path / "brief", [31]), FAILING_FACTORY)
    brief = capfd.readouterr().err
    caplog.set_level(logging.DEBUG, "worker")
    run(job_of(tmp_path / "at\nlength\x1b", [31]), FAILING_FACTORY)
    assert brief == ""
    said = capfd.readouterr().err
    assert "Traceback" in said
    assert all(line.isprintable() and line.startswith(("worker.", "  ")) for line in said.splitlines())


def test_a_folder_that_cannot_be_written_stops_the_run(tmp_path, script):
    job = job_of(tmp_path, [31, 32])
    missing = job.missing()
    job.pages.rmdir()
    job.pages.write_bytes(b"")
    with pytest.raises(OutputNotWritable):
        run_embedded(job, missing, plain_settings(jobs=1), lambda *_: None, reader_factory=FACTORY)


def test_an_interruption_keeps_what_is_done_and_the_rest_can_be_resumed(tmp_path, script):
    job = job_of(tmp_path, [31, 32, 33])
    script.hold(32)

    def interrupt(entry, record):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_embedded(job, job.entries, plain_settings(jobs=1), interrupt, reader_factory=FACTORY)
    assert job.read_record(job.entries[0].key) is not None
    script.release(32)
    assert [name for name, _ in run(job)] == ["32.png", "33.png"]
    assert len(script.begun(31)) == 1


def test_ctrl_c_in_the_middle_of_something_lets_it_be_finished_first(tmp_path, script):
    job = job_of(tmp_path, [31, 32])
    script.hold(32)
    told = []

    def on_done(entry, _record):
        signal.raise_signal(signal.SIGINT)
        told.append(entry.name)

    with pytest.raises(KeyboardInterrupt):
        run_embedded(job, job.entries, plain_settings(jobs=1), on_done, reader_factory=FACTORY)
    assert told == ["31.png"]
    assert [entry.name for entry in job.missing()] == ["32.png"]
