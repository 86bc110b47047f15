"""A stranger who can write to the broker: what is no page is dropped, and the pages behind it are read."""

import base64
import json
import pickle
import re
from types import SimpleNamespace
from uuid import uuid4

import pytest
from kombu.exceptions import ContentDisallowed
from kombu.message import Message
from redis import Redis

from tests.crash.traces import stop
from tests.fake_readers import PATIENCE_S, wait_until
from tests.job_builders import job_of, page_file
from worker.app import TASK_NAME, make_app
from worker.attempts import AttemptCounter
from worker.messages import MOST_MESSAGE_BYTES
from worker.queue import enqueue
from worker.waiting import wait_for

pytestmark = pytest.mark.redis

PICKLE = "application/x-python-serialize"


class Planted:
    """Leaves a file where it is unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return open, (str(self.path), "w")


def envelope(settings, job, **changes):
    """Return a message as Celery writes it, changed."""
    queue = f"{settings.key_prefix}{settings.queue}"
    with Redis.from_url(settings.broker_url.get_secret_value()) as client:
        enqueue(job, job.entries[:1], settings)
        message = json.loads(client.lpop(queue))
    for name, value in changes.items():
        part, _, key = name.rpartition("__")
        (message[part] if part else message)[key.replace("_", "-") if not part else key] = value
    return message


def body(job, entry=None, **links):
    entry = (entry or job.entries[0]).model_dump(mode="json")
    links = dict.fromkeys(("callbacks", "errbacks", "chain", "chord")) | links
    return base64.b64encode(json.dumps([[], {"job": str(job.path), "entry": entry}, links]).encode()).decode()


def hostile(settings, job, tmp_path):
    """Return what somebody may put into the queue, by what it is."""
    again = {"task": TASK_NAME, "args": [], "kwargs": {}, "options": {}, "subtask_type": None}
    pickled = base64.b64encode(pickle.dumps(((), {"x": Planted(tmp_path / "planted")}, {}))).decode()

    def changed(**changes):
        return json.dumps(envelope(settings, job, **changes))

    return {
        "no JSON": b"\xff\xfe garbage",
        "no message": b"{}",
        "a number": b"17",
        "nested": b"[" * 50_000,
        "too long": b'{"body": "' + b"x" * MOST_MESSAGE_BYTES + b'"}',
        "pickle": changed(body=pickled, content_type=PICKLE, content_encoding="binary"),
        "pickle that says it is JSON": changed(body=pickled),
        "yaml": changed(content_type="application/x-yaml"),
        "compressed": changed(headers__compression="bzip2"),
        "task of Celery": changed(headers__task="celery.chord_unlock"),
        "unknown task": changed(headers__task="os.system"),
        "no time limit": changed(headers__timelimit=[10**6, 10**6]),
        "a message after it": changed(body=body(job, callbacks=[again])),
        "a chain": changed(body=body(job, chain=[again])),
        "no body": changed(body=""),
        "no id": changed(headers__id="../../x"),
    }  # fmt: skip


def finish(job, settings):
    wait_for(job, settings, timeout_s=PATIENCE_S, on_progress=lambda _: None, on_warning=lambda _: None)


def test_what_is_no_page_is_dropped_and_the_pages_behind_it_are_read(
    tmp_path, settings, script, start_worker, shared_redis
):
    job = job_of(tmp_path, [31])
    messages = hostile(settings, job, tmp_path)
    queue = f"{settings.key_prefix}{settings.queue}"
    with shared_redis.client() as client:
        client.lpush(queue, *messages.values())
        enqueue(job, job.entries, settings)
        worker = start_worker(settings)
        finish(job, settings)
        assert int(client.get(f"{settings.key_prefix}dropped")) == len(messages)
        wait_until(
            lambda: client.llen(queue) + client.hlen(f"{settings.key_prefix}unacked") == 0, "nothing is left"
        )
    assert worker.process.poll() is None
    stop(worker)
    log = worker.log.read_text()
    assert sum(dropped_by(log)) == len(messages)
    assert "Traceback" not in log
    assert "garbage" not in log
    assert len(script.begun(31)) == 1
    assert not (tmp_path / "planted").exists()


def dropped_by(log):
    """Return how many messages each line says were dropped."""
    return [int(many or 1) for many in re.findall(r"(?:(\d+) messages|message) dropped, ", log)]


def test_a_flood_of_garbage_is_counted_and_does_not_fill_the_log(
    tmp_path, settings, start_worker, shared_redis
):
    job, many = job_of(tmp_path, [31]), 3000
    with shared_redis.client() as client:
        client.lpush(f"{settings.key_prefix}{settings.queue}", *["garbage"] * many)
        enqueue(job, job.entries, settings)
        worker = start_worker(settings)
        finish(job, settings)
        assert int(client.get(f"{settings.key_prefix}dropped")) == many
    stop(worker)
    told = dropped_by(worker.log.read_text())
    assert sum(told) == many
    assert len(told) < many / 10


def test_a_pickle_is_refused_by_celery_itself_too(settings, tmp_path):
    """Also where no gate stands before it: the app accepts JSON and nothing else."""
    data = pickle.dumps(((), {"x": Planted(tmp_path / "planted")}, {}))
    app = make_app(settings)
    accept = app.amqp.TaskConsumer(app.connection().channel()).accept
    message = Message(
        data, content_type="application/x-python-serialize", content_encoding="binary", accept=accept
    )
    with pytest.raises(ContentDisallowed):
        message.decode()
    assert not (tmp_path / "planted").exists()


def test_what_was_put_among_the_pages_being_read_is_dropped(
    tmp_path, settings, script, start_worker, shared_redis
):
    job = job_of(tmp_path, [31])
    unacked, index = f"{settings.key_prefix}unacked", f"{settings.key_prefix}unacked_index"
    with shared_redis.client() as client:
        for place, junk in enumerate((b"junk", b"17", b"[[], 1, 2]")):
            client.hset(unacked, f"tag{place}", junk)
            client.zadd(index, {f"tag{place}": 1})
        worker = start_worker(settings)
        wait_until(lambda: client.zcard(index) == client.hlen(unacked) == 0, "nothing is left")
        enqueue(job, job.entries, settings)
        finish(job, settings)
    assert worker.process.poll() is None
    assert job.progress().read == 1


def test_a_page_that_its_job_does_not_ask_for_is_not_read(
    tmp_path, settings, script, start_worker, shared_redis
):
    job = job_of(tmp_path, [31])
    secret = page_file(tmp_path / "private", 32)
    asked = job.entries[0]
    without_hash = asked.model_copy(update={"sha256": None})
    queue = f"{settings.key_prefix}{settings.queue}"
    with shared_redis.client() as client:
        for entry in (secret, without_hash):
            client.lpush(
                queue, json.dumps(envelope(settings, job, body=body(job, entry), headers__id=str(uuid4())))
            )
        enqueue(job, job.entries, settings)
        worker = start_worker(settings)
        finish(job, settings)
        assert int(client.get(f"{settings.key_prefix}unasked")) == 2
        assert not client.exists(f"{settings.key_prefix}dropped")
    assert "does not ask for page 1 of" in worker.log.read_text()
    assert script.begun(32) == []
    assert {path.stem for path in job.pages.iterdir()} == {asked.key}


def test_a_worker_with_roots_touches_no_job_elsewhere(tmp_path, settings, script, start_worker, shared_redis):
    inside, outside = job_of(tmp_path / "inside", [31]), job_of(tmp_path / "outside", [32])
    bounded = settings.model_copy(update={"roots": (tmp_path / "inside",)})
    enqueue(outside, outside.entries, bounded)
    enqueue(inside, inside.entries, bounded)
    start_worker(bounded)
    finish(inside, settings)
    assert script.begun(32) == []
    assert list(outside.pages.iterdir()) == []
    with shared_redis.client() as client:
        (reason,) = client.hgetall(client.keys(f"{settings.key_prefix}given-up:*")[0]).values()
    assert b"lies outside of the folders of roots" in reason


def test_the_path_of_a_job_forges_no_line_of_the_log(tmp_path, settings, start_worker, shared_redis):
    bounded = settings.model_copy(update={"roots": (tmp_path,)})
    job = job_of(tmp_path, [31])
    forged = f"{tmp_path.parent}/a\n[2026-11-29 10:52:59,258: INFO/MainProcess] all is well\x1b[1A"
    elsewhere = SimpleNamespace(path=forged, entries=job.entries)
    message = envelope(bounded, job, body=body(elsewhere), headers__id=str(uuid4()))
    with shared_redis.client() as client:
        client.lpush(f"{settings.key_prefix}{settings.queue}", json.dumps(message))
        enqueue(job, job.entries, bounded)
        worker = start_worker(bounded)
        finish(job, bounded)
        wait_until(lambda: client.keys(f"{settings.key_prefix}given-up:*"), "the other is given up")
    stop(worker)
    log = worker.log.read_text()
    assert "\x1b" not in log
    (line,) = [line for line in log.splitlines() if "all is well" in line]
    assert " left undone: " in line


def test_what_is_said_of_pages_that_were_given_up_is_believed_of_pages_alone(
    tmp_path, settings, shared_redis
):
    job = job_of(tmp_path, [31])
    with shared_redis.client() as client:
        counter = AttemptCounter(client, settings.key_prefix)
        counter.give_up(job.path, job.entries[0].key, "x" * 10**6)
        (name,) = client.keys(f"{settings.key_prefix}given-up:*")
        for key in (b"../../../../etc/passwd", b"\xff", b"a\0b", b"\x1b[2J"):
            client.hset(name, key, b"\xff" * 10)

        told = counter.given_up(job.path)

    assert list(told) == [job.entries[0].key]
    assert len(told[job.entries[0].key]) == 1000
