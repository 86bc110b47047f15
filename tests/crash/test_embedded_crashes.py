"""The pool without a server, broken in the middle of a job; `resume` goes on with what is missing."""

import os
import resource
import signal

import pytest

from tests.crash.traces import assert_as_if_nothing_had_happened, codes_of, processes_of
from tests.fake_readers import PATIENCE_S, wait_until
from tests.job_builders import page_file
from worker.jobs import Job

WIDTHS = list(range(31, 41))


@pytest.fixture(autouse=True)
def _scans(tmp_path):
    for width in WIDTHS:
        page_file(tmp_path / "scans", width)


@pytest.fixture
def submit(program):
    def start(*options, **variables):
        return program("submit", "scans", "-o", "job", "-j", 2, *options, **variables)

    return start


@pytest.fixture
def resume(program, tmp_path):
    """Go on with the job, and look at what came of it."""

    def run(code=0, failed=None):
        process = program("resume", "job", "-j", 2)
        _, errors = process.communicate(timeout=PATIENCE_S)
        assert process.returncode == code, errors
        assert_as_if_nothing_had_happened(tmp_path / "job", tmp_path, failed)

    return run


def ended(process):
    _, errors = process.communicate(timeout=PATIENCE_S)
    return process.returncode, errors


def test_a_killed_child(tmp_path, script, submit):
    script.hold(33)
    process = submit()
    wait_until(lambda: script.begun(33), "the page was begun")
    os.kill(script.begun(33)[0], signal.SIGKILL)
    script.release(33)
    code, errors = ended(process)
    assert code == 0, errors
    assert_as_if_nothing_had_happened(tmp_path / "job", tmp_path)
    assert len(script.begun(33)) == 2


def test_a_child_that_is_killed_while_it_writes_a_record(tmp_path, script, submit):
    script.kill_writer_of(33)
    code, errors = ended(submit())
    assert code == 0, errors
    assert len(script.begun(33)) == 2
    assert_as_if_nothing_had_happened(tmp_path / "job", tmp_path)


def test_a_killed_parent_takes_its_children_along(tmp_path, script, submit, resume):
    script.hold(33)  # for ever: its time limit is kept by the parent
    process = submit()
    wait_until(lambda: script.begun(33), "the page was begun")
    os.kill(process.pid, signal.SIGKILL)
    wait_until(lambda: not processes_of(process.pid), "no process is left")
    before = {path.name: path.stat().st_mtime_ns for path in (tmp_path / "job" / "pages").glob("*.json")}
    script.release(33)
    resume()
    after = {path.name: path.stat().st_mtime_ns for path in (tmp_path / "job" / "pages").glob("*.json")}
    assert before.items() < after.items()
    assert len(script.begun(33)) == 2


def test_a_program_that_is_told_to_stop(tmp_path, script, submit, resume):
    script.hold(33)
    process = submit()
    wait_until(lambda: script.begun(33), "the page was begun")
    process.terminate()
    code, errors = ended(process)
    assert (code, "Traceback" in errors) == (130, False)
    # What watches over shared things ends a moment after the program, and by itself.
    wait_until(lambda: not processes_of(process.pid), "no process is left")
    assert list((tmp_path / "job").rglob("*.tmp")) == []
    script.release(33)
    resume()


def test_a_disk_that_is_full_while_records_are_written(tmp_path, script, submit, resume):
    script.fill_the_disk()
    code, errors = ended(submit())
    assert code == 6
    assert "File too large" in errors
    assert list((tmp_path / "job" / "pages").iterdir()) == []
    script.make_space()
    resume()


def test_a_disk_that_is_full_while_the_tables_are_written(tmp_path, script, submit, resume):
    script.hold(31)
    process = submit("--quiet")
    wait_until(lambda: script.begun(31), "the pages are being read")
    largest = (tmp_path / "job" / "job.json").stat().st_size + 1000
    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (largest, resource.RLIM_INFINITY))
    script.release(31)
    code, errors = ended(process)
    assert code == 6, errors
    assert "cannot write" in errors
    assert "File too large" in errors
    assert Job.open(tmp_path / "job").missing() == ()
    assert [path.name for path in (tmp_path / "job").iterdir() if path.suffix != ".json"] == ["pages"]
    resume()
    assert [len(script.begun(width)) for width in WIDTHS] == [1] * len(WIDTHS)


def test_a_page_that_kills_every_process_that_reads_it(tmp_path, script, submit):
    script.kill_reader_of(33)
    code, _ = ended(submit())
    assert code == 3
    assert len(script.begun(33)) == 3
    assert_as_if_nothing_had_happened(tmp_path / "job", tmp_path, failed={"scans/33.png": "worker-lost"})


def test_a_page_that_never_ends(tmp_path, script, submit):
    script.hold(33)
    code, _ = ended(submit(DIGITIZE_TASK_SOFT_TIME_LIMIT_S=1, DIGITIZE_TASK_TIME_LIMIT_S=2))
    assert code == 3
    assert_as_if_nothing_had_happened(tmp_path / "job", tmp_path, failed={"scans/33.png": "time-limit"})


def test_files_that_change_or_vanish_before_the_job_is_resumed(tmp_path, script, submit, program):
    script.hold(31)
    script.hold(32)
    process = submit()
    wait_until(lambda: script.begun(31) and script.begun(32), "the first pages were begun")
    process.terminate()
    assert ended(process)[0] == 130
    (tmp_path / "scans" / "35.png").write_bytes((tmp_path / "scans" / "36.png").read_bytes())
    (tmp_path / "scans" / "37.png").unlink()
    script.release(31)
    script.release(32)
    code, errors = ended(program("resume", "job"))
    assert code == 3, errors
    assert codes_of(Job.open(tmp_path / "job")) == {
        "scans/35.png": "file-changed",
        "scans/37.png": "file-missing",
    }
