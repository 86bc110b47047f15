"""`status` says that nothing more will come: of pages that workers gave up, and of those that Redis lost."""

import json

import pytest

from tests.fake_readers import number_record
from tests.job_builders import job_of, read_record
from worker.attempts import AttemptCounter
from worker.heartbeat import Heartbeat
from worker.queue import enqueue

pytestmark = pytest.mark.redis

WHY = "vm: cannot write 31.json: Permission denied"


@pytest.fixture
def broker(settings, client, digitize, monkeypatch):
    """Have the command ask the Redis of the tests, many times a second; give what counts attempts."""
    monkeypatch.setenv("DIGITIZE_BROKER_URL", settings.broker_url.get_secret_value())
    monkeypatch.setenv("DIGITIZE_KEY_PREFIX", settings.key_prefix)
    monkeypatch.setattr("cli.status_watch._LOOK_EVERY_S", 0.0)
    return AttemptCounter(client, settings.key_prefix)


def read(job, *places):
    for place in places:
        entry = job.entries[place]
        job.write_record(entry.key, read_record(entry, [number_record("12")]))


def test_what_was_given_up_is_told_with_the_reason(tmp_path, broker, digitize):
    job = job_of(tmp_path / "a job", [31, 32, 33])
    read(job, 0)
    broker.give_up(job.path, job.entries[0].key, "it has its result by now")
    broker.give_up(job.path, job.entries[1].key, WHY)

    shown, listed = digitize("status", job.path), digitize("status", job.path, "--failed")
    told = json.loads(digitize("status", job.path, "--json").stdout)

    for result in (shown, listed):
        assert f"warning: 1 page given up, {WHY}\n" in result.stderr
        assert f"hint: mend that, then digitize resume '{job.path}'\n" in result.stderr
    assert told["given_up"] == [{"file": "32.png", "page": 1, "reason": WHY}]
    assert f"digitize resume '{job.path}' reads what is missing; nothing of it is queued" in shown.stderr


def test_what_is_to_be_called_can_be_copied_where_a_folder_has_a_space_in_its_name(tmp_path, digitize):
    job = job_of(tmp_path / "a job", [31, 32])
    read(job, 0)

    for command in ("status", "results"):
        assert f"digitize resume '{job.path}'" in digitize(command, job.path).stderr


def test_a_watch_ends_where_all_that_is_missing_was_given_up(tmp_path, broker, digitize):
    job = job_of(tmp_path, [31, 32])
    read(job, 0)
    broker.give_up(job.path, job.entries[1].key, WHY)

    lines, objects = digitize("status", job.path, "--watch"), digitize("status", job.path, "-w", "--json")

    assert (lines.exit_code, objects.exit_code) == (6, 6)
    (line,) = lines.stdout.splitlines()
    assert f"job: 1 of 2 pages done, 0 failed, 0 waiting; 1 page given up, {WHY}; queue: 0 pages" in line
    assert f"error: 1 of 2 pages not done; workers have given up, {WHY}" in lines.stderr
    assert f"`digitize resume {job.path}` queues what is missing" in lines.stderr
    assert [page["reason"] for page in json.loads(objects.stdout)["given_up"]] == [WHY]


def test_a_watch_ends_where_the_broker_holds_no_page_any_more(tmp_path, broker, digitize, monkeypatch):
    monkeypatch.setattr("worker.job_outlook._BELIEVED_AFTER", 4)
    job = job_of(tmp_path, [31, 32])

    result = digitize("status", job.path, "--watch")

    assert result.exit_code == 4
    assert "error: 2 of 2 pages not done, but the broker holds none of them any more" in result.stderr
    assert f"`digitize resume {job.path}`" in result.stderr


def test_a_worker_is_to_be_started_where_pages_wait_for_nobody(tmp_path, broker, settings, client, digitize):
    job = job_of(tmp_path, [31, 32])
    enqueue(job, job.missing(), settings)

    nobody = digitize("status", job.path).stderr
    Heartbeat(client, settings.key_prefix).beat()
    somebody = digitize("status", job.path).stderr

    assert "hint: digitize worker, started on a machine that sees the folder, reads what waits" in nobody
    assert "resume" not in nobody
    assert f"hint: digitize resume {job.path} reads what is missing, unless workers are at it" in somebody


def test_no_pace_is_told_where_nobody_reads_or_nothing_is_queued(
    tmp_path, broker, settings, client, digitize
):
    job = job_of(tmp_path, range(31, 41))
    read(job, *range(6))

    def pace():
        told = json.loads(digitize("status", job.path, "--json").stdout)
        return told["pages_per_s"], told["seconds_left"]

    Heartbeat(client, settings.key_prefix).beat()
    lost = pace()
    enqueue(job, job.missing(), settings)
    getting_on = pace()
    client.delete(*client.keys(f"{settings.key_prefix}alive:*"))
    nobody_there = pace()

    assert lost == nobody_there == (None, None)
    assert None not in getting_on
