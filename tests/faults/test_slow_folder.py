"""A folder that takes longer to write than a page may take: that page fails, the others are read."""

import pytest

from tests.crash.conftest import (  # noqa: F401 - fixtures
    _redis_installed,
    script,
    settings,
    shared_redis,
    start_worker,
)
from tests.fake_readers import FACTORY, FOLDER_VARIABLE, PATIENCE_S
from tests.job_builders import job_of, plain_settings
from worker.embedded import run_embedded
from worker.queue import enqueue
from worker.tables import write_tables
from worker.waiting import wait_for

WIDTHS = [31, 32, 33]
LIMITS = {"task_soft_time_limit_s": 1, "task_time_limit_s": 2}


def assert_only_the_slow_page_failed(job, script):  # noqa: F811
    """Hold a job to one page that ran out of time, once, and to no half file once its tables were written."""
    records = [record for _, record in job.records()]
    assert [record.outcome for record in records] == ["read", "failed", "read"]
    assert records[1].code == "time-limit"
    assert [len(script.begun(width)) for width in WIDTHS] == [1, 1, 1]
    write_tables(job)
    assert sorted(path.name for path in job.pages.iterdir()) == sorted(f"{e.key}.json" for e in job.entries)


@pytest.mark.redis
def test_behind_a_queue(tmp_path, settings, script, start_worker):  # noqa: F811
    short = settings.model_copy(update=LIMITS)
    job = job_of(tmp_path, WIDTHS)
    script.slow_disk_down_for(32)
    enqueue(job, job.entries, short)
    start_worker(short)
    wait_for(job, short, timeout_s=PATIENCE_S, on_progress=lambda _: None, on_warning=lambda _: None)
    assert_only_the_slow_page_failed(job, script)


def test_without_a_server(tmp_path, script, monkeypatch):  # noqa: F811
    monkeypatch.setenv(FOLDER_VARIABLE, str(script.folder))
    job = job_of(tmp_path, WIDTHS)
    script.slow_disk_down_for(32)
    run_embedded(job, job.entries, plain_settings(jobs=1, **LIMITS), lambda *_: None, reader_factory=FACTORY)
    assert_only_the_slow_page_failed(job, script)
