import hashlib
import os

import pytest

from tests.job_builders import page_file
from worker.jobs import PageEntry
from worker.page_file import FileFault, read_page_file
from worker.regular_file import read_regular

LIMIT_BYTES = 10**6


@pytest.fixture
def effort(monkeypatch):
    """Return what was done with files: 'read' and 'hashed', in order."""
    done = []
    sha256 = hashlib.sha256

    def counted_read(path, **bounds):
        done.append("read")
        return read_regular(path, **bounds)

    def counted_hash(data):
        done.append("hashed")
        return sha256(data)

    monkeypatch.setattr("worker.page_file.read_place", counted_read)
    monkeypatch.setattr("worker.page_file.hashlib.sha256", counted_hash)
    return done


def page(entry, number):
    return PageEntry.of(entry.file, name=entry.name, page=number, sha256=entry.sha256)


def test_the_pages_of_a_file_cost_one_look_into_it(tmp_path, effort):
    entry = page_file(tmp_path, 31)
    pages = [page(entry, number) for number in range(1, 6)]
    effort.clear()
    files = [read_page_file(one, LIMIT_BYTES) for one in pages]
    assert {file.sha256 for file in files} == {entry.sha256}
    assert {file.data for file in files} == {entry.file.read_bytes()}
    assert effort == ["read", "hashed"]


def test_a_large_file_is_not_kept_and_still_hashed_once(tmp_path, effort, monkeypatch):
    monkeypatch.setattr("worker.page_file._KEPT_BYTES", 10)
    entry = page_file(tmp_path, 31)
    pages = [page(entry, number) for number in range(1, 6)]
    effort.clear()
    for one in pages[:3]:
        assert read_page_file(one, LIMIT_BYTES).sha256 == entry.sha256
    assert effort == ["read", "hashed", "read", "read"]


def test_files_by_turns_are_each_read_and_never_mixed_up(tmp_path):
    first, second = page_file(tmp_path, 31), page_file(tmp_path, 32)
    for entry in (first, second, first, second):
        assert read_page_file(entry, LIMIT_BYTES).sha256 == entry.sha256


@pytest.mark.parametrize("kept", [10, 10**6], ids=["not kept", "kept"])
def test_a_file_that_is_replaced_between_two_pages_is_noticed(tmp_path, monkeypatch, kept):
    monkeypatch.setattr("worker.page_file._KEPT_BYTES", kept)
    entry = page_file(tmp_path, 31)
    read_page_file(entry, LIMIT_BYTES)
    data = bytearray(entry.file.read_bytes())
    data[-1] ^= 1
    entry.file.write_bytes(data)
    os.utime(entry.file, ns=(0, 0))
    with pytest.raises(FileFault) as caught:
        read_page_file(page(entry, 2), LIMIT_BYTES)
    assert caught.value.code == "file-changed"


def test_a_file_that_is_gone_is_not_answered_from_memory(tmp_path):
    entry = page_file(tmp_path, 31)
    read_page_file(entry, LIMIT_BYTES)
    entry.file.unlink()
    with pytest.raises(FileFault) as caught:
        read_page_file(page(entry, 2), LIMIT_BYTES)
    assert caught.value.code == "file-missing"
