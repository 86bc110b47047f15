"""A watched folder's pages stay in the queue, whatever becomes of the broker."""

import pytest

from tests.job_builders import job_of, plain_settings, read_record
from worker import watch_queue
from worker.errors import BrokerUnreachable
from worker.queue_state import QueueState
from worker.watch_queue import QueueKeeper

SETTINGS = plain_settings(broker_url="redis://127.0.0.1:1/0")


class Told:
    def __init__(self):
        self.warnings = []

    def note(self, text):
        raise AssertionError(text)

    def warning(self, text):
        self.warnings.append(text)


class Keys:
    """A Redis that can be empty, as far as marks go."""

    def __init__(self):
        self.names = set()

    def set(self, name, _value, ex):
        self.names.add(name)

    def expire(self, name, _time):
        return name in self.names

    def delete(self, name):
        self.names.discard(name)


@pytest.fixture
def broker(monkeypatch):
    """Stand for a broker: what it holds, whether it answers, and what was sent to it."""

    class Broker:
        state = QueueState(0, 0, ("host:1",))
        answers = True
        sent: list[str] = []  # noqa: RUF012 - one for the test

        def enqueue(self, _job, entries, _settings):
            self.look()
            self.sent += [entry.name for entry in entries]
            return len(entries)

        def look(self, _settings=None):
            if not self.answers:
                raise BrokerUnreachable("the broker does not answer")
            return self.state

    made = Broker()
    made.client = Keys()
    monkeypatch.setattr(watch_queue, "enqueue", made.enqueue)
    monkeypatch.setattr(watch_queue, "look_at_queue", made.look)
    monkeypatch.setattr(watch_queue, "ask_broker", lambda _url, question: question(made.client))
    monkeypatch.setattr(watch_queue, "_ASK_EVERY_S", 0.0)
    made.sent = []
    return made


def test_what_the_broker_did_not_take_is_queued_when_it_answers_again(tmp_path, broker):
    job, told = job_of(tmp_path, [31, 32]), Told()
    keeper = QueueKeeper(SETTINGS, told)
    broker.answers = False
    keeper.queue(job)
    keeper.look_after([job])
    broker.answers = True
    broker.state = QueueState(7, 1, ("host:1",))
    keeper.look_after([job])
    keeper.look_after([job])
    assert broker.sent == ["31.png", "32.png"]
    assert told.warnings == ["the broker does not answer; pages are queued when it takes them again"]


def test_what_the_broker_lost_is_queued_again_but_not_what_is_just_being_taken(tmp_path, broker):
    job, told = job_of(tmp_path, [31, 32]), Told()
    job.write_record(job.entries[0].key, read_record(job.entries[0]))
    keeper = QueueKeeper(SETTINGS, told)
    keeper.look_after([job])
    assert broker.sent == []
    broker.state = QueueState(0, 1, ("host:1",))
    keeper.look_after([job])
    broker.state = QueueState(0, 0, ("host:1",))
    keeper.look_after([job])
    assert broker.sent == []
    keeper.look_after([job])
    assert broker.sent == ["32.png"]
    assert told.warnings == [f"{job.path}: the broker lost its pages; they are queued again"]


def test_what_the_broker_lost_is_queued_again_also_beside_what_others_queued_since(tmp_path, broker):
    job, told = job_of(tmp_path, [31, 32]), Told()
    keeper = QueueKeeper(SETTINGS, told)
    broker.state = QueueState(7, 1, ("host:1",))
    keeper.queue(job)
    keeper.look_after([job])
    assert broker.sent == ["31.png", "32.png"]
    broker.client.names.clear()
    for _ in range(3):
        keeper.look_after([job])
    assert broker.sent == ["31.png", "32.png"] * 2
    assert told.warnings == [f"{job.path}: the broker lost its pages; they are queued again"]


def test_nothing_is_left_in_the_broker_while_there_is_nothing_to_read(tmp_path, broker):
    job = job_of(tmp_path, [31])
    keeper = QueueKeeper(SETTINGS, Told())
    keeper.queue(job)
    assert len(broker.client.names) == 1
    keeper.look_after([])
    assert broker.client.names == set()
    keeper.queue(job)
    assert len(broker.client.names) == 1


def test_that_no_worker_is_there_is_said_once(tmp_path, broker):
    told = Told()
    keeper = QueueKeeper(SETTINGS, told)
    broker.state = QueueState(2, 0, ())
    for _ in range(3):
        keeper.look_after([job_of(tmp_path, [31])] if _ == 0 else [])
    assert len(told.warnings) == 1
    assert "`digitize worker`" in told.warnings[0]
