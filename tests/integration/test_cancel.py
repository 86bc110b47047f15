"""Cancelling a job that somebody else reads: another program on this machine, or workers."""

import json

import pytest

from tests.fake_readers import wait_until
from tests.job_builders import job_of, page_file
from worker.cancelling import is_cancelled
from worker.jobs import Job
from worker.queue import enqueue
from worker.queue_state import look_at_queue, take_out


def texts(job):
    return [record.numbers[0].text for _, record in job.records() if record is not None]


def test_a_run_of_another_program_finishes_its_page_begins_no_other_and_can_be_resumed(
    tmp_path, script, start, digitize
):
    for width in (31, 32, 33, 34, 35):
        page_file(tmp_path / "in", width)
    script.hold(32)
    submit = start("submit", "in", "-o", "job", "-j", 1)
    wait_until(lambda: script.begun(32), "the second page was begun")

    result = digitize("cancel", tmp_path / "job")
    again = digitize("cancel", tmp_path / "job", "--json")
    script.release(32)

    assert submit.ends() == 130
    assert "error: the job was cancelled; 2 of 5 pages done" in submit.stderr
    assert "hint: digitize resume " in submit.stderr
    assert "Traceback" not in submit.stderr
    assert result.exit_code == 0
    assert "cancelled: 1 of 5 pages done; a page being read is still finished" in result.stderr
    assert json.loads(again.stdout) | {"done": 0} == {
        "job": str(tmp_path / "job"),
        "cancelled": True,
        "done": 0,
        "missing": 4,
        "taken_out": 0,
    }
    job = Job.open(tmp_path / "job")
    assert texts(job) == ["00031", "00032"]
    assert all(not script.begun(width) for width in (33, 34, 35))
    summary = json.loads((job.path / "summary.json").read_text())
    assert (summary["pages"]["missing"], summary["cancelled"] is None) == (3, False)
    told = json.loads(digitize("status", job.path, "--json").stdout)
    assert (told["state"], told["cancelled"]) == ("cancelled", summary["cancelled"].replace("Z", "+00:00"))

    resumed = start("resume", "job", "-j", 1)

    assert resumed.ends() == 0, resumed.stderr
    assert "the job was cancelled, and goes on now" in resumed.stderr
    assert texts(job) == [f"000{width}" for width in (31, 32, 33, 34, 35)]
    assert all(len(script.begun(width)) == 1 for width in (31, 32, 33, 34, 35))
    assert json.loads((job.path / "summary.json").read_text())["cancelled"] is None


def test_a_finished_job_is_not_cancelled_and_not_changed(tmp_path, script, start, digitize):
    page_file(tmp_path / "in", 31)
    assert start("submit", "in", "-o", "job").ends() == 0
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "job").rglob("*")}

    result = digitize("cancel", tmp_path / "job")

    assert result.exit_code == 0
    assert "the job is finished, there is nothing to cancel: 1 of 1 page done" in result.stderr
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "job").rglob("*")} == before


@pytest.mark.redis
def test_workers_begin_no_page_of_a_cancelled_job_and_read_the_others(
    tmp_path, settings, script, start_worker, start, digitize, monkeypatch
):
    monkeypatch.setenv("DIGITIZE_BROKER_URL", settings.broker_url.get_secret_value())
    monkeypatch.setenv("DIGITIZE_KEY_PREFIX", settings.key_prefix)
    for width in (31, 32, 33, 34):
        page_file(tmp_path / "in", width)
    other = job_of(tmp_path / "other", [41])
    script.hold(31)
    worker = start_worker(settings)
    with_broker = {
        "DIGITIZE_BROKER_URL": settings.broker_url.get_secret_value(),
        "DIGITIZE_KEY_PREFIX": settings.key_prefix,
    }
    submit = start("submit", "in", "-o", "job", **with_broker)
    wait_until(lambda: script.begun(31), "the first page was begun")
    enqueue(other, other.entries, settings)

    told = json.loads(digitize("cancel", tmp_path / "job", "--json").stdout)
    assert submit.ends() == 130
    assert "the job was cancelled; 0 of 4 pages done" in submit.stderr
    # One page is read, and another may lie with its worker.
    assert told["taken_out"] in (2, 3)
    job = Job.open(tmp_path / "job")
    # Somebody who was just queueing goes on with that: the marker is for such pages.
    enqueue(job, job.missing(), settings)
    script.release(31)
    wait_until(lambda: other.progress().read == 1, "the other job was read")
    wait_until(lambda: look_at_queue(settings).waiting + look_at_queue(settings).in_hand == 0, "all is done")

    assert texts(job) == ["00031"]
    assert "left unread: its job is cancelled" in worker.log.read_text()
    assert not any(script.begun(width) for width in (32, 33, 34))
    result = start("resume", "job", **with_broker)
    assert result.ends() == 0, result.stderr
    assert len(texts(job)) == 4
    assert all(len(script.begun(width)) == 1 for width in (31, 32, 33, 34))


@pytest.mark.redis
def test_only_the_pages_of_the_job_are_taken_out_of_a_long_queue(tmp_path, settings, shared_redis):
    first, second = job_of(tmp_path / "a", range(31, 41)), job_of(tmp_path / "b", range(41, 51))
    for one, other in zip(first.entries, second.entries, strict=True):
        enqueue(first, [one], settings)
        enqueue(second, [other], settings)
    with shared_redis.client() as client:
        client.lpush(f"{settings.key_prefix}{settings.queue}", b"no message of this program")

    assert take_out(first, settings) == 10
    assert look_at_queue(settings).waiting == 11
    assert take_out(first, settings) == 0
    assert take_out(second, settings) == 10


def test_a_broker_that_is_gone_is_no_reason_not_to_cancel(tmp_path, digitize, monkeypatch):
    monkeypatch.setenv("DIGITIZE_BROKER_URL", "redis://127.0.0.1:1/0")
    job = job_of(tmp_path, [31])

    result = digitize("cancel", job.path)

    assert result.exit_code == 0
    assert "does not answer" in result.stderr
    assert is_cancelled(job)


@pytest.mark.redis
@pytest.mark.parametrize(
    ("queued", "told"),
    [
        (2, "2 pages taken out of the queue; workers pass over the others\n"),
        (3, "3 pages taken out of the queue\n"),
    ],
)
def test_what_workers_have_taken_is_told_beside_what_is_taken_out(
    tmp_path, settings, digitize, monkeypatch, queued, told
):
    monkeypatch.setenv("DIGITIZE_BROKER_URL", settings.broker_url.get_secret_value())
    monkeypatch.setenv("DIGITIZE_KEY_PREFIX", settings.key_prefix)
    job = job_of(tmp_path, [31, 32, 33])
    enqueue(job, job.entries[:queued], settings)

    assert told in digitize("cancel", job.path).stderr
