"""Jobs of many pages: a list beside the job file, page files on shelves, and otherwise as any job."""

import json
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import worker.page_entry
from tests.fake_readers import MODEL, number_record
from tests.job_builders import failed_record, page_file, read_record
from worker.errors import OutputNotWritable, UsageError
from worker.job_file import JobFile
from worker.job_folder import JobFolder, ReadOptions
from worker.jobs import Job, PageEntry, ProgressWatcher
from worker.page_planning import SubmissionPlan
from worker.page_task import process_page
from worker.pile import FEW
from worker.submission import open_or_create
from worker.tables import write_tables

PAGES = FEW + 50


@pytest.fixture(scope="module")
def entries():
    """Pages that nobody looks into."""
    return [PageEntry.of(Path(f"/scans/{number}.png"), name=f"{number}.png") for number in range(PAGES)]


@pytest.fixture
def job(tmp_path, entries):
    gone = [failed_record(entry, "file-missing") for entry in entries[:2]]
    return Job.create(tmp_path / "job", entries, gone, ReadOptions())


@pytest.fixture
def quick_disk(monkeypatch):
    """Let nothing wait for a disk: a thousand page files are written here."""
    monkeypatch.setattr("os.fsync", lambda _: None)


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def plan_of(entries, failures=()):
    plan = SubmissionPlan()
    plan.entries.extend(entries)
    plan.failures.extend(failures)
    return plan


def test_a_long_job_is_opened_as_it_was_made(job, entries):
    opened = Job.open(job.path)
    assert opened.asked == job.asked
    assert [*opened.entries] == entries
    assert len(opened.entries) == len(opened.missing()) == PAGES
    assert [*opened.missing()] == entries
    assert entries[-1] in opened.entries
    assert opened.failures == job.failures
    assert job.job_file.stat().st_size < 3000


def test_earlier_programs_are_told_that_they_do_not_know_such_a_job(job):
    asked = json.loads(job.job_file.read_bytes())
    assert asked["schema_version"] == "2.0"
    assert asked["inputs_file"]["name"] in names(job.path)
    assert "inputs" not in asked


def test_many_inputs_that_led_to_no_page_lie_beside_the_job_file_too(tmp_path, entries):
    gone = [failed_record(entry, "file-missing") for entry in entries]
    made = Job.create(tmp_path / "job", entries[:1], gone, ReadOptions())
    opened = Job.open(made.path)
    assert [*opened.failures] == gone
    assert opened.entries == tuple(entries[:1])
    assert opened.progress().failed == PAGES


def test_a_page_file_lies_on_a_shelf_for_whoever_writes_or_reads_it(job, entries):
    path = JobFolder(job.path).record_path(entries[7].key)
    assert path == job.pages / entries[7].key[-12:-10] / f"{entries[7].key}.json"
    JobFolder(job.path).write_record(entries[7].key, read_record(entries[7]))
    assert path.is_file()
    assert Job.open(job.path).read_record(entries[7].key) == read_record(entries[7])
    assert len(job.missing()) == PAGES - 1
    assert [*job.missing()] == entries[:7] + entries[8:]
    assert job.overlay_path(entries[7].key).parent.name == path.parent.name
    assert job.crops_folder(entries[7].key).parent.name == path.parent.name


def test_a_damaged_page_file_is_kept_on_its_shelf(job, entries):
    job.write_record(entries[0].key, read_record(entries[0]))
    job.record_path(entries[0].key).write_bytes(b"")
    ((entry, aside),) = job.set_damaged_aside(job.missing())
    assert (entry, aside.parent) == (entries[0], job.record_path(entries[0].key).parent)


def test_the_page_task_of_a_worker_finds_the_shelf(tmp_path, entries):
    real = page_file(tmp_path / "scans", 31)
    job = Job.create(tmp_path / "job", [*entries, real], [], ReadOptions())
    record = process_page(job.path, real, attempt=1, reader_factory="tests.fake_readers:load_reader")
    assert job.read_record(real.key, real.sha256) == record
    assert names(job.pages) == [real.key[-12:-10]]


@pytest.mark.parametrize("count", [1, 2])
def test_a_shelf_outlives_a_power_cut(job, entries, count, monkeypatch):
    """The folder of the shelves is forced to the disk once it has a new one, and not again."""
    forced = []
    fsync = os.fsync

    def noted(descriptor):
        forced.append(Path(f"/proc/self/fd/{descriptor}").readlink())
        fsync(descriptor)

    monkeypatch.setattr("os.fsync", noted)
    for _ in range(count):
        job.write_record(entries[0].key, read_record(entries[0]))
    assert forced.count(job.pages) == 1
    assert forced.count(job.record_path(entries[0].key).parent) == count


@pytest.mark.parametrize(
    ("damage", "why"),
    [
        (lambda path: path.unlink(), "No such file"),
        (lambda path: path.write_bytes(path.read_bytes()[:-100]), "not what the job file says"),
        (lambda path: path.write_bytes(path.read_bytes().replace(b"7.png", b"8.png", 1)), "not what the job"),
        (lambda path: (path.unlink(), os.mkfifo(path)), "a pipe"),
    ],
)
def test_a_list_that_the_job_file_does_not_vouch_for_is_refused(job, damage, why):
    damage(job.path / job.asked.inputs_file.name)
    with pytest.raises(UsageError, match=why):
        Job.open(job.path)


def test_a_page_that_has_not_its_own_key_is_refused_whoever_vouches_for_it(tmp_path, entries):
    evil = entries[5].model_copy(update={"key": "other-p0001-000000000000"})
    job = Job.create(tmp_path / "job", [*entries[:5], evil, *entries[5:]], [], ReadOptions())
    opened = Job.open(job.path)
    with pytest.raises(UsageError, match="damaged"):
        opened.missing()


@pytest.mark.parametrize("name", ["../inputs-000000000000.jsonl", "inputs.jsonl", "results.csv"])
def test_a_list_has_a_name_of_its_own(job, name):
    asked = json.loads(job.job_file.read_bytes())
    asked["inputs_file"]["name"] = name
    job.job_file.write_text(json.dumps(asked))
    with pytest.raises(UsageError, match=r"inputs_file\.name"):
        Job.open(job.path)


@pytest.mark.parametrize("inputs", [[], None])
def test_pages_stand_in_one_place(job, inputs):
    asked = json.loads(job.job_file.read_bytes())
    if inputs is None:
        del asked["inputs_file"]
    else:
        asked["inputs"] = inputs
    job.job_file.write_text(json.dumps(asked))
    with pytest.raises(UsageError, match="either in it or beside it"):
        Job.open(job.path)


def test_a_page_that_is_named_twice_among_many_counts_once(tmp_path, entries):
    job = Job.create(tmp_path / "job", [*entries, entries[3], entries[3]], [], ReadOptions())
    assert [*job.entries] == entries


def test_two_pages_of_one_key_are_told_and_none_is_lost(tmp_path, entries, monkeypatch):
    """It takes two files of one name among millions; here one page borrows the key of another."""
    own_key = worker.page_entry.key_of_text

    def borrowed(path, page):
        return own_key(path.replace("/4.png", "/9.png"), page)

    monkeypatch.setattr("worker.page_entry.key_of_text", borrowed)
    twin = PageEntry.of(Path("/scans/4.png"), name="4.png")
    with pytest.raises(UsageError, match=r"page 1 of 9\.png and page 1 of 4\.png would have one name"):
        Job.create(tmp_path / "job", [*entries[:4], twin, *entries[5:]], [], ReadOptions())
    assert names(tmp_path / "job") == []


def test_the_same_long_job_is_continued_and_another_refused(tmp_path, entries):
    folder = tmp_path / "job"
    job, _ = open_or_create(folder, plan_of(entries), ReadOptions(), MODEL)
    again, continued = open_or_create(folder, plan_of(entries), ReadOptions(), MODEL)
    assert (again.asked, continued) == (job.asked, True)
    renamed = [entry.model_copy(update={"name": "x"}) for entry in entries]
    for other, why in (
        (entries[:-1], "of other pages"),
        ([*entries[1:], entries[0]], "of other pages"),
        (entries[:3], "of other pages"),
        (renamed, "named differently"),
    ):
        with pytest.raises(OutputNotWritable, match=why):
            open_or_create(folder, plan_of(other), ReadOptions(), MODEL)


@pytest.mark.parametrize("locked", [True, False], ids=["with the lock", "without"])
@pytest.mark.parametrize("same", [True, False], ids=["the same", "two"])
def test_of_two_long_jobs_at_one_moment_one_is_whole(tmp_path, entries, locked, same, monkeypatch):
    if not locked:
        monkeypatch.setattr("fcntl.flock", lambda *_: None)
    plans = [plan_of(entries), plan_of(entries if same else entries[:-1])]

    def make(folder, plan):
        try:
            return open_or_create(folder, plan, ReadOptions(), MODEL)
        except OutputNotWritable:
            return None

    for number in range(5):
        folder = tmp_path / f"job-{number}"
        with ThreadPoolExecutor(2) as threads:
            results = [*threads.map(make, [folder] * 2, plans)]
        assert results.count(None) == (0 if same else 1)
        assert sum(made is not None and not made[1] for made in results) == 1
        job = Job.open(folder)
        assert len([*job.entries]) in [len(plan.entries) for plan in plans]
        assert names(folder) == [job.asked.inputs_file.name, "job.json", "pages"]


def test_a_list_that_a_power_cut_left_behind_is_in_nobodys_way(tmp_path, job, entries):
    folder = tmp_path / "again"
    folder.mkdir()
    (folder / job.asked.inputs_file.name).write_bytes(b"half of i")
    made, _ = open_or_create(folder, plan_of(entries), ReadOptions(), MODEL)
    assert [*Job.open(made.path).entries] == entries


def test_a_list_that_does_not_fit_leaves_nothing_in_the_way(tmp_path, entries, monkeypatch):
    def no_space(_descriptor):
        raise OSError(28, os.strerror(28))

    with monkeypatch.context() as patch:
        patch.setattr("os.fsync", no_space)
        with pytest.raises(OutputNotWritable, match="No space left"):
            open_or_create(tmp_path / "job", plan_of(entries), ReadOptions(), MODEL)
    assert not (tmp_path / "job").exists()


def test_a_job_file_that_does_not_fit_takes_its_list_with_it(tmp_path, entries, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(
            "worker.job_file.create_durably", lambda *_: (_ for _ in ()).throw(OutputNotWritable("no"))
        )
        with pytest.raises(OutputNotWritable, match="no"):
            open_or_create(tmp_path / "job", plan_of(entries), ReadOptions(), MODEL)
    assert not (tmp_path / "job").exists()


def test_a_long_job_of_before_is_read_and_gives_the_same_tables(tmp_path, job, entries, quick_disk):
    """Before there were lists beside it, a job file held all pages, and page files lay in one folder."""
    old = tmp_path / "old"
    (old / "pages").mkdir(parents=True)
    held = {"inputs": tuple(entries), "failures": tuple(job.failures)}
    asked = job.asked.model_dump(
        exclude={"schema_version", "shelf_digits", "inputs", "inputs_file", "failures"}
    )
    (old / "job.json").write_bytes(JobFile(**asked, **held).encode())
    before = Job.open(old)
    for number, entry in enumerate(entries):
        record = failed_record(entry) if number % 7 == 0 else read_record(entry, [number_record("0417")])
        if number % 11:
            job.write_record(entry.key, record)
            before.write_record(entry.key, record)
    assert before.record_path(entries[1].key).parent == before.pages
    assert [*before.missing()] == [*job.missing()] == entries[::11]
    assert before.progress() == job.progress()
    assert write_tables(job) == write_tables(before)
    for name in ("results.csv", "results.json", "errors.csv", "summary.json"):
        assert (job.path / name).read_bytes() == (old / name).read_bytes()


def test_a_watcher_opens_few_files_however_many_pages_there_are(job, entries, quick_disk, monkeypatch):
    monkeypatch.setattr("worker.progress._FRONT", 20)
    monkeypatch.setattr("worker.progress._AROUND", 10)
    job.write_record(entries[-1].key, read_record(entries[-1]))
    watcher = ProgressWatcher(job)
    assert (watcher.look().read, watcher.look().missing) == (1, PAGES - 1)

    looked_for = []
    read = Job.read_record
    monkeypatch.setattr(Job, "read_record", lambda self, *of: (looked_for.append(of[0]), read(self, *of))[1])
    watcher.look()
    assert len(looked_for) == 30

    for entry in (*entries[:30], entries[500]):
        job.write_record(entry.key, read_record(entry))
    seen = [watcher.look().read for _ in range(PAGES // 10 + 1)]
    assert seen == sorted(seen)
    assert seen[0] >= 21
    assert seen[-1] == 32
    for entry in entries:
        job.write_record(entry.key, read_record(entry))
    assert watcher.look().missing == 0
    assert watcher.look().read == PAGES
