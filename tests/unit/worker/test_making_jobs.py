"""Making a job folder: of two programs at one moment one makes the job, and a failure leaves no trace."""

import multiprocessing
import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from types import SimpleNamespace

import pytest

from tests.fake_readers import MODEL, PATIENCE_S
from tests.job_builders import failed_record, page_file, plain_settings
from worker.errors import OutputNotWritable
from worker.folder_lock import folder_lock
from worker.job_folder import OWN_NAMES, ReadOptions
from worker.job_room import make_room
from worker.jobs import Job, PageEntry
from worker.page_planning import SubmissionPlan
from worker.submission import check_writable, new_folder, open_or_create

ROUNDS = 20


def plan_of(*entries):
    return SubmissionPlan(entries=list(entries))


def made(folder, plan):
    try:
        return open_or_create(folder, plan, ReadOptions(), MODEL)
    except OutputNotWritable as error:
        return error


def both(first, second):
    """Call two functions at one moment and return what they gave."""
    barrier = Barrier(2)

    def call(function):
        barrier.wait(PATIENCE_S)
        return function()

    with ThreadPoolExecutor(2) as threads:
        return list(threads.map(call, (first, second)))


@pytest.mark.parametrize("locked", [True, False], ids=["with the lock", "without"])
def test_of_two_jobs_at_one_moment_one_is_made_and_the_other_refused(tmp_path, locked, monkeypatch):
    if not locked:
        monkeypatch.setattr("fcntl.flock", lambda *_: None)
    plans = [plan_of(page_file(tmp_path / "in", width)) for width in (31, 32)]
    for number in range(ROUNDS):
        folder = tmp_path / f"job-{number}"
        results = both(lambda f=folder: made(f, plans[0]), lambda f=folder: made(f, plans[1]))
        refused = [result for result in results if isinstance(result, OutputNotWritable)]
        (winner,) = (plan for plan, result in zip(plans, results, strict=True) if result not in refused)
        assert "holds another job" in refused[0].message
        assert list(Job.open(folder).entries) == winner.entries


def test_the_same_job_twice_at_one_moment_is_one_job(tmp_path):
    plan = plan_of(page_file(tmp_path / "in", 31))
    for number in range(ROUNDS):
        folder = tmp_path / f"job-{number}"
        results = both(lambda f=folder: made(f, plan), lambda f=folder: made(f, plan))
        assert sorted(continued for _, continued in results) == [False, True]
        assert len({job.asked.created for job, _ in results}) == 1


def test_a_job_without_pages_is_replaced_by_one_of_two(tmp_path):
    plans = [plan_of(page_file(tmp_path / "in", width)) for width in (31, 32)]
    for number in range(ROUNDS):
        folder = tmp_path / f"job-{number}"
        Job.create(folder, [], [failed_record(plans[0].entries[0])], ReadOptions(), model=MODEL)
        results = both(lambda f=folder: made(f, plans[0]), lambda f=folder: made(f, plans[1]))
        assert sum(isinstance(result, OutputNotWritable) for result in results) == 1
        assert Job.open(folder).entries in [tuple(plan.entries) for plan in plans]


def test_both_names_outlive_a_power_cut_when_a_folder_is_made_room_in(tmp_path, monkeypatch):
    job = tmp_path / "job"
    job.mkdir()
    forced = []

    def noted(descriptor):
        place = Path(f"/proc/self/fd/{descriptor}").readlink()
        forced.append((place, sorted(path.name for path in place.iterdir())))

    monkeypatch.setattr("os.fsync", noted)
    make_room(job)
    assert forced == [(tmp_path, ["job", "job.replaced-1"])]


def hold(folder, held, release):
    with folder_lock(folder):
        held.set()
        release.wait()


def test_the_lock_ends_with_the_program_that_holds_it(tmp_path):
    context = multiprocessing.get_context("spawn")
    held, release = context.Event(), context.Event()
    holder = context.Process(target=hold, args=(tmp_path, held, release))
    holder.start()
    assert held.wait(60)
    holder.kill()
    holder.join()
    with folder_lock(tmp_path):
        assert list(tmp_path.iterdir()) == []


def test_a_job_file_that_does_not_fit_leaves_nothing_in_the_way(tmp_path, monkeypatch):
    plan = plan_of(page_file(tmp_path / "in", 31))
    with monkeypatch.context() as patch:

        def no_space(_descriptor):
            raise OSError(28, os.strerror(28))

        patch.setattr("os.fsync", no_space)
        assert "No space left" in made(tmp_path / "job", plan).message
    assert not (tmp_path / "job").exists()
    assert made(tmp_path / "job", plan)[1] is False


@pytest.mark.parametrize("name", sorted(set(OWN_NAMES) - {"job.json"}))
def test_results_of_something_else_are_never_mixed_with_a_job(tmp_path, name):
    (tmp_path / "job").mkdir()
    (tmp_path / "job" / name).touch()
    assert f"holds no job, but {name}" in made(tmp_path / "job", plan_of()).message


def test_another_model_and_files_that_changed_are_another_job(tmp_path):
    plan = plan_of(page_file(tmp_path / "in", 31))
    made(tmp_path / "job", plan)
    changed = plan_of(PageEntry.of(plan.entries[0].file, name="31.png", sha256="1" * 64))
    other_model = MODEL.model_copy(update={"id": "other"})
    for asked, model, why in (
        (plan, other_model, "with another model"),
        (changed, MODEL, "have changed since"),
    ):
        with pytest.raises(OutputNotWritable, match=why) as refused:
            open_or_create(tmp_path / "job", asked, ReadOptions(), model)
        assert "--force" in refused.value.remedy
    job, continued = open_or_create(tmp_path / "job", plan, ReadOptions(), other_model, replace=True)
    assert (job.asked.model, continued) == (other_model, False)
    assert Job.open(tmp_path / "job.replaced-1").asked.model == MODEL


def test_a_job_is_kept_aside_under_a_name_that_is_free(tmp_path):
    plans = [plan_of(page_file(tmp_path / "in", width)) for width in (31, 32, 33)]
    for plan in plans:
        open_or_create(tmp_path / "job", plan, ReadOptions(), MODEL, replace=True)
    kept = [Job.open(tmp_path / name).entries[0].name for name in ("job.replaced-1", "job.replaced-2", "job")]
    assert kept == ["31.png", "32.png", "33.png"]


def test_a_folder_for_a_new_job_is_given_to_one_only(tmp_path):
    settings = plain_settings(jobs_dir=tmp_path / "jobs")
    folders = {new_folder(settings, ["scan 1.png"]) for _ in range(4)}
    assert len(folders) == 4
    assert all(folder.is_dir() and "scan-1" in folder.name for folder in folders)


def test_a_name_that_is_too_long_is_found_before_anything_is_read(tmp_path):
    with pytest.raises(OutputNotWritable, match="name too long"):
        check_writable(tmp_path / ("x" * 5000))


@pytest.mark.parametrize(
    ("read_only", "cause", "remedy"),
    [(False, "Permission denied", "right to write"), (True, "Read-only file system", "may only be read")],
)
def test_why_a_place_cannot_be_written_is_said_with_what_helps(
    tmp_path, monkeypatch, read_only, cause, remedy
):
    monkeypatch.setattr("os.access", lambda *_: False)
    flags = os.ST_RDONLY if read_only else 0
    monkeypatch.setattr("os.statvfs", lambda _: SimpleNamespace(f_flag=flags))

    with pytest.raises(OutputNotWritable) as refused:
        check_writable(tmp_path / "job")

    assert refused.value.message == f"{tmp_path} cannot be written: {cause}"
    assert remedy in refused.value.remedy
    assert "-o" in refused.value.remedy


def test_other_options_are_named(tmp_path):
    plan = plan_of(page_file(tmp_path / "in", 31))
    open_or_create(tmp_path / "job", plan, ReadOptions(), MODEL)

    with pytest.raises(OutputNotWritable) as refused:
        open_or_create(tmp_path / "job", plan, ReadOptions(pdf_dpi=300, save_crops=True), MODEL)

    differ = "pdf_dpi: 200 before, 300 now, save_crops: no before, yes now"
    assert f"holds another job (with other options: {differ}); nothing" in refused.value.message


def test_a_folder_that_was_taken_away_is_not_made_again_by_a_page(tmp_path):
    entry = page_file(tmp_path / "in", 31)
    job = Job.create(tmp_path / "job", [entry], [], ReadOptions())
    shutil.rmtree(job.path)
    with pytest.raises(OutputNotWritable, match="pages"):
        job.write_record(entry.key, failed_record(entry))
    assert not job.path.exists()
