"""What grows with the pages of a job: not the memory of the program. And the bench that measures it."""

import gc
import io
import json
import tracemalloc

import pytest

from bench.scale import Step, table
from bench.scale_source import make_pages, record_of
from cli.output import JsonOutput, TableOutput
from cli.render import failed_pages
from tests.fake_readers import MODEL
from worker.asked_pages import asks_for
from worker.inputs import find_inputs
from worker.job_folder import JobFolder, ReadOptions
from worker.job_status import JobWatcher
from worker.jobs import Job, ProgressWatcher
from worker.submission import open_or_create, plan_pages
from worker.tables import stream_results, write_tables

SOME, MORE = 150, 450

#: Of a page, at most: a byte in some lists, and its share of a place in a file. What is kept of a page by
#: mistake takes a hundred at least.
BYTES_A_PAGE = 70


@pytest.fixture(autouse=True)
def few_are_fifty(monkeypatch):
    """Let everything that holds a limited number of pages be full with the smaller job already."""
    for place in ("worker.pile.FEW", "worker.page_entry.FEW", "worker.job_file.FEW"):
        monkeypatch.setattr(place, 50)
    for place in ("worker.outer_sort._PART", "worker.progress._FRONT", "worker.progress._AROUND"):
        monkeypatch.setattr(place, 50)
    monkeypatch.setattr("worker.line_file._BLOCK", 2**8)
    monkeypatch.setattr("os.fsync", lambda _: None)  # nothing waits for a disk


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


def test_no_step_keeps_anything_of_a_page_in_memory(tmp_path):
    tracemalloc.start()
    try:
        live(tmp_path / "before", SOME)  # what is loaded, or remembered, once
        some, more = live(tmp_path / "some", SOME), live(tmp_path / "more", MORE)
    finally:
        tracemalloc.stop()
    grown = {name: (more[name] - some[name]) / (MORE - SOME) for name in some}
    assert {name: bytes_a_page for name, bytes_a_page in grown.items() if bytes_a_page > BYTES_A_PAGE} == {}


def test_this_test_would_see_what_is_kept(tmp_path):
    def keep(pages):
        peaks = Peaks()
        found = find_inputs([make_pages(tmp_path / str(pages), pages)], recursive=True)
        peaks.measure("a list", lambda: [*found.files])
        return peaks.of["a list"]

    tracemalloc.start()
    try:
        assert (keep(MORE) - keep(SOME)) / (MORE - SOME) > BYTES_A_PAGE
    finally:
        tracemalloc.stop()


def test_figures_are_a_table_and_come_back_from_a_file():
    step = Step("status", 1000, 2.0, 0.5, 44.4, 0.0)
    assert table([step]).splitlines()[-1] == "| 1,000 | status | 2.0 | 0.5 | 500 | 44 |"
    assert Step(**json.loads(json.dumps({name: getattr(step, name) for name in Step.__slots__}))) == step


def test_pages_of_the_source_are_many_names_of_few_files(tmp_path):
    source = make_pages(tmp_path, 1100)
    pages = [*source.rglob("*.png")]
    assert len(pages) == 1100
    assert len({path.stat().st_ino for path in pages}) == 1
    assert len([*source.iterdir()]) == 2
