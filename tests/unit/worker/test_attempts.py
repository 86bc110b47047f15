"""Counting attempts where Redis does not answer, and what stands under which key."""

from pathlib import Path

import pytest
from redis.exceptions import RedisError

from worker.attempts import AttemptCounter
from worker.queue import connect

JOB = Path("/jobs/monday")


@pytest.fixture
def without_redis():
    """Nobody listens on port 1."""
    return AttemptCounter(connect("redis://127.0.0.1:1/0"), "ours:")


def test_a_page_is_read_rather_than_held_up(without_redis, caplog):
    assert [without_redis.begin(JOB, "page", "message") for _ in range(2)] == [1, 1]
    assert caplog.text.count("attempt not counted") == 2


def test_what_cannot_be_noted_ends_no_worker(without_redis, caplog):
    without_redis.done(JOB, "page")
    without_redis.give_up(JOB, "page", "no space left")
    assert "not noted that a page was given up" in caplog.text


def test_who_asks_is_told_that_there_is_no_answer(without_redis):
    with pytest.raises(RedisError):
        without_redis.reset(JOB, ["page"])
    with pytest.raises(RedisError):
        without_redis.given_up(JOB)


class Client:
    """Remembers what is deleted."""

    def __init__(self):
        self.deleted, self.fields = [], []

    def delete(self, *names):
        self.deleted.append(names)

    def hdel(self, name, *fields):
        self.fields.append((name, fields))


def test_one_page_of_two_jobs_has_two_counters():
    client = Client()
    counter = AttemptCounter(client, "ours:")
    counter.done(JOB, "page")
    counter.done(Path("/jobs/tuesday"), "page")
    (monday,), (tuesday,) = client.deleted
    assert monday != tuesday
    assert all(name.startswith("ours:begun:") and name.endswith(":page") for name in (monday, tuesday))


def test_many_pages_are_reset_in_commands_of_bounded_length():
    client = Client()
    keys = [f"page-{k}" for k in range(2500)]
    AttemptCounter(client, "ours:").reset(JOB, keys)
    assert [len(names) for names in client.deleted] == [1000, 1000, 500]
    assert [field for _, fields in client.fields for field in fields] == keys
    assert {name for name, _ in client.fields} == {client.fields[0][0]}


class AwayAtFirst:
    """Does not answer the first time."""

    def __init__(self):
        self.deleted = []
        self.there = False

    def delete(self, *names):
        if not self.there:
            self.there = True
            raise RedisError("away")
        self.deleted += names


def test_what_redis_did_not_hear_is_told_with_the_next_page():
    client = AwayAtFirst()
    counter = AttemptCounter(client, "ours:")
    for page in ("first", "second", "third"):
        counter.done(JOB, page)
    assert [name.rsplit(":", 1)[1] for name in client.deleted] == ["first", "second", "third"]
