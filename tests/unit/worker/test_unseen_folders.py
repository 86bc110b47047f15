"""A folder that is not mounted here is told from a file that is gone; who sees it is noted in Redis."""

import errno
import os
import socket
from pathlib import Path

import pytest
from redis.exceptions import ConnectionError as NoRedis

from worker import unseen_folders
from worker.errors import DigitizeError
from worker.object_path import ObjectPath
from worker.unseen_folders import FolderElsewhere, UnseenFolders, why_not_here

HERE = socket.gethostname()


class FakeRedis:
    """Sets, and keys of living workers."""

    def __init__(self, *hosts):
        self.alive, self.sets, self.expiring, self._answers = hosts, {}, {}, []

    def pipeline(self, transaction):
        return self

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._answers.clear()

    def sadd(self, name, host):
        self._answers.append(self.sets.setdefault(name, set()).add(host.encode()))

    def expire(self, name, seconds):
        self._answers.append(self.expiring.update({name: seconds}))

    def smembers(self, name):
        self._answers.append(set(self.sets[name]))

    def execute(self):
        return self._answers

    def scan_iter(self, _pattern, count):
        return [f"ours:alive:{host}:7".encode() for host in self.alive]


@pytest.fixture
def waits(monkeypatch):
    """Return how long was waited, each time."""
    waited = []
    monkeypatch.setattr(unseen_folders.time, "sleep", waited.append)
    return waited


def unseen(client):
    return UnseenFolders(client, "ours:", 60)


def test_a_file_that_is_here_or_gone_alone_is_for_this_machine(tmp_path, waits):
    (tmp_path / "there.png").touch()
    for name in ("there.png", "gone.png"):
        assert why_not_here(tmp_path / name) is None
        unseen(FakeRedis(HERE, "other")).check(tmp_path / name, last=False)
    assert why_not_here(ObjectPath("bucket", "scans/gone.png")) is None
    assert waits == []


def test_a_folder_that_is_missing_or_empty_is_not_mounted_here(tmp_path):
    for folder in (tmp_path / "missing", tmp_path / "missing" / "below", tmp_path):
        assert why_not_here(folder / "1.png") == f"{folder} is missing or empty on this machine"


@pytest.mark.parametrize(
    ("number", "why"), [(errno.ESTALE, "{}: Stale file handle"), (errno.EACCES, None), (errno.EIO, None)]
)
def test_a_mount_that_is_gone_stale_is_not_here(number, why, tmp_path, monkeypatch):
    def fail(self, **_):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(Path, "stat", fail)
    assert why_not_here(tmp_path / "1.png") == (why and why.format(tmp_path))


def test_a_page_waits_for_another_machine_whatever_its_attempts(tmp_path, waits):
    client = FakeRedis(HERE, "other")
    for last in (False, True):
        with pytest.raises(FolderElsewhere, match="missing or empty on this machine"):
            unseen(client).check(tmp_path / "1.png", last=last)
    assert waits == [10, 10]
    assert list(client.expiring.values()) == [60]


def test_nobody_waits_where_no_machine_sees_the_folder(tmp_path, waits):
    client = FakeRedis(HERE)
    with pytest.raises(DigitizeError) as caught:
        unseen(client).check(tmp_path / "1.png", last=False)
    assert not isinstance(caught.value, FolderElsewhere)
    unseen(client).check(tmp_path / "1.png", last=True)  # it is recorded as missing

    client.alive = (HERE, "other")
    next(iter(client.sets.values())).add(b"other")
    unseen(client).check(tmp_path / "1.png", last=True)
    with pytest.raises(FolderElsewhere):
        unseen(client).check(tmp_path / "another" / "1.png", last=True)
    assert waits == [10]


def test_a_page_that_waits_does_not_run_out_of_time(tmp_path, waits):
    with pytest.raises(FolderElsewhere):
        UnseenFolders(FakeRedis("other"), "ours:", 4).check(tmp_path / "1.png", last=False)
    assert waits == [2]


def test_without_redis_nobody_waits(tmp_path, waits, monkeypatch):
    client = FakeRedis("other")

    def fail():
        raise NoRedis

    monkeypatch.setattr(client, "execute", fail)
    unseen(client).check(tmp_path / "1.png", last=True)
    assert waits == []
