"""Scans and a job in an object store, read by workers through a real Redis; some are killed."""

import os
import signal

import pytest

from tests.fake_readers import wait_until
from tests.integration.fake_worker import QUICK
from tests.job_builders import png
from tests.object_server import SECRET

pytestmark = [pytest.mark.objects, pytest.mark.redis]

WIDTHS = range(31, 39)


def test_a_worker_that_is_killed_costs_no_page_and_the_table_is_that_of_folders(
    start, start_worker, settings, script, bucket, tmp_path
):
    folder = tmp_path / "scans"
    folder.mkdir()
    for width in WIDTHS:
        (folder / f"{width}.png").write_bytes(png(width))
        bucket.put(f"scans/{width}.png", png(width))
    variables = {
        **bucket.variables,
        "DIGITIZE_BROKER_URL": settings.broker_url.get_secret_value(),
        "DIGITIZE_KEY_PREFIX": settings.key_prefix,
    }
    of_workers = {
        **bucket.variables,
        QUICK: "yes",
        "DIGITIZE_ROOTS": bucket.url,
        "FAKE_WORKER_LOG_LEVEL": "DEBUG",
    }
    script.hold(33)
    first = start_worker(settings, **of_workers)
    job = f"{bucket.url}/jobs/one"
    submitted = start("submit", f"{bucket.url}/scans/", "-o", job, "-q", **variables)
    wait_until(lambda: script.begun(33), "page 33 begun")
    second = start_worker(settings, **of_workers)
    os.killpg(first.process.pid, signal.SIGKILL)
    script.release(33)
    assert submitted.ends() == 0, submitted.stderr

    in_folders = start("submit", folder, "-o", "in-folders", "-q")
    assert in_folders.ends() == 0, in_folders.stderr
    expected = (tmp_path / "in-folders/results.csv").read_bytes()
    assert bucket.get("jobs/one/results.csv") == expected.replace(
        f"{folder}/".encode(), f"{bucket.url}/scans/".encode()
    )
    assert len(bucket.keys("jobs/one/pages/")) == len(WIDTHS)
    second.terminate()
    wait_until(lambda: second.process.poll() is not None, "the second worker ends")
    assert SECRET not in first.log.read_text() + second.log.read_text()


def test_a_worker_reads_no_object_and_no_job_outside_of_its_roots(start, start_worker, settings, bucket):
    bucket.put("scans/31.png", png(31))
    bucket.put("other/32.png", png(32))
    variables = {
        **bucket.variables,
        "DIGITIZE_BROKER_URL": settings.broker_url.get_secret_value(),
        "DIGITIZE_KEY_PREFIX": settings.key_prefix,
    }
    start_worker(settings, **bucket.variables, DIGITIZE_ROOTS=f"{bucket.url}/scans:{bucket.url}/jobs")

    both = start(
        "submit", f"{bucket.url}/scans/", f"{bucket.url}/other/", "-o", f"{bucket.url}/jobs/one", **variables
    )
    assert both.ends() == 3, both.stderr
    assert "other/32.png" in bucket.get("jobs/one/errors.csv").decode()
    assert "outside-roots" in bucket.get("jobs/one/errors.csv").decode()
    outside = start("submit", f"{bucket.url}/scans/", "-o", f"{bucket.url}/elsewhere", **variables)
    assert outside.ends() == 6, outside.stderr
    assert "lies outside" in outside.stderr
    assert bucket.keys("elsewhere/pages/") == []
