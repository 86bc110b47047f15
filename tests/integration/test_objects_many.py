"""A job of many pages in an object store: its list, its shelves, and what is asked of the store for them."""

import hashlib
import tracemalloc

import pytest

from tests.fake_readers import number_record
from tests.job_builders import failed_record, read_record
from worker import object_store
from worker.asked_pages import asks_for
from worker.errors import UsageError
from worker.job_folder import JobFolder, ReadOptions
from worker.job_status import JobWatcher
from worker.jobs import Job, PageEntry, ProgressWatcher
from worker.list_file import MOST_LINE_BYTES, ListBeside, ListFile
from worker.object_path import ObjectPath
from worker.page_entry import ENTRY_LINES
from worker.tables import tables_hold_all, write_tables

pytestmark = pytest.mark.objects

PAGES = 1001


@pytest.fixture
def entries(in_reach):
    scans = ObjectPath(in_reach.name, "scans")
    return [PageEntry.of(scans / f"{number:04d}.png", name=f"{number:04d}.png") for number in range(PAGES)]


@pytest.fixture
def job(in_reach, entries):
    return Job.create(ObjectPath(in_reach.name, "job"), entries, [], ReadOptions())


def test_its_pages_stand_in_a_list_and_their_files_on_shelves(job, entries, in_reach):
    job.write_record(entries[7].key, read_record(entries[7]))

    again = Job.open(job.path)

    assert [*again.entries] == entries
    assert str(again.record_path(entries[7].key)).endswith(
        f"/pages/{entries[7].key[-12:-10]}/{entries[7].key}.json"
    )
    assert len(in_reach.keys("job/inputs-")) == 1
    assert in_reach.keys("job/pages/") == [again.record_path(entries[7].key).key]
    assert asks_for(JobFolder(job.path), entries[7])
    assert not asks_for(JobFolder(job.path), entries[7].model_copy(update={"sha256": "0" * 64}))


def test_what_is_done_is_found_by_listing(job, entries):
    watcher, status = ProgressWatcher(job), JobWatcher(job)
    assert watcher.look().missing == PAGES
    for entry in entries[::100]:
        job.write_record(entry.key, read_record(entry, [number_record("7")]))
    job.write_record(entries[5].key, failed_record(entries[5]))

    now, shown = watcher.look(), status.look()

    assert (now.read, now.failed, now.missing) == (11, 1, PAGES - 12)
    assert shown.progress == now
    assert [failure.file for failure in shown.failed_now] == [entries[5].name]
    assert len(job.missing()) == PAGES - 12


def test_only_what_is_there_is_asked_for(job, entries, monkeypatch):
    job.write_record(entries[3].key, read_record(entries[3]))
    asked = []
    read = object_store.read
    monkeypatch.setattr(object_store, "read", lambda place, **kw: asked.append(place) or read(place, **kw))

    assert job.progress().done == 1
    assert asked.count(job.record_path(entries[3].key)) == 1
    assert [place for place in asked if "/pages/" in place.key] == [job.record_path(entries[3].key)]


def test_a_page_file_that_is_none_is_put_aside_and_never_a_result(job, entries, in_reach):
    key = job.record_path(entries[3].key).key
    in_reach.put(key, b"{}\n")

    missing = job.missing()

    assert entries[3] in missing
    assert [str(aside) for _, aside in job.set_damaged_aside(missing)] == [f"{in_reach.url}/{key}.damaged-1"]
    assert in_reach.keys("job/pages/") == [f"{key}.damaged-1"]


def test_tables_are_there_as_a_whole_or_not_at_all(job, entries, in_reach, monkeypatch):
    job.write_record(entries[3].key, read_record(entries[3], [number_record("7")]))
    write_tables(job)
    before = in_reach.get("job/results.csv")
    assert before.count(b"\n") == 2
    assert not tables_hold_all(job)
    job.write_record(entries[4].key, read_record(entries[4], [number_record("8")]))
    monkeypatch.setattr("worker.tables.result_rows", lambda _: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        write_tables(job)

    assert in_reach.get("job/results.csv") == before


def test_a_list_that_was_changed_is_refused(job, in_reach):
    name = in_reach.keys("job/inputs-")[0]
    in_reach.put(name, in_reach.get(name).replace(b"0007.png", b"0008.png"))

    with pytest.raises(UsageError, match="not what the job file says"):
        Job.open(job.path)


def test_a_long_list_is_never_in_memory_as_a_whole(in_reach):
    line = b"x" * 100_000
    lines = [line] * 300
    data = b"".join(each + b"\n" for each in lines)
    beside = ListBeside(name="inputs-0123456789ab.jsonl", count=300, sha256=hashlib.sha256(data).hexdigest())
    folder = ObjectPath(in_reach.name, "job")
    in_reach.put(f"job/{beside.name}", data)
    del data
    object_store.look(folder / beside.name)  # what speaks to the store is loaded by then

    tracemalloc.start()
    try:
        ListFile(folder, beside, ENTRY_LINES).check()
        _, peak_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak_bytes < 10 * 2**20 < 300 * len(line)


def test_a_list_that_is_one_long_line_is_refused(in_reach):
    beside = ListBeside(name="inputs-0123456789ab.jsonl", count=1, sha256="0" * 64)
    in_reach.put(f"job/{beside.name}", b"x" * (MOST_LINE_BYTES + 2**14))
    listed = ListFile(ObjectPath(in_reach.name, "job"), beside, ENTRY_LINES)
    with pytest.raises(UsageError, match=f"a line has more than {MOST_LINE_BYTES} bytes"):
        listed.check()
