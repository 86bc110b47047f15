"""A running worker takes a promotion up between two pages; where it is damaged, what it has goes on."""

import pytest

from model.bundle import MANIFEST
from tests.fake_readers import PATIENCE_S, wait_until
from tests.job_builders import job_of
from tests.model_builders import reading
from tests.naming_reader import FACTORY
from worker.job_folder import ReadOptions
from worker.promotion import Registry
from worker.queue import enqueue
from worker.waiting import wait_for

pytestmark = pytest.mark.redis


@pytest.fixture
def registry(tmp_path, monkeypatch):
    monkeypatch.setenv("FAKE_READER_FACTORY", FACTORY)
    registry = Registry(tmp_path / "models")
    for name in ("one", "two"):
        reading(registry.folder / name, name.encode())
    registry.promote("one")
    return registry


def read_with_a_change(job, settings, script, start_worker, change):
    """Read a job whose second page is being read when the registry changes; return who read the pages."""
    script.hold(32)
    enqueue(job, job.entries, settings)
    worker = start_worker(settings)
    wait_until(lambda: script.begun(32), "the second page is begun")
    change()
    script.release(32)
    wait_for(job, settings, timeout_s=PATIENCE_S, on_progress=lambda _: None, on_warning=lambda _: None)
    return worker, [record.model.id for _, record in job.records()]


def test_a_promotion_reaches_a_running_worker(tmp_path, settings, script, start_worker, registry):
    job = job_of(tmp_path, [31, 32, 33], ReadOptions(model=str(registry.file)))

    worker, read_by = read_with_a_change(job, settings, script, start_worker, lambda: registry.promote("two"))

    assert read_by == ["one", "one", "two"]
    assert "model two reads from now on" in worker.log.read_text()


def test_a_job_that_asked_for_a_model_keeps_it(tmp_path, settings, script, start_worker, registry):
    job = job_of(tmp_path, [31, 32, 33], ReadOptions(model=str(registry.folder / "one")))

    _, read_by = read_with_a_change(job, settings, script, start_worker, lambda: registry.promote("two"))

    assert read_by == ["one"] * 3


def test_a_damaged_model_does_not_reach_a_running_worker(tmp_path, settings, script, start_worker, registry):
    job = job_of(tmp_path, [31, 32, 33, 34], ReadOptions(model=str(registry.file)))

    def promote_and_damage():
        registry.promote("two")
        (registry.folder / "two" / MANIFEST).write_text("{}")

    worker, read_by = read_with_a_change(job, settings, script, start_worker, promote_and_damage)

    assert read_by == ["one"] * 4
    assert worker.log.read_text().count("going on with model one") == 1
