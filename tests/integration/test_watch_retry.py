"""A watch runs on while failed pages are read again: their files are moved then, not at its next start."""

import pytest

from tests.fake_readers import FACTORY
from tests.integration.test_watch_killed import Silent, read_here  # noqa: F401 - a fixture
from tests.job_builders import plain_settings, png
from worker import job_file, page_entry
from worker.jobs import Job
from worker.page_task import process_page
from worker.retrying import failed_entries, set_failures_aside
from worker.submission import read_options
from worker.watch_batches import Batches
from worker.watch_state import watch_state
from worker.watching import FolderWatch


@pytest.fixture(params=["a folder", "shelves"])
def on_shelves(request, monkeypatch):
    """Tell whether page files lie on shelves, and have them lie there."""
    if request.param == "shelves":
        for module in (job_file, page_entry):
            monkeypatch.setattr(module, "FEW", 1)
    return request.param == "shelves"


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_files_are_moved_once_a_retry_has_read_them(
    on_shelves,
    tmp_path,
    monkeypatch,
    read_here,  # noqa: F811
):
    settings = plain_settings(jobs_dir=tmp_path / "jobs", models_dir=tmp_path / "models")
    inbox, read = tmp_path / "inbox", tmp_path / "read"
    inbox.mkdir()
    for width in (31, 32):
        (inbox / f"{width}.png").write_bytes(png(width))
    with watch_state(settings.jobs_dir, inbox) as state:
        batches = Batches(inbox, state, settings, read_options(settings), Silent())
        watching = FolderWatch(
            inbox,
            state,
            batches,
            stable_s=0.0,
            move_to=read,
            teller=Silent(),
            on_finished=lambda _: None,
        )
        watching.start()
        with monkeypatch.context() as failing:
            failing.setattr("tests.fake_readers.FakeReader.read_page", lambda *_, **__: 1 / 0)
            watching.once()
        (job,) = [Job.open(path.parent) for path in settings.jobs_dir.glob("*/job.json")]
        assert bool(job.shelf_digits) is on_shelves
        assert (names(inbox), names(read)) == (["31.png", "32.png"], [])

        for entry in set_failures_aside(job, failed_entries(job)):
            process_page(job, entry, attempt=1, reader_factory=FACTORY)
        watching.once()

    assert (names(inbox), names(read)) == ([], ["31.png", "32.png"])
