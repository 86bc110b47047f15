"""A page file counts only when all of it is sound and it is that of its page; a damaged one is kept aside."""

import json
import os
import shutil

import pytest

from tests.fake_readers import FACTORY, number_record
from tests.job_builders import job_of, plain_settings, read_record
from worker.embedded import run_embedded
from worker.errors import UsageError
from worker.job_folder import JobFolder
from worker.jobs import Job
from worker.tables import write_tables


def edited(change):
    """Return a damage that changes what the record says."""

    def damage(path):
        record = json.loads(path.read_bytes())
        change(record)
        path.write_text(json.dumps(record) + "\n")

    return damage


def replaced(make):
    """Return a damage that puts something else in the file's place."""

    def damage(path):
        path.unlink()
        make(path)

    return damage


def other_page(path):
    other = next(found for found in path.parent.iterdir() if found != path)
    shutil.copyfile(other, path)


DAMAGES = {
    "a pipe": replaced(os.mkfifo),
    "a folder": replaced(lambda path: path.mkdir()),
    "a link to itself": replaced(lambda path: path.symlink_to(path.name)),
    "only its beginning": lambda path: path.write_bytes(b'{"outcome":"read"}\n'),
    "deep": lambda path: path.write_bytes(b'{"outcome":' + b"[" * 100_000 + b"]" * 100_000 + b"}\n"),
    "another page's": other_page,
    "of another content": edited(lambda record: record["source"].update(sha256="0" * 64)),
    "of a schema to come": edited(lambda record: record.update(schema_version="2.0")),
    "a time that is no number": edited(lambda record: record["timings_s"].update(total=float("nan"))),
    "a time without an end": edited(lambda record: record["timings_s"].update(total=float("inf"))),
    "a time before its beginning": edited(lambda record: record["timings_s"].update(total=-1.0)),
    "a box beyond all pages": edited(lambda record: record["numbers"][0]["box"].update(x=10**400)),
}


@pytest.fixture
def job(tmp_path):
    made = job_of(tmp_path, [31, 32])
    for entry in made.entries:
        made.write_record(entry.key, read_record(entry, [number_record("7")]))
    return made


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES.keys())
def test_a_damaged_page_is_missing_everywhere_and_read_anew(job, damage):
    first, second = job.entries
    path = job.record_path(first.key)
    damage(path)
    assert job.missing() == (first,)
    assert (job.progress().read, job.progress().missing) == (1, 1)
    assert write_tables(job).pages.missing == 1
    ((entry, aside),) = job.set_damaged_aside(job.missing())
    assert (entry, aside.parent) == (first, job.pages)
    assert not os.path.lexists(path)
    assert os.path.lexists(aside)
    run_embedded(job, [first], plain_settings(jobs=1), lambda *_: None, reader_factory=FACTORY)
    assert job.missing() == ()
    assert [*job.set_damaged_aside((first, second))] == []


def change_job(job, change):
    asked = json.loads(job.job_file.read_bytes())
    change(asked)
    job.job_file.write_text(json.dumps(asked))


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda asked: asked["inputs"].append(asked["inputs"][0]), "a page stands in it twice"),
        (lambda asked: asked["inputs"][0].update(key="x"), "at inputs.0: the key is not that of this page"),
        (lambda asked: asked["inputs"][0].update(page=2), "at inputs.0: the key is not that of this page"),
        (lambda asked: asked["options"].update(pdf_dpi=0), "at options.pdf_dpi"),
        (lambda asked: asked.update(schema_version="3.0"), "made by a version of the program"),
    ],
)
def test_a_job_file_that_contradicts_itself_is_refused_and_says_why(job, change, why):
    change_job(job, change)
    with pytest.raises(UsageError) as caught:
        Job.open(job.path)
    assert why in caught.value.message


def test_a_job_file_that_is_a_pipe_does_not_hold_anybody_up(job):
    job.job_file.unlink()
    os.mkfifo(job.job_file)
    with pytest.raises(UsageError, match="a pipe"):
        Job.open(job.path)


def test_a_worker_finds_the_same_wrong_with_a_job_file(job):
    job.job_file.write_bytes(b'{"options":' + b"[" * 100_000)
    with pytest.raises(UsageError, match="damaged"):
        JobFolder(job.path).check_is_job()
