"""Waiting for workers ends when nobody can bring the missing pages any more, and says why."""

import shutil
import socket

import pytest

from tests.fake_readers import PATIENCE_S
from tests.job_builders import job_of, plain_settings
from worker.attempts import AttemptCounter
from worker.errors import BrokerUnreachable, OutputNotWritable, WaitTimedOut
from worker.queue import enqueue
from worker.waiting import wait_for
from worker.waiting_mark import WaitingMark

pytestmark = pytest.mark.redis


@pytest.fixture(autouse=True)
def _ask_often(monkeypatch):
    monkeypatch.setattr("worker.waiting._ASK_EVERY_S", 0.1)


def wait(job, settings, on_progress=lambda _: None, on_warning=lambda _: None, timeout_s=PATIENCE_S):
    wait_for(job, settings, timeout_s=timeout_s, on_progress=on_progress, on_warning=on_warning)


def test_a_broker_that_goes_away_ends_the_waiting(tmp_path, own_redis):
    job, settings = job_of(tmp_path, [31]), plain_settings(broker_url=own_redis.url)
    enqueue(job, job.entries, settings)
    with pytest.raises(BrokerUnreachable) as caught:
        wait(job, settings, on_progress=lambda _: own_redis.stop())
    assert f"digitize resume {job.path}" in caught.value.remedy
    assert job.missing() == job.entries


def test_a_broker_that_goes_away_before_the_time_is_up_is_told_then(tmp_path, own_redis):
    job, settings = job_of(tmp_path, [31]), plain_settings(broker_url=own_redis.url)
    enqueue(job, job.entries, settings)
    own_redis.stop()
    with pytest.raises(WaitTimedOut, match="does not answer") as caught:
        wait(job, settings, timeout_s=0)
    assert "digitize resume" in caught.value.remedy


def lose_everything(redis, settings):
    with redis.client() as client:
        client.delete(*client.keys(f"{settings.key_prefix}*"))


def test_what_the_broker_lost_is_queued_again(tmp_path, shared_redis, settings, start_worker):
    job, warnings = job_of(tmp_path, [31, 32]), []

    def start_one(warning):
        if "queued again" in warning:
            warnings.append(warning)
            start_worker(settings)

    enqueue(job, job.entries, settings)
    lose_everything(shared_redis, settings)
    wait(job, settings, on_warning=start_one)
    assert job.progress().read == 2
    assert len(warnings) == 1
    assert warnings[0].startswith("2 of 2 pages not done, but the broker ")


def test_what_the_broker_lost_is_queued_again_also_beside_what_others_queued_since(
    tmp_path, shared_redis, settings, start_worker
):
    job, other, warnings = job_of(tmp_path / "mine", [31, 32]), job_of(tmp_path / "other", [33]), []

    def lose_it_and_queue_others(progress):
        if progress.missing == 2:
            lose_everything(shared_redis, settings)
            enqueue(other, other.entries, settings)

    def start_one(warning):
        if "queued again" in warning:
            warnings.append(warning)
            start_worker(settings)

    enqueue(job, job.entries, settings)
    wait(job, settings, on_progress=lose_it_and_queue_others, on_warning=start_one)
    assert job.progress().read == 2
    assert len(warnings) == 1


def test_who_waited_leaves_nothing_in_the_broker(tmp_path, client, settings, start_worker):
    job = job_of(tmp_path, [31])
    enqueue(job, job.entries, settings)
    marks = []

    def look(_):
        marks.append(client.keys(f"{settings.key_prefix}waiting:*"))

    start_worker(settings)
    wait(job, settings, on_progress=look)
    assert len(marks[0]) == 1
    assert client.keys(f"{settings.key_prefix}waiting:*") == []


def test_a_broker_that_takes_no_mark_has_lost_nothing(own_redis):
    mark = WaitingMark("digitize:")
    with own_redis.client() as full:
        full.config_set("maxmemory", 1)
        mark.put(full)
        assert not mark.is_lost(full)
        full.config_set("maxmemory", 0)
        assert not mark.is_lost(full)  # and now it is there
        full.flushall()
        assert mark.is_lost(full)


def test_a_broker_that_loses_the_pages_every_time_ends_the_waiting(tmp_path, shared_redis, settings):
    job, warnings = job_of(tmp_path, [31]), []

    def lose_again(warning):
        if "queued again" in warning:
            warnings.append(warning)
            lose_everything(shared_redis, settings)

    enqueue(job, job.entries, settings)
    lose_everything(shared_redis, settings)
    with pytest.raises(
        BrokerUnreachable, match=r"1 of 1 page not done, but .* holds none of them any more"
    ) as caught:
        wait(job, settings, on_warning=lose_again)
    assert len(warnings) == 3
    assert f"digitize resume {job.path}" in caught.value.remedy


def test_waiting_without_workers_warns_once_and_goes_on(tmp_path, settings, start_worker):
    job, warnings = job_of(tmp_path, [31]), []

    def start_one(warning):
        warnings.append(warning)
        start_worker(settings)

    enqueue(job, job.entries, settings)
    wait(job, settings, on_warning=start_one)
    assert job.progress().read == 1
    assert len(warnings) == 1
    assert "digitize worker" in warnings[0]


def test_pages_that_workers_cannot_record_come_back_and_are_then_told(
    tmp_path, settings, script, start_worker
):
    job = job_of(tmp_path, [31])
    enqueue(job, job.entries, settings)
    job.record_path(job.entries[0].key).mkdir()  # nothing can be written under that name
    start_worker(settings)
    with pytest.raises(OutputNotWritable) as caught:
        wait(job, settings)
    assert f"{socket.gethostname()}: cannot write {job.pages}/" in caught.value.message
    assert f"digitize resume {job.path}" in caught.value.remedy
    assert len(script.begun(31)) == settings.max_attempts
    assert job.missing() == job.entries

    job.record_path(job.entries[0].key).rmdir()
    enqueue(job, job.missing(), settings)
    wait(job, settings)
    assert job.progress().read == 1
    assert "the right to write there" in caught.value.remedy


def test_a_job_whose_folder_is_gone_is_not_called_kept(tmp_path, settings, start_worker):
    job = job_of(tmp_path, [31])
    enqueue(job, job.entries, settings)
    shutil.rmtree(job.path)
    start_worker(settings, FAKE_WORKER_QUICK="yes")
    with pytest.raises(OutputNotWritable, match="no job in ") as caught:
        wait(job, settings)
    assert "put it back" in caught.value.remedy
    assert "submit the pages again" in caught.value.remedy
    assert "the job is kept" not in caught.value.remedy


def test_a_job_that_another_machine_does_not_see_is_kept(tmp_path, settings, client):
    job = job_of(tmp_path, [31])
    enqueue(job, job.entries, settings)
    (page,) = job.entries
    AttemptCounter(client, settings.key_prefix).give_up(job.path, page.key, f"there: no job in {job.path}")
    with pytest.raises(OutputNotWritable, match="no job in ") as caught:
        wait(job, settings)
    assert "visible there" in caught.value.remedy
    assert "the job is kept" in caught.value.remedy


def test_a_broker_that_refuses_while_it_is_waited_for_is_not_to_be_started(tmp_path, client, settings):
    job = job_of(tmp_path, [31])
    client.set(f"{settings.key_prefix}unacked", "of something else")
    with pytest.raises(BrokerUnreachable, match=r"refuses: .*WRONGTYPE") as caught:
        wait(job, settings)
    assert "take another key_prefix" in caught.value.remedy
    assert "Start Redis" not in caught.value.remedy
    assert f"digitize resume {job.path}" in caught.value.remedy
