"""`status --watch` as a process of its own, beside somebody who reads the job."""

import json
import os
import pty
import signal
import subprocess
import sys

import pytest

from tests.fake_readers import PATIENCE_S, number_record, wait_until
from tests.job_builders import failed_record, job_of, page_file, read_record
from tests.running_program import PROGRAM, ROOT
from worker.cancelling import mark_cancelled
from worker.failures import failed_page
from worker.heartbeat import Heartbeat
from worker.job_folder import ReadOptions
from worker.job_status import JobWatcher
from worker.jobs import Job
from worker.queue import enqueue


def read(job, *places):
    for place in places:
        entry = job.entries[place]
        job.write_record(entry.key, read_record(entry, [number_record("12")]))


def fail(job, place):
    job.write_record(job.entries[place].key, failed_record(job.entries[place]))


def test_a_line_for_each_change_until_the_job_ends(tmp_path, start):
    job = job_of(tmp_path, [31, 32, 33])
    watching = start("status", "job", "--watch", "--failed")
    watching.says("job: 0 of 3 pages done, 0 failed, 3 waiting\n")
    read(job, 0)
    watching.says("job: 1 of 3 pages done, 0 failed, 2 waiting")
    fail(job, 1)
    watching.says("job: failed: 32.png, page 1: it ends early (truncated)\n")
    read(job, 2)

    assert watching.ends() == 3
    lines = watching.stdout.splitlines()
    assert len([line for line in lines if "failed: 32.png" in line]) == 1
    assert lines[-1] == "job: 2 of 3 pages done, 1 failed, 0 waiting; done"
    assert "error: 1 of 3 pages could not be read" in watching.stderr
    assert f"`digitize retry {job.path}`" in watching.stderr


def test_where_only_inputs_failed_a_retry_is_not_what_helps(tmp_path, start):
    failure = failed_page(path="bad.png", code="not-an-image", message="it is no image")
    job = Job.create(tmp_path / "job", [page_file(tmp_path, 31)], [failure], ReadOptions())
    read(job, 0)
    watching = start("status", "job", "--watch")

    assert watching.ends() == 3
    assert "error: 1 input led to no page" in watching.stderr
    assert "submit those files again once they are mended" in watching.stderr
    assert "digitize retry" not in watching.stderr


def test_lines_of_json_and_ctrl_c(tmp_path, start):
    job = job_of(tmp_path, [31, 32])
    watching = start("status", "job", "--watch", "--json")
    watching.says('"missing": 2')
    read(job, 0)
    watching.says('"missing": 1')
    watching.send(signal.SIGINT)

    assert watching.ends() == 130
    told = [json.loads(line) for line in watching.stdout.splitlines()]
    assert [(line["read"], line["missing"], line["state"]) for line in told] == [
        (0, 2, "unfinished"),
        (1, 1, "unfinished"),
    ]
    assert watching.stderr == "error: interrupted\n"


def test_a_terminal_is_drawn_over_until_the_job_ends(tmp_path):
    job = job_of(tmp_path, [31, 32])
    read(job, 0)
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, str(PROGRAM), "status", str(job.path), "--watch"],
        env={"PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"], "HOME": str(tmp_path), "TERM": "xterm"},
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    os.close(theirs)
    shown = b""
    try:
        while b"unfinished" not in shown:
            shown += os.read(ours, 4096)
        read(job, 1)
        while chunk := _rest(ours):
            shown += chunk
        assert process.wait(PATIENCE_S) == 0
    finally:
        process.kill()
        process.wait()
        os.close(ours)
    assert b"waiting" in shown
    assert b"\x1b[2K" in shown  # lines are drawn over
    assert shown.count(b"done") > shown.count(b"unfinished") >= 1
    assert shown.endswith(b"\x1b[?25h")  # and the cursor is there again


def _rest(descriptor):
    """Read what a terminal shows; at its end the system says that it is gone."""
    try:
        return os.read(descriptor, 4096)
    except OSError:
        return b""


def test_a_job_that_is_at_its_end_is_shown_once(tmp_path, digitize):
    done, failed, cancelled = (job_of(tmp_path / name, [31, 32]) for name in ("a", "b", "c"))
    read(done, 0, 1)
    read(failed, 0)
    fail(failed, 1)
    mark_cancelled(cancelled)

    results = [digitize("status", job.path, "--watch", "--json") for job in (done, failed, cancelled)]

    assert [result.exit_code for result in results] == [0, 3, 130]
    told = [json.loads(result.stdout) for result in results]
    assert [line["state"] for line in told] == ["done", "done", "cancelled"]
    assert "error: the job was cancelled; 0 of 2 pages done" in results[2].stderr


def test_all_unfinished_jobs_are_watched_where_none_is_named(tmp_path, digitize, monkeypatch):
    monkeypatch.setenv("DIGITIZE_JOBS_DIR", str(tmp_path / "jobs"))
    monkeypatch.setattr("cli.status_watch._LOOK_EVERY_S", 0.0)
    old, new = job_of(tmp_path / "x", [31]), job_of(tmp_path / "y", [31, 32])
    fail(old, 0)
    (tmp_path / "jobs").mkdir()
    old.path.rename(tmp_path / "jobs/old")
    new.path.rename(tmp_path / "jobs/new")
    later = type(new).open(tmp_path / "jobs/new")
    looks = []

    def look(watcher, real=JobWatcher.look):
        looks.append(watcher.job.path.name)
        if looks.count("new") == 3:
            read(later, 0, 1)
        return real(watcher)

    monkeypatch.setattr(JobWatcher, "look", look)

    result = digitize("status", "--watch")

    assert result.exit_code == 0  # what failed before is not what was watched
    assert result.stdout.splitlines() == [
        "job: 0 of 2 pages done, 0 failed, 2 waiting",
        "job: 2 of 2 pages done, 0 failed, 0 waiting; done",
    ]
    assert digitize("status", "--watch").stdout == ""


def test_failed_pages_are_listed_with_code_and_message(tmp_path, digitize):
    job = job_of(tmp_path, [31, 32])
    fail(job, 1)

    result = digitize("status", job.path, "--failed")
    none = digitize("status", job_of(tmp_path / "other", [31]).path, "--failed")

    (row,) = result.stdout.splitlines()[1:]
    assert row.split(maxsplit=4) == ["job", "32.png", "1", "truncated", "it ends early"]
    assert (none.stdout, none.stderr) == ("", "no page failed\n")


def test_the_pace_tells_what_is_left(tmp_path, monkeypatch):
    job = job_of(tmp_path, range(31, 41))
    read(job, *range(6))
    now_s = 1_800_000_000.0
    for place in range(6):
        done_at_s = now_s - 10.0 * (5 - place)
        os.utime(job.record_path(job.entries[place].key), (done_at_s, done_at_s))
    monkeypatch.setattr("worker.job_status.time.time", lambda: now_s)

    status = JobWatcher(job).look()

    assert status.pages_per_s == pytest.approx(0.1)
    assert status.seconds_left == pytest.approx(40.0)
    monkeypatch.setattr("worker.job_status.time.time", lambda: now_s + 3600.0)
    assert JobWatcher(job).look().pages_per_s is None


@pytest.mark.redis
def test_the_queue_and_the_workers_are_told(tmp_path, settings, shared_redis, digitize, monkeypatch):
    monkeypatch.setenv("DIGITIZE_BROKER_URL", settings.broker_url.get_secret_value())
    monkeypatch.setenv("DIGITIZE_KEY_PREFIX", settings.key_prefix)
    job = job_of(tmp_path, [31, 32])
    enqueue(job, job.entries, settings)

    alone = digitize("status", job.path)
    with shared_redis.client() as client:
        Heartbeat(client, settings.key_prefix).beat()
        told = json.loads(digitize("status", job.path, "--json").stdout)

    assert "queue: 2 pages waiting, 0 in hand; no worker alive" in alone.stderr
    assert told["queue"]["answers"] is True
    assert (told["queue"]["waiting"], told["queue"]["in_hand"]) == (2, 0)
    assert [name.rpartition(":")[2] for name in told["queue"]["workers"]] == [str(os.getpid())]


def test_a_broker_that_does_not_answer_hides_no_job(tmp_path, digitize, monkeypatch):
    monkeypatch.setenv("DIGITIZE_BROKER_URL", "redis://:secret@127.0.0.1:1/0")
    job = job_of(tmp_path, [31])

    result = digitize("status", job.path, "--json")

    assert result.exit_code == 0
    told = json.loads(result.stdout)
    assert (told["missing"], told["queue"]["answers"]) == (1, False)
    assert "does not answer" in told["queue"]["problem"]
    assert "secret" not in result.stdout + result.stderr


def test_a_job_that_is_taken_away_ends_the_watching(tmp_path, start):
    job = job_of(tmp_path, [31])
    watching = start("status", "job", "--watch")
    watching.says("1 waiting")
    job.path.rename(tmp_path / "elsewhere")
    wait_until(lambda: watching.process.poll() is not None, "the watching ended")
    assert watching.ends() == 2
    assert "no job in " in watching.stderr
