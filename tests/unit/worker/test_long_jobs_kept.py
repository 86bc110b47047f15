"""What holds for every job holds for one of many pages: failures read again, links, what was left, bounds."""

from pathlib import Path

import pytest

import worker.list_file
from tests.fake_readers import number_record
from tests.job_builders import failed_record, read_record
from worker.errors import OutputNotWritable, UsageError
from worker.inputs import LINK_OUTSIDE, find_inputs
from worker.job_folder import ReadOptions
from worker.job_status import JobWatcher
from worker.jobs import Job, PageEntry, ProgressWatcher
from worker.pile import FEW
from worker.retrying import failed_entries, set_failures_aside
from worker.unfinished_files import _machine

PAGES = FEW + 50


@pytest.fixture(scope="module")
def entries():
    return [PageEntry.of(Path(f"/scans/{number}.png"), name=f"{number}.png") for number in range(PAGES)]


@pytest.fixture
def job(tmp_path, entries, monkeypatch):
    monkeypatch.setattr("os.fsync", lambda _: None)
    return Job.create(tmp_path / "job", entries, [], ReadOptions())


def test_failed_pages_are_read_again_and_no_others(job, entries):
    for number in (3, 900):
        job.write_record(entries[number].key, failed_record(entries[number]))
    job.write_record(entries[4].key, read_record(entries[4]))
    failed = failed_entries(job)
    assert [*failed] == [entries[3], entries[900]]
    again = set_failures_aside(job, failed)
    assert [*again] == [entries[3], entries[900]]
    assert job.earlier_path(entries[3].key).parent == job.record_path(entries[3].key).parent
    assert job.earlier_failure(entries[900].key) == failed_record(entries[900])
    assert [*failed_entries(job)] == [*again]
    job.write_record(entries[3].key, read_record(entries[3]))
    assert not job.earlier_path(entries[3].key).exists()
    assert [*failed_entries(job)] == [entries[900]]


@pytest.mark.parametrize("as_tuple", [False, True])
def test_waiting_for_some_pages_ends_with_them_and_not_with_others(job, entries, monkeypatch, as_tuple):
    monkeypatch.setattr("worker.progress._FRONT", 5)
    monkeypatch.setattr("worker.progress._AROUND", 5)
    for number in (700, 900):
        job.write_record(entries[number].key, failed_record(entries[number]))
    again = set_failures_aside(job, failed_entries(job))
    watcher = ProgressWatcher(job, wanted=tuple(again) if as_tuple else again)
    assert watcher.look().missing == PAGES
    for number in (0, 1, 700):
        job.write_record(entries[number].key, read_record(entries[number]))
    watcher.look()
    assert watcher.wanted_missing
    job.write_record(entries[900].key, failed_record(entries[900]))
    assert watcher.look().failed == 1  # at once, although hundreds of others are missing
    assert not watcher.wanted_missing


def test_status_sees_pages_read_fail_and_wait_on_their_shelves(job, entries):
    watcher = JobWatcher(job)
    assert watcher.look().progress.missing == PAGES
    job.write_record(entries[0].key, read_record(entries[0], [number_record("12")]))
    job.write_record(entries[1].key, read_record(entries[1]))
    job.write_record(entries[900].key, failed_record(entries[900]))
    job.write_record(entries[2].key, failed_record(entries[2]))
    progress = watcher.look().progress
    assert (progress.read, progress.blank, progress.failed) == (2, 1, 2)
    assert [failure.file for failure in watcher.failures()] == ["2.png", "900.png"]
    set_failures_aside(job, failed_entries(job))
    assert watcher.look().progress.failed == 0
    assert [failure.waits for failure in watcher.failures()] == [True, True]
    job.write_record(entries[2].key, failed_record(entries[2]))
    assert [failure.file for failure in watcher.look().failed_now] == ["2.png"]


def test_what_killed_programs_left_on_shelves_is_cleared(job, entries, tmp_path):
    key = entries[5].key
    shelved = [job.record_path(key).parent, job.overlay_path(key).parent, job.crops_folder(key)]
    elsewhere = tmp_path / "elsewhere"
    (job.path / "overlays").mkdir()
    (job.path / "overlays" / "link").symlink_to(elsewhere)
    left = f".page.json.{_machine()}-1-00000000.tmp"
    for folder in (*shelved, elsewhere):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / left).touch()
    job.clear_unfinished()
    assert [path for folder in shelved for path in folder.iterdir()] == []
    assert (elsewhere / left).exists()


def test_no_record_is_written_behind_a_link_that_has_the_name_of_a_shelf(job, entries, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    job.record_path(entries[0].key).parent.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OutputNotWritable, match="is a link"):
        job.write_record(entries[0].key, read_record(entries[0]))
    assert [*(tmp_path / "elsewhere").iterdir()] == []


@pytest.mark.parametrize(
    ("bound", "what"), [("MOST_LIST_BYTES", "it has more"), ("MOST_LINE_BYTES", "a line")]
)
def test_a_list_beyond_its_bounds_is_not_read(job, monkeypatch, bound, what):
    monkeypatch.setattr(worker.list_file, bound, 20)
    monkeypatch.setattr("worker.line_file._BLOCK", 50)
    with pytest.raises(UsageError, match=f"cannot use .*{what}"):
        Job.open(job.path)


def test_of_many_files_each_is_known_to_have_been_found_in_its_folder(tmp_path, monkeypatch):
    monkeypatch.setattr("worker.pile.FEW", 5)
    monkeypatch.setattr("worker.outer_sort._PART", 5)
    for number in range(20):
        path = tmp_path / f"box {number % 2}" / f"{number}.png"
        path.parent.mkdir(exist_ok=True)
        path.touch()
    (tmp_path / "box 0" / "out.png").symlink_to(tmp_path / "box 1" / "1.png")
    (tmp_path / "box 0" / "in.png").symlink_to(tmp_path / "box 0" / "0.png")
    alone = tmp_path / "alone.png"
    alone.touch()
    found = find_inputs([tmp_path / "box 0", tmp_path / "box 1", alone])
    assert {file.path.name: file.within for file in found.files} == {
        **{f"{number}.png": tmp_path / f"box {number % 2}" for number in range(20)},
        "alone.png": None,
    }
    assert [(error.code, error.message) for error in found.errors] == [LINK_OUTSIDE]
