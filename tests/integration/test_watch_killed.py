"""A watch that is killed at any moment at which something is made to last: nothing is lost or read twice."""

import os
from contextlib import suppress

import pytest

import worker.embedded
from tests.fake_readers import FACTORY
from tests.job_builders import plain_settings, png
from worker.errors import DigitizeError
from worker.jobs import Job
from worker.page_task import process_page
from worker.submission import read_options
from worker.watch_batches import Batches
from worker.watch_state import watch_state
from worker.watching import FolderWatch


class Killed(BaseException):
    """Stands for a kill: nothing of the program handles it."""


class Silent:
    def note(self, text):
        pass

    def warning(self, text):
        pass


class Killer:
    """Ends the program at its nth attempt to force something to the disk, or to give it another name."""

    def __init__(self, monkeypatch, moment):
        self.left = moment
        for name in ("fsync", "rename", "replace", "unlink", "link", "mkdir"):
            monkeypatch.setattr(os, name, self._deadly(getattr(os, name)))

    def _deadly(self, function):
        def call(*args, **kwargs):
            self.left -= 1
            if self.left == 0:
                raise Killed
            if self.left < 0:  # a program that is killed clears nothing up
                raise OSError("killed before this")
            return function(*args, **kwargs)

        return call


@pytest.fixture
def read_here(monkeypatch, script):
    monkeypatch.setenv("FAKE_READER_FOLDER", str(script.folder))

    def run(job, entries, _settings, _on_done, **_):
        for entry in entries:
            process_page(job, entry, attempt=1, reader_factory=FACTORY)

    monkeypatch.setattr(worker.embedded, "run_embedded", run)


def one_pass(folder):
    settings = plain_settings(jobs_dir=folder / "jobs", models_dir=folder / "models")
    finished = []
    with watch_state(settings.jobs_dir, folder / "inbox") as state:
        batches = Batches(folder / "inbox", state, settings, read_options(settings), Silent())
        watching = FolderWatch(
            folder / "inbox",
            state,
            batches,
            stable_s=0.0,
            move_to=folder / "read",
            teller=Silent(),
            on_finished=finished.append,
        )
        watching.start()
        watching.once()
    return finished


def test_whenever_it_is_killed_every_file_is_read_into_one_job_and_moved(
    tmp_path, script, monkeypatch, read_here
):
    moments = 0
    while True:
        moments += 1
        folder = tmp_path / f"moment-{moments}"
        (folder / "inbox").mkdir(parents=True)
        for width in (31, 32):
            (folder / "inbox" / f"{width}.png").write_bytes(png(width))
        with monkeypatch.context() as patch:
            killer = Killer(patch, moments)
            with suppress(Killed, OSError, DigitizeError):
                one_pass(folder)
            survived = killer.left > 0
        begun_before = {width: len(script.begun(width)) for width in (31, 32)}
        done_before = len(list(folder.glob("jobs/*/pages/*.json")))

        for _ in range(2):  # the second finds nothing left to do
            one_pass(folder)

        jobs = [Job.open(path.parent) for path in folder.glob("jobs/*/job.json")]
        texts = [record.numbers[0].text for job in jobs for _, record in job.records()]
        assert sorted(texts) == ["00031", "00032"], f"killed at moment {moments}"
        assert all((job.path / "results.csv").is_file() for job in jobs)
        assert sorted(path.name for path in (folder / "read").iterdir()) == ["31.png", "32.png"]
        assert list((folder / "inbox").iterdir()) == []
        begun_after = sum(len(script.begun(width)) - begun_before[width] for width in (31, 32))
        assert begun_after == 2 - done_before, f"killed at moment {moments}"
        if survived:
            break
    assert moments > 20
