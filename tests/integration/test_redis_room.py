"""A Redis with less room than there are pages: it is left enough to give out what it took."""

import pytest

from tests.fake_readers import wait_until
from tests.job_builders import job_of, plain_settings
from worker.errors import BrokerUnreachable
from worker.queue import connect, enqueue
from worker.queue_room import QueueFull, check_room

pytestmark = pytest.mark.redis

#: Beside what an empty Redis takes.
ROOM_BYTES = 10 * 2**20


@pytest.fixture
def client(own_redis):
    with own_redis.client() as client:
        client.config_set("maxmemory", client.info("memory")["used_memory"] + ROOM_BYTES)
        yield client


@pytest.mark.parametrize("told", [False, True], ids=["silently", "with events"])
def test_queueing_ends_while_workers_have_room_and_one_that_starts_drains_it(
    told, tmp_path, own_redis, client, start_worker
):
    settings = plain_settings(broker_url=own_redis.url, jobs=1, task_events=told)
    job = job_of(tmp_path, [31])
    with pytest.raises(BrokerUnreachable) as caught:
        enqueue(job, [*job.entries] * 20_000, settings)
    queued = client.llen("digitize:digitize")
    assert queued > 3000
    assert "has no room for more pages: it holds " in caught.value.message
    assert f"{queued:,} of 20,000 pages are queued" in caught.value.message
    assert "maxmemory" in caught.value.remedy
    assert f"digitize resume {job.path}" in caught.value.remedy

    worker = start_worker(settings)
    wait_until(lambda: client.llen("digitize:digitize") < queued - 100, "pages are given out")
    assert "full" not in worker.log.read_text()
    assert job.progress().read == 1


def test_a_redis_that_others_have_filled_is_called_full_as_well(tmp_path, own_redis, client, monkeypatch):
    monkeypatch.setattr("worker.queue.check_room", lambda *_: None)  # as if they did so just then
    client.config_set("maxmemory", 1)
    job = job_of(tmp_path, [31])
    with pytest.raises(BrokerUnreachable, match=r"has no room for more pages: .*0 of 1 pages are queued"):
        enqueue(job, job.entries, plain_settings(broker_url=own_redis.url))


def test_who_may_not_ask_how_full_it_is_sends_all_the_same(own_redis, client):
    client.execute_command("ACL", "SETUSER", "old", "on", ">secret", "~*", "+@all", "-@dangerous")
    with connect(own_redis.url.replace("redis://", "redis://old:secret@")) as restricted:
        check_room(restricted, 2 * ROOM_BYTES)
    with pytest.raises(QueueFull):
        check_room(client, 2 * ROOM_BYTES)
    client.config_set("maxmemory", 0)
    check_room(client, 2 * ROOM_BYTES)
