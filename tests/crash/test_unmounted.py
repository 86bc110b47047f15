"""A worker on a machine that does not have the scans: it leaves them to those that do."""

import os
import shutil
import subprocess

import pytest

from tests.fake_readers import wait_until
from tests.job_builders import job_of
from worker.heartbeat import workers_alive
from worker.queue import enqueue
from worker.waiting import wait_for

pytestmark = pytest.mark.redis

WIDTHS = list(range(31, 43))


def on_a_machine_without(folder):
    """Return what runs a command on a machine of another name, with nothing in the folder."""
    script = 'hostname without-scans && mount -t tmpfs none "$0" && exec "$@"'
    return ("unshare", "--mount", "--uts", "sh", "-c", script, str(folder))


@pytest.fixture(scope="module")
def machine_without(tmp_path_factory):
    tried = [*on_a_machine_without(tmp_path_factory.mktemp("tried")), "true"]
    if shutil.which("unshare") is None or subprocess.run(tried, capture_output=True, check=False).returncode:
        if os.environ.get("CI") == "true":
            pytest.fail("a machine without the scans cannot be made, and in CI this has to be tried")
        pytest.skip("namespaces cannot be made: that takes root")
    return on_a_machine_without


def _wait(job, settings):
    wait_for(job, settings, timeout_s=60, on_progress=lambda _: None, on_warning=lambda _: None)


@pytest.mark.parametrize("hidden", ["scans", "job"])
def test_pages_are_read_by_those_who_see_them(
    hidden, tmp_path, settings, script, start_worker, shared_redis, machine_without
):
    job = job_of(tmp_path, WIDTHS)
    folder = {"scans": tmp_path / "scans", "job": job.path}[hidden]
    settings = settings.model_copy(update={"task_soft_time_limit_s": 2, "task_time_limit_s": 30})
    without = start_worker(settings, within=machine_without(folder))
    start_worker(settings)
    with shared_redis.client() as client:
        wait_until(lambda: len(workers_alive(client, settings.key_prefix)) == 2, "both are there")
    for width in WIDTHS:
        script.hold(width)  # until the one that cannot read has had a page

    enqueue(job, job.entries, settings)
    wait_until(lambda: "put off" in without.log.read_text(), "a page is put off")
    for width in WIDTHS:
        script.release(width)
    _wait(job, settings)

    assert job.progress().read == len(WIDTHS)
    assert f"{folder} is missing or empty on this machine" in without.log.read_text()


def test_where_nobody_sees_them_they_are_recorded(tmp_path, settings, start_worker):
    job = job_of(tmp_path, WIDTHS)
    shutil.rmtree(tmp_path / "scans")
    worker = start_worker(settings)
    enqueue(job, job.entries, settings)
    _wait(job, settings)

    assert {record.code for _, record in job.records()} == {"file-missing"}
    assert worker.log.read_text().count("put off") == (settings.max_attempts - 1) * len(WIDTHS)
