"""Workers behind Redis are held to a limit of memory as the pool without a server is."""

import sys

import pytest

from tests.builders_pdf import nested_pdf
from tests.fake_readers import PATIENCE_S
from tests.job_builders import page_file
from worker.job_folder import ReadOptions
from worker.jobs import Job, PageEntry
from worker.queue import enqueue
from worker.waiting import wait_for

pytestmark = [
    pytest.mark.redis,
    pytest.mark.skipif(sys.platform != "linux", reason="memory is limited on Linux only"),
]


def test_a_page_that_unfolds_without_end_ends_its_process_and_no_more(tmp_path, settings, start_worker):
    settings = settings.model_copy(update={"max_memory_mb": 64, "max_attempts": 1})
    bomb = tmp_path / "bomb.pdf"
    bomb.write_bytes(nested_pdf(5))
    entries = [PageEntry.of(bomb, name="bomb.pdf"), page_file(tmp_path, 31)]
    job = Job.create(tmp_path / "job", entries, [], ReadOptions())
    enqueue(job, entries, settings)
    start_worker(settings)

    wait_for(job, settings, timeout_s=PATIENCE_S, on_progress=lambda _: None, on_warning=lambda _: None)

    lost, read = (job.read_record(entry.key) for entry in entries)
    assert (lost.code, read.outcome) == ("worker-lost", "read")
    assert "max_memory_mb (64)" in lost.message
