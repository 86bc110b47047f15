"""What each step of a job takes of memory a page, measured in a program of its own.

Run as ``python -m tests.scale_growth FOLDER``: prints bytes a page by step as JSON. In a program of its own,
because whatever else was loaded and remembered before counts as well.
"""

import gc
import io
import json
import sys
import tracemalloc
from pathlib import Path
from unittest import mock

from bench.scale_source import make_pages, record_of
from cli.output import JsonOutput, TableOutput
from cli.render import failed_pages
from tests.fake_readers import MODEL
from worker.asked_pages import asks_for
from worker.inputs import find_inputs
from worker.job_folder import JobFolder, ReadOptions
from worker.job_status import JobWatcher
from worker.jobs import Job, ProgressWatcher
from worker.page_planning import plan_pages
from worker.submission import open_or_create
from worker.tables import stream_results, write_tables

__all__ = ["KEPT"]

SOME, MORE = 150, 450
#: A step that keeps what it should not: who measures has to see it.
KEPT = "a list of all files"

#: What holds a limited number of pages is full with the smaller job already.
_FULL = {
    "worker.pile.FEW": 50,
    "worker.page_entry.FEW": 50,
    "worker.job_file.FEW": 50,
    "worker.outer_sort._PART": 50,
    "worker.progress._FRONT": 50,
    "worker.progress._AROUND": 50,
    "worker.line_file._BLOCK": 2**8,
}


class Peaks:
    """The most memory that steps took, beyond what there was before each."""

    def __init__(self):
        self.of = {}

    def measure(self, name, step):
        gc.collect()
        tracemalloc.reset_peak()
        before, _ = tracemalloc.get_traced_memory()
        result = step()
        _, peak = tracemalloc.get_traced_memory()
        self.of[name] = peak - before
        return result


def live(folder, pages):
    """Go through the life of a job and return what each step took at most."""
    source = make_pages(folder, pages)
    peaks, options = Peaks(), ReadOptions()
    found = peaks.measure("find", lambda: find_inputs([source], recursive=True))
    peaks.measure(KEPT, lambda: [*found.files])
    plan = peaks.measure("plan", lambda: plan_pages(found, options, lambda *_: None))
    peaks.measure("make", lambda: open_or_create(folder / "job", plan, options, MODEL))
    job = peaks.measure("open", lambda: Job.open(folder / "job"))
    missing = peaks.measure("missing", job.missing)
    assert len(missing) == pages
    watcher = ProgressWatcher(job)
    peaks.measure("look", watcher.look)
    for entry in missing:
        job.write_record(entry.key, record_of(entry))
    peaks.measure("look again", watcher.look)
    assert peaks.measure("status", lambda: JobWatcher(job).look()).progress.read == pages
    assert len(peaks.measure("failures", lambda: failed_pages(job))) == 0
    assert peaks.measure("asked", lambda: asks_for(JobFolder(job.path), next(iter(job.entries))))
    for output in (TableOutput(on_terminal=False), JsonOutput()):
        peaks.measure(f"tables, {type(output).__name__}", lambda output=output: write_tables(job, output.add))
    peaks.measure("stream", lambda: stream_results(job, "json", Nowhere()))
    assert len(job.missing()) == 0
    return peaks.of


class Nowhere(io.RawIOBase):
    def writable(self):
        return True

    def write(self, data):
        return len(data)


def main(folder: Path) -> None:
    for place, value in _FULL.items():
        mock.patch(place, value).start()
    mock.patch("os.fsync", lambda _: None).start()  # nothing waits for a disk
    tracemalloc.start()
    live(folder / "before", SOME)  # what is loaded, or remembered, once
    some = live(folder / "some", SOME)
    # A table of Python's own that grows once in a while, as that of its names does, is no page's.
    more = [live(folder / f"more-{time}", MORE) for time in range(2)]
    tracemalloc.stop()
    grown = {name: (min(each[name] for each in more) - some[name]) / (MORE - SOME) for name in some}
    sys.stdout.write(json.dumps(grown))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
