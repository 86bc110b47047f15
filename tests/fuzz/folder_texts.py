"""What else is read in and beside job folders: the list of a long job, a marker, what a watch remembers."""

import hashlib
import json
import random
import shutil
from collections.abc import Sequence
from pathlib import Path

from tests.fuzz.mutation import mutated, mutated_json
from tests.job_builders import plain_settings
from worker.asked_pages import asks_for
from worker.cancelling import mark_cancelled
from worker.dropped_files import DroppedFile, Version
from worker.job_folder import JOB_FILE, JobFolder, ReadOptions
from worker.job_status import JobWatcher
from worker.jobs import Job
from worker.page_entry import ENTRY_LINES
from worker.tables import write_tables
from worker.watch_batches import Batches
from worker.watch_state import TakenFile, state_file, watch_state

__all__ = [
    "LIST",
    "WATCHED",
    "cancelled",
    "lists",
    "mutated_lines",
    "read_cancelled",
    "read_list",
    "read_watched",
    "watched",
]

LIST = "inputs-0123456789ab.jsonl"
#: Put where the watch looks for it before it is read: that name follows from the folder's.
WATCHED = "watched.jsonl"


def mutated_lines(data: bytes, others: Sequence[bytes], rng: random.Random) -> bytes:
    """Change a value in one of the lines, or the bytes of the whole."""
    if rng.random() < 0.3:
        return mutated(data, others, rng)
    lines = data.splitlines()
    place = rng.randrange(len(lines))
    lines[place] = mutated_json(lines[place], lines, rng)
    return b"\n".join(lines) + b"\n"


def lists(folder: Path) -> list[bytes]:
    """Return the list of a job's pages as it stands beside a long job."""
    return [b"".join(ENTRY_LINES.encode(entry) + b"\n" for entry in Job.open(folder / "job").entries)]


def read_list(folder: Path) -> None:
    """Read a list that the job file vouches for, as one does that the same hand changed."""
    data = (folder / "job" / LIST).read_bytes()
    job_file = folder / "job" / JOB_FILE
    told = json.loads(job_file.read_bytes())
    told.pop("inputs", None)
    told |= {"schema_version": "2.0", "shelf_digits": 2}
    told["inputs_file"] = {
        "name": LIST,
        "count": max(1, len(data.splitlines())),
        "sha256": hashlib.sha256(data).hexdigest(),
    }
    job_file.write_text(json.dumps(told))
    job = Job.open(folder / "job")
    for entry in job.entries:
        asks_for(JobFolder(job.path), entry)
    job.missing()
    job.progress()
    write_tables(job)


def cancelled(folder: Path) -> list[bytes]:
    """Return the marker of a job that was cancelled."""
    job = Job.open(folder / "job")
    mark_cancelled(job)
    return [job.local_path.joinpath("cancelled.json").read_bytes()]


def read_cancelled(folder: Path) -> None:
    """Say how a job is that was cancelled before all of it was read."""
    job = Job.open(folder / "job")
    job.record_path(job.entries[0].key).unlink(missing_ok=True)
    JobWatcher(job).look()
    write_tables(job)


def watched(folder: Path) -> list[bytes]:
    """Return what is remembered of a folder from which all kinds of things came."""
    first, again = (DroppedFile(name, Version(1, 2, 3)) for name in ("31.png", "again.png"))
    with watch_state(folder / "jobs", folder / "inbox") as state:
        assert state is not None
        state.remember_options(ReadOptions())
        for job in ("one", "two", "three"):
            state.begin(job, [TakenFile(f"{job}-{first.name}", job * 20, first.version)])
        state.finish("one", ["one" * 20])
        state.drop("two")
        state.remember(again, "three" * 20)
        state.name_once("notes.txt: is a file of another kind")
    return [state_file(folder / "jobs", folder / "inbox").read_bytes()]


def read_watched(folder: Path) -> None:
    """Take in what is remembered, and go on from there as a watch does that is started again."""
    inbox, settings = folder / "inbox", plain_settings(jobs_dir=folder / "jobs", models_dir=folder / "models")
    inbox.mkdir(exist_ok=True)
    shutil.copyfile(folder / WATCHED, state_file(settings.jobs_dir, inbox))
    with watch_state(settings.jobs_dir, inbox) as state:
        assert state is not None
        state.hash_of(DroppedFile("again.png", Version(1, 2, 3)))
        batches = Batches(inbox, state, settings, state.options or ReadOptions(), _Silent())
        batches.go_on()
        batches.finished()
        for job in ("one", "three"):
            batches.read_whole(job)


class _Silent:
    def note(self, text: str) -> None:
        pass

    def warning(self, text: str) -> None:
        pass
