"""Pages that are queued with events of tasks: one app a submission, every message in order and told of."""

import base64
import json

import pytest

import worker.queue
import worker.told_messages
from tests.fake_readers import wait_until
from tests.integration.conftest import free_port
from tests.job_builders import job_of
from worker.app import make_app
from worker.errors import BrokerUnreachable
from worker.messages import checked_message
from worker.queue import enqueue

pytestmark = pytest.mark.redis

WIDTHS = [31, 32, 33, 34, 35]


@pytest.fixture
def apps(monkeypatch):
    """Return the apps that were made, with two messages sent in one go."""
    made = []

    def noting(*args, **kwargs):
        made.append(make_app(*args, **kwargs))
        return made[-1]

    monkeypatch.setattr(worker.told_messages, "make_app", noting)
    monkeypatch.setattr(worker.queue, "_BATCH", 2)
    return made


def told_of(listening):
    """Return the ids of messages of which it was told by now that they were sent."""
    found = set()
    while (heard := listening.get_message(ignore_subscribe_messages=True)) is not None:
        event = json.loads(base64.b64decode(json.loads(heard["data"])["body"]))
        found |= {each["uuid"] for each in (event if isinstance(event, list) else [event])}
    return found


def test_one_app_sends_all_batches_of_a_submission_and_tells_of_each_message(
    tmp_path, settings, shared_redis, apps
):
    settings = settings.model_copy(update={"task_events": True})
    job = job_of(tmp_path, WIDTHS)
    with shared_redis.client() as client, client.pubsub() as listening:
        listening.psubscribe(f"*{settings.key_prefix}*celeryev*")
        wait_until(lambda: listening.get_message(), "Redis notes who listens")

        assert enqueue(job, job.entries, settings) == len(WIDTHS)

        assert len(apps) == 1
        messages = client.lrange(f"{settings.key_prefix}{settings.queue}", 0, -1)[::-1]
        sent = [json.loads(checked_message(message)) for message in messages]
        pages = [json.loads(base64.b64decode(message["body"]))[1]["entry"]["key"] for message in sent]
        assert pages == [entry.key for entry in job.entries]
        told = set()
        wait_until(
            lambda: told.update(told_of(listening)) or len(told) >= len(WIDTHS), "all messages are told of"
        )
        assert told == {message["headers"]["id"] for message in sent}

        enqueue(job, job.entries, settings)
        assert len(apps) == 2


def test_without_events_no_app_is_made(tmp_path, settings, shared_redis, apps):
    job = job_of(tmp_path, WIDTHS)

    assert enqueue(job, job.entries, settings) == len(WIDTHS)

    assert apps == []
    with shared_redis.client() as client:
        assert client.llen(f"{settings.key_prefix}{settings.queue}") == len(WIDTHS)


def test_a_broker_that_is_not_there_is_told_as_without_events(tmp_path, settings, apps):
    gone = settings.model_copy(update={"task_events": True})
    address = type(gone.broker_url)(f"redis://127.0.0.1:{free_port()}/0")
    gone = gone.model_copy(update={"broker_url": address})
    job = job_of(tmp_path, [31])

    with pytest.raises(BrokerUnreachable) as refused:
        enqueue(job, job.entries, gone)

    assert "does not answer" in refused.value.message
    assert "digitize resume" in refused.value.remedy
