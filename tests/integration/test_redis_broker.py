"""The broker itself: not there, silent, and what lies in it."""

import json
import os
import socket

import pytest

from tests.fake_readers import PATIENCE_S, wait_until
from tests.job_builders import job_of, plain_settings
from worker.errors import BrokerUnreachable
from worker.heartbeat import Heartbeat, is_alive, workers_alive
from worker.queue import check_broker, enqueue
from worker.serve import run_worker
from worker.waiting import wait_for

pytestmark = pytest.mark.redis


def test_a_broker_that_answers_is_fine(settings):
    check_broker(settings)


def test_a_broker_that_is_down_is_named_without_its_password(own_redis):
    settings = plain_settings(broker_url=f"redis://:secret@127.0.0.1:{own_redis.port}/0")
    own_redis.stop()
    with pytest.raises(BrokerUnreachable) as caught:
        check_broker(settings)
    assert str(own_redis.port) in caught.value.message
    assert "secret" not in caught.value.message
    assert caught.value.exit_code == 4


def test_queueing_without_a_broker_is_refused(tmp_path, own_redis):
    job = job_of(tmp_path, [31])
    own_redis.stop()
    with pytest.raises(BrokerUnreachable):
        enqueue(job, job.entries, plain_settings(broker_url=own_redis.url))


def test_a_worker_without_a_broker_ends_at_once(own_redis):
    own_redis.stop()
    with pytest.raises(BrokerUnreachable):
        run_worker(plain_settings(broker_url=own_redis.url), 1)


def test_messages_are_json_with_paths_and_nothing_is_kept_as_a_result(tmp_path, shared_redis, settings):
    job = job_of(tmp_path, [31])
    enqueue(job, job.entries, settings)
    with shared_redis.client() as client:
        message = json.loads(client.lindex(f"{settings.key_prefix}{settings.queue}", 0))
        keys = {key.decode() for key in client.keys(f"{settings.key_prefix}*")}
    assert message["content-type"] == "application/json"
    assert message["headers"]["task"] == "digitize.read_page"
    assert not [key for key in keys if "celery-task-meta" in key]


def test_a_worker_gives_a_sign_of_life_and_takes_it_back(shared_redis, settings, start_worker):
    worker = start_worker(settings)
    with shared_redis.client() as client:
        wait_until(lambda: is_alive(client, settings.key_prefix), "the worker beats")
        worker.terminate()
        assert worker.process.wait(PATIENCE_S) == 0
        assert not is_alive(client, settings.key_prefix)


def test_two_workers_of_one_machine_are_two(shared_redis, settings, start_worker):
    first, second = start_worker(settings), start_worker(settings)
    host = socket.gethostname()
    with shared_redis.client() as client:
        both = sorted(f"{host}:{worker.process.pid}" for worker in (first, second))
        wait_until(lambda: workers_alive(client, settings.key_prefix) == both, "both workers beat")
        first.terminate()
        assert first.process.wait(PATIENCE_S) == 0
        assert workers_alive(client, settings.key_prefix) == [f"{host}:{second.process.pid}"]
        assert is_alive(client, settings.key_prefix)


def test_signs_of_life_under_another_prefix_are_not_ours(shared_redis, settings):
    with shared_redis.client() as client:
        odd = f"{settings.key_prefix}[a*]:"
        Heartbeat(client, odd).beat()
        assert workers_alive(client, odd) == [f"{socket.gethostname()}:{os.getpid()}"]
        assert workers_alive(client, f"{settings.key_prefix}*:") == []
        Heartbeat(client, odd).stop()
        assert not is_alive(client, odd)


def test_a_broker_that_loses_everything_costs_no_result(tmp_path, own_redis, script, start_worker):
    settings = plain_settings(broker_url=own_redis.url, jobs=1)
    job = job_of(tmp_path, [31, 32, 33])
    script.hold(31)
    enqueue(job, job.entries, settings)
    start_worker(settings)
    wait_until(lambda: script.begun(31), "the page was begun")
    own_redis.stop()
    script.release(31)
    wait_until(lambda: job.progress().read, "the page in hand was finished without a broker")
    own_redis.start()
    enqueue(job, job.missing(), settings)
    wait_for(job, settings, timeout_s=PATIENCE_S, on_progress=lambda _: None, on_warning=lambda _: None)
    assert job.progress().read == 3
    assert len(script.begun(31)) == 1
