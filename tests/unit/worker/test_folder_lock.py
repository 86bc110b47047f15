"""A folder is one program's at a time, and whoever waits long for it is told why, once."""

import fcntl
import logging
import os
import threading

import pytest

from worker import folder_lock as module
from worker.folder_lock import folder_lock


@pytest.fixture
def held(tmp_path):
    """Hold the folder; return the descriptor that does."""
    descriptor = os.open(tmp_path, os.O_RDONLY)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    yield descriptor
    os.close(descriptor)


def test_nobody_waits_for_a_folder_that_is_free(tmp_path, monkeypatch, caplog):
    monkeypatch.setattr(module, "_PATIENCE_S", 0)

    with folder_lock(tmp_path):
        pass
    with folder_lock(tmp_path):
        pass

    assert not caplog.records


def test_who_waits_says_so_once_and_gets_the_folder_when_it_is_free(tmp_path, held, monkeypatch, caplog):
    monkeypatch.setattr(module, "_PATIENCE_S", 0)
    said, taken = threading.Event(), threading.Event()
    monkeypatch.setattr(module.log, "warning", lambda *words: (caplog.records.append(words), said.set()))

    def wait_for_it():
        with folder_lock(tmp_path):
            taken.set()

    waiting = threading.Thread(target=wait_for_it)
    waiting.start()
    assert said.wait(30)
    assert not taken.is_set()
    fcntl.flock(held, fcntl.LOCK_UN)
    waiting.join(30)

    assert taken.is_set()
    assert len(caplog.records) == 1


def test_who_gets_it_soon_says_nothing(tmp_path, held, monkeypatch, caplog):
    started = threading.Event()

    class Teller(threading.Timer):
        def start(self):
            super().start()
            started.set()

    monkeypatch.setattr(module.threading, "Timer", Teller)
    monkeypatch.setattr(module, "_PATIENCE_S", 3600)

    def take():
        with folder_lock(tmp_path):
            pass

    waiting = threading.Thread(target=take)
    waiting.start()
    assert started.wait(30)
    fcntl.flock(held, fcntl.LOCK_UN)
    waiting.join(30)

    assert not waiting.is_alive()
    assert not caplog.records


def test_the_holder_is_named_where_the_system_says_who_it_is(tmp_path, held, monkeypatch):
    status = tmp_path.stat()
    place = f"{os.major(status.st_dev):02x}:{os.minor(status.st_dev):02x}:{status.st_ino}"
    locks = tmp_path / "locks"
    monkeypatch.setattr(module, "_LOCKS", locks)

    for lines, said in (
        (f"1: FLOCK  ADVISORY  WRITE {os.getpid()} {place} 0 EOF\n", f"process {os.getpid()} ("),
        (f"1: FLOCK  ADVISORY  WRITE 99999999 {place} 0 EOF\n", "process 99999999"),
        (f"1: FLOCK  ADVISORY  WRITE 0 {place} 0 EOF\n", "another program"),
        (f"1: -> FLOCK  ADVISORY  WRITE 7 {place} 0 EOF\n", "another program"),
        (f"1: POSIX  ADVISORY  WRITE 7 {place} 0 EOF\n", "another program"),
        (f"1: FLOCK  ADVISORY  WRITE 7 {place}1 0 EOF\n", "another program"),
    ):
        locks.write_text(lines)
        assert module._holder(held).startswith(said)
    locks.unlink()
    assert module._holder(held) == "another program"


def test_what_is_waited_for_is_named(tmp_path, held, monkeypatch, caplog):
    with caplog.at_level(logging.WARNING):
        module._tell(held, tmp_path)

    (record,) = caplog.records
    assert record.getMessage().startswith(f"waiting for {tmp_path}, which ")
