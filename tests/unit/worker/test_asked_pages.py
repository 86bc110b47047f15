"""Whether a job asks for a page, also where its pages lie in a list: looked up, and read once a process."""

from pathlib import Path

import pytest

from worker.asked_pages import asks_for
from worker.errors import UsageError
from worker.job_folder import JobFolder, ReadOptions
from worker.jobs import Job, PageEntry
from worker.list_file import ListFile
from worker.pile import FEW


def entry_of(number: int) -> PageEntry:
    return PageEntry.of(Path(f"/scans/ü{number}.png"), name=f"{number}.png", sha256=f"{number:064x}")


@pytest.fixture(params=[3, FEW + 50], ids=["few", "many"])
def job(request, tmp_path):
    return Job.create(tmp_path / "job", map(entry_of, range(request.param)), [], ReadOptions())


def test_every_page_of_a_job_is_asked_for_and_nothing_else(job):
    folder, entries = JobFolder(job.path), [*job.entries]
    assert all(asks_for(folder, entry) for entry in entries)
    first = entries[0]
    strange = [
        entry_of(len(entries)),
        first.model_copy(update={"sha256": "f" * 64}),
        first.model_copy(update={"sha256": None}),
        first.model_copy(update={"page": 2}),
        first.model_copy(update={"key": entries[1].key}),
        first.model_copy(update={"path": entries[1].path}),
    ]
    assert not any(asks_for(folder, entry) for entry in strange)


def test_a_long_list_is_read_once_and_not_for_each_page(tmp_path, monkeypatch):
    job = Job.create(tmp_path / "job", map(entry_of, range(FEW + 50)), [], ReadOptions())
    entries, read = [*job.entries], []
    lines = ListFile.checked_lines
    monkeypatch.setattr(ListFile, "checked_lines", lambda self: (read.append(self.path), lines(self))[1])
    monkeypatch.setattr(ListFile, "__iter__", lambda self: pytest.fail("the list is gone through"))
    assert all(asks_for(JobFolder(job.path), entry) for entry in entries)
    assert len(read) == 1


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.unlink(),
        lambda path: path.write_bytes(path.read_bytes()[:-300]),
        lambda path: path.write_bytes(path.read_bytes().replace(b"/scans/", b"/other/")),
    ],
    ids=["gone", "cut", "other"],
)
def test_a_list_that_the_job_does_not_vouch_for_asks_for_nothing(tmp_path, damage):
    job = Job.create(tmp_path / "job", map(entry_of, range(FEW + 50)), [], ReadOptions())
    damage(job.path / job.asked.inputs_file.name)
    with pytest.raises(UsageError, match=r"cannot use .*inputs-"):
        asks_for(JobFolder(job.path), entry_of(0))


def test_another_job_in_the_same_folder_asks_for_its_own_pages(tmp_path):
    job = Job.create(tmp_path / "job", map(entry_of, range(FEW + 1)), [], ReadOptions())
    assert asks_for(JobFolder(job.path), entry_of(0))
    job.path.rename(tmp_path / "aside")
    Job.create(tmp_path / "job", map(entry_of, range(1, FEW + 2)), [], ReadOptions())
    assert not asks_for(JobFolder(job.path), entry_of(0))
    assert asks_for(JobFolder(job.path), entry_of(FEW + 1))
