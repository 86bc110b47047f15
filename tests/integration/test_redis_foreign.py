"""A Redis that others use, too, or that is asked with a password in the wrong place: what it says is told."""

import pytest

from tests.fake_readers import wait_until
from tests.job_builders import job_of, plain_settings
from worker.errors import BrokerUnreachable
from worker.queue import check_broker, enqueue
from worker.queue_name import check_queue_name
from worker.queue_state import look_at_queue, take_out

pytestmark = pytest.mark.redis


@pytest.fixture
def taken(settings, client):
    """Let something else own the key of the queue."""
    client.set(f"{settings.key_prefix}{settings.queue}", "of something else")
    return settings


@pytest.mark.parametrize("told", [False, True], ids=["silently", "with events"])
def test_a_key_of_something_else_is_named_when_pages_are_queued(told, taken, tmp_path):
    job = job_of(tmp_path, [31])

    with pytest.raises(BrokerUnreachable, match=r"refuses: .*WRONGTYPE") as caught:
        enqueue(job, job.entries, taken.model_copy(update={"task_events": told}))

    assert "take another key_prefix" in caught.value.remedy
    assert "Start Redis" not in caught.value.remedy
    assert f"digitize resume {job.path}" in caught.value.remedy


def test_a_key_of_something_else_is_named_by_whoever_looks(taken, tmp_path):
    for look in (lambda: look_at_queue(taken), lambda: take_out(job_of(tmp_path, [31]), taken)):
        with pytest.raises(BrokerUnreachable, match=r"refuses: .*WRONGTYPE") as caught:
            look()
        assert "take another key_prefix" in caught.value.remedy


@pytest.mark.parametrize("place", ["S3crtpw", "S3crtpw:"])
def test_a_password_without_its_colon_is_told_of_and_never_shown(own_redis, place):
    with own_redis.client() as client:
        client.config_set("requirepass", "S3crtpw")
    url = own_redis.url.replace("redis://", f"redis://{place}@")

    with pytest.raises(BrokerUnreachable, match="refuses: ") as caught:
        check_broker(plain_settings(broker_url=url))

    assert "redis://:PASSWORD@host" in caught.value.remedy
    assert "S3crtpw" not in caught.value.message + caught.value.remedy


def test_no_key_beside_the_queue_has_a_name_that_a_queue_could_have(
    settings, tmp_path, script, start_worker, client
):
    job = job_of(tmp_path, [31, 32])
    script.hold(31)
    client.lpush(f"{settings.key_prefix}{settings.queue}", "no message of this program")
    enqueue(job, job.entries, settings)
    worker = start_worker(settings)
    wait_until(lambda: script.begun(31), "a page is being read")
    found = client.keys(f"{settings.key_prefix}*")
    keys = {key.decode().removeprefix(settings.key_prefix) for key in found}
    script.release(31)
    wait_until(lambda: not job.missing(), "both pages are done")
    worker.terminate()
    assert {"held", "unacked", "unacked_index", "places", "dropped"} <= keys
    for key in keys - {settings.queue}:
        with pytest.raises(ValueError, match=r"program's own|has no colon"):
            check_queue_name(key)
