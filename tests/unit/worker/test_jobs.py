import json

import pytest

from tests.fake_readers import FACTORY, number_record
from tests.job_builders import failed_record, job_of, page_file, read_record
from worker.errors import OutputNotWritable, UsageError
from worker.failures import failed_page
from worker.job_folder import ReadOptions
from worker.jobs import Job, ProgressWatcher
from worker.page_task import process_page


def test_a_job_is_opened_as_it_was_made(tmp_path):
    entry = page_file(tmp_path, 31, "Zähler\n1.png")
    failure = failed_page(path="gone.png", code="file-missing", message="no such file")
    made = Job.create(tmp_path / "job", [entry], [failure], ReadOptions(pdf_dpi=300, save_crops=True))
    opened = Job.open(tmp_path / "job")
    assert opened.asked == made.asked
    assert opened.entries == (entry,)
    assert opened.failures == (failure,)
    assert opened.options.pdf_dpi == 300
    assert opened.entries[0].file.read_bytes() == entry.file.read_bytes()


def test_a_folder_that_holds_a_job_is_not_overwritten(tmp_path):
    job = job_of(tmp_path, [31])
    before = job.job_file.read_bytes()
    with pytest.raises(OutputNotWritable, match="holds a job already"):
        Job.create(job.path, [], [], ReadOptions())
    assert job.job_file.read_bytes() == before


@pytest.mark.parametrize("content", [None, b"", b"{", b'{"schema_version": "1.0"}', b"\xff\xfe"])
def test_a_folder_without_a_sound_job_file_is_no_job(tmp_path, content):
    if content is not None:
        (tmp_path / "job.json").write_bytes(content)
    with pytest.raises(UsageError, match=r"job\.json"):
        Job.open(tmp_path)


def test_a_page_that_is_named_twice_counts_once(tmp_path):
    entry = page_file(tmp_path, 31)
    assert Job.create(tmp_path / "job", [entry, entry], [], ReadOptions()).entries == (entry,)


def test_progress_counts_read_failed_missing_and_inputs_without_a_page(tmp_path):
    entries = [page_file(tmp_path, width) for width in (31, 32, 33)]
    gone = failed_page(path="gone.png", code="file-missing", message="no such file")
    job = Job.create(tmp_path / "job", entries, [gone], ReadOptions())
    job.write_record(entries[0].key, read_record(entries[0], [number_record("12")]))
    job.write_record(entries[2].key, failed_record(entries[2]))
    progress = job.progress()
    assert (progress.total, progress.read, progress.failed, progress.missing) == (4, 1, 2, 1)
    assert progress.done == 3
    assert job.missing() == (entries[1],)


def test_a_page_without_a_number_is_read_and_blank(tmp_path):
    job = job_of(tmp_path, [31, 32])
    job.write_record(job.entries[0].key, read_record(job.entries[0]))
    job.write_record(job.entries[1].key, read_record(job.entries[1], [number_record("12")]))
    assert (job.progress().read, job.progress().blank) == (2, 1)


def test_a_watcher_opens_a_finished_page_only_once(tmp_path):
    job = job_of(tmp_path, [31, 32])
    watcher = ProgressWatcher(job)
    job.write_record(job.entries[0].key, read_record(job.entries[0]))
    assert watcher.look().read == 1
    job.record_path(job.entries[0].key).write_bytes(b"")
    assert watcher.look().read == 1


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: b"",
        lambda data: data[:40],
        lambda data: data[:-1],
        lambda data: data[: len(data) // 2] + b"}\n",
        lambda data: data[:100] + data[150:],
        lambda data: data[:100] + bytes(50) + data[150:],
        lambda data: b"x" + data,
    ],
    ids=["empty", "head only", "no line feed", "cut and closed", "hole", "zeros", "wrong beginning"],
)
def test_a_torn_page_file_is_no_result_and_read_again(tmp_path, damage):
    job = job_of(tmp_path, [31])
    (entry,) = job.entries
    job.write_record(entry.key, read_record(entry))
    path = job.record_path(entry.key)
    path.write_bytes(damage(path.read_bytes()))
    assert job.read_record(entry.key) is None
    assert job.progress().missing == 1
    assert job.missing() == (entry,)
    assert process_page(job, entry, attempt=1, reader_factory=FACTORY) == job.read_record(entry.key)
    assert job.missing() == ()


def test_a_page_file_of_another_schema_stands_in_no_table_and_is_missing(tmp_path):
    job = job_of(tmp_path, [31])
    (entry,) = job.entries
    job.write_record(entry.key, read_record(entry))
    path = job.record_path(entry.key)
    path.write_bytes(path.read_bytes().replace(b'"outcome":"read"', b'"outcome":"read","colour":"blue"'))
    assert job.missing() == (entry,)


def test_only_a_torn_file_is_set_aside_and_none_is_lost(tmp_path):
    job = job_of(tmp_path, [31, 32, 33])
    first, sound, absent = job.entries
    job.write_record(sound.key, read_record(sound))
    for torn in (b'{"outcome":"read"', b""):
        job.record_path(first.key).write_bytes(torn)
        ((entry, aside),) = job.set_damaged_aside(job.entries)
        assert (entry, aside.read_bytes()) == (first, torn)
    assert len(list(job.pages.iterdir())) == 3
    assert job.missing() == (first, absent)


def test_a_page_file_cut_by_a_full_disk_of_another_program_is_read_again(tmp_path):
    job = job_of(tmp_path, [31])
    (entry,) = job.entries
    job.write_record(entry.key, read_record(entry))
    path = job.record_path(entry.key)
    path.write_bytes(path.read_bytes()[:-10])
    assert job.missing() == (entry,)


def test_a_folder_of_pages_that_is_none_is_told_and_no_page_counted(tmp_path):
    job = job_of(tmp_path, [31])
    job.pages.rmdir()
    job.pages.touch()
    with pytest.raises(OutputNotWritable, match=r"cannot look into .*pages"):
        job.progress()


def test_leftovers_of_killed_writers_are_no_pages(tmp_path):
    job = job_of(tmp_path, [31])
    (entry,) = job.entries
    (job.pages / f".{entry.key}.json.123-abcd.tmp").write_bytes(b'{"outcome":"read"}\n')
    assert job.missing() == (entry,)
    assert job.progress().missing == 1


def test_records_come_in_input_order_whatever_was_done_first(tmp_path):
    job = job_of(tmp_path, [33, 31, 32])
    for entry in reversed(job.entries):
        job.write_record(entry.key, read_record(entry))
    assert [entry.name for entry, record in job.records() if record] == ["33.png", "31.png", "32.png"]


def test_a_number_that_is_not_finite_is_never_written(tmp_path):
    job = job_of(tmp_path, [31])
    (entry,) = job.entries
    record = read_record(entry).model_copy(update={"timings_s": {"total": float("nan")}})
    with pytest.raises(ValueError, match="timings_s"):
        job.write_record(entry.key, record)
    assert list(job.pages.iterdir()) == []


def test_the_job_file_holds_no_surprise(tmp_path):
    job = job_of(tmp_path, [31])
    names = list(json.loads(job.job_file.read_text()))
    assert names == ["schema_version", "id", "created", "tool", "model", "options", "inputs", "failures"]
