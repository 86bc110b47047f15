"""One folder, asked for twice: at one moment, while workers still run, or otherwise than before."""

import os
import subprocess

import pytest

from tests.crash.traces import (
    assert_as_if_nothing_had_happened,
    assert_nothing_in_redis,
    processes_of,
    stop,
)
from tests.fake_readers import PATIENCE_S, wait_until
from tests.job_builders import page_file
from worker.jobs import Job

WIDTHS = list(range(31, 39))


@pytest.fixture(autouse=True)
def _scans(tmp_path):
    for width in WIDTHS:
        page_file(tmp_path / "scans", width)


@pytest.fixture
def broker(settings):
    return {
        "DIGITIZE_BROKER_URL": settings.broker_url.get_secret_value(),
        "DIGITIZE_KEY_PREFIX": settings.key_prefix,
    }


def said(process, code=0):
    out, errors = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == code, errors
    return out if code == 0 else errors


@pytest.mark.redis
def test_two_submitters_at_one_moment_share_a_job(
    tmp_path, settings, broker, script, program, quick_worker, shared_redis
):
    script.hold(31)
    worker = quick_worker(settings)
    both = [program("submit", "scans", "-o", "job", "--json", **broker) for _ in range(2)]
    wait_until(lambda: script.begun(31), "the first page was begun")
    with shared_redis.client() as client:
        wait_until(
            lambda: client.llen(f"{settings.key_prefix}{settings.queue}") >= 2 * len(WIDTHS) - 2,
            "both have queued all pages",
        )
    script.release(31)
    first, second = (said(process) for process in both)
    assert first == second
    with shared_redis.client() as client:
        wait_until(lambda: not client.exists(f"{settings.key_prefix}{settings.queue}"), "nothing waits")
    stop(worker)
    assert_as_if_nothing_had_happened(tmp_path / "job", tmp_path)
    assert_nothing_in_redis(shared_redis, settings.key_prefix)
    assert [len(script.begun(width)) for width in WIDTHS] == [1] * len(WIDTHS)


def test_two_submitters_without_a_server_share_a_job(tmp_path, program):
    both = [program("submit", "scans", "-o", "job", "-j", 1, "--json") for _ in range(2)]
    first, second = (said(process) for process in both)
    assert first == second
    assert_as_if_nothing_had_happened(tmp_path / "job", tmp_path)


@pytest.mark.redis
def test_resuming_while_a_worker_still_reads(
    tmp_path, settings, broker, script, program, quick_worker, shared_redis
):
    script.hold(31)
    worker = quick_worker(settings)
    first = program("submit", "scans", "-o", "job", **broker)
    wait_until(lambda: script.begun(31), "the first page was begun")
    second = program("resume", "job", **broker)
    with shared_redis.client() as client:
        waiting = f"{settings.key_prefix}{settings.queue}"
        wait_until(lambda: client.llen(waiting) > len(WIDTHS), "the pages are queued once more")
    script.release(31)
    said(first)
    said(second)
    stop(worker)
    assert_as_if_nothing_had_happened(tmp_path / "job", tmp_path)
    assert [len(script.begun(width)) for width in WIDTHS] == [1] * len(WIDTHS)


def test_another_job_is_refused_and_with_force_the_first_one_is_kept_aside(tmp_path, program):
    said(program("submit", "scans", "-o", "job"))
    before = {path: path.read_bytes() for path in (tmp_path / "job").rglob("*") if path.is_file()}

    refusal = said(program("submit", "scans", "-o", "job", "--pdf-dpi", 100), code=6)
    assert (
        "job holds another job (with other options: pdf_dpi: 200 before, 100 now); nothing was changed"
        in refusal
    )
    assert "--force" in refusal
    assert {path: path.read_bytes() for path in before} == before

    forced = program("submit", "scans", "-o", "job", "--pdf-dpi", 100, "--force")
    _, errors = forced.communicate(timeout=PATIENCE_S)
    assert forced.returncode == 0, errors
    aside = tmp_path / "job.replaced-1"
    assert f"kept as {aside}" in errors
    assert {path: (aside / path.relative_to(tmp_path / "job")).read_bytes() for path in before} == before
    assert Job.open(tmp_path / "job").options.pdf_dpi == 100
    assert_as_if_nothing_had_happened(tmp_path / "job", tmp_path)


def test_force_goes_on_with_the_same_job(tmp_path, program, script):
    said(program("submit", "scans", "-o", "job"))
    said(program("submit", "scans", "-o", "job", "--force"))
    assert [len(script.begun(width)) for width in WIDTHS] == [1] * len(WIDTHS)
    assert list(tmp_path.glob("job.*")) == []


@pytest.mark.redis
@pytest.mark.parametrize("then", ["it is read", "it fails"])
def test_a_page_that_was_begun_for_a_replaced_job_is_read_again_for_the_new_one(
    then, tmp_path, settings, broker, script, program, quick_worker
):
    script.hold(31)
    if then == "it fails":
        script.fail_once(31)
    worker = quick_worker(settings)
    said(program("submit", "scans", "-o", "job", "--detach", **broker))
    wait_until(lambda: script.begun(31), "the page was begun")
    later = program("submit", "scans", "-o", "job", "--save-overlays", "--force", **broker)
    wait_until((tmp_path / "job.replaced-1").exists, "the first job has made room")
    wait_until((tmp_path / "job" / "job.json").exists, "the second job is there")
    script.release(31)
    said(later)
    stop(worker)
    assert_as_if_nothing_had_happened(tmp_path / "job", tmp_path)
    assert len(list((tmp_path / "job" / "overlays").iterdir())) == len(WIDTHS)
    assert list((tmp_path / "job.replaced-1" / "pages").iterdir()) == []
    assert "another job has come into" in worker.log.read_text()


@pytest.mark.redis
def test_pages_that_only_a_replaced_job_asked_for_are_no_sign_of_a_stranger(
    tmp_path, settings, broker, script, program, quick_worker, shared_redis
):
    said(program("submit", "scans", "-o", "job", "--detach", **broker))
    for width in WIDTHS[2:]:
        (tmp_path / "scans" / f"{width}.png").unlink()
    said(program("submit", "scans", "-o", "job", "--detach", "--force", **broker))
    worker = quick_worker(settings)
    with shared_redis.client() as client:
        unasked = f"{settings.key_prefix}unasked"
        wait_until(lambda: client.get(unasked) == b"%d" % len(WIDTHS[2:]), "the old pages are counted")
        wait_until(lambda: not Job.open(tmp_path / "job").missing(), "the new job is done")
        stop(worker)
        assert not client.exists(f"{settings.key_prefix}dropped")
    assert len(list((tmp_path / "job" / "pages").iterdir())) == 2


@pytest.fixture
def read_only(tmp_path):
    """Return a folder that nobody can write, not even root."""
    folder = tmp_path / "read-only"
    folder.mkdir()
    if os.geteuid() != 0:
        folder.chmod(0o555)
        yield folder
        folder.chmod(0o755)
        return
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "ro", "tmpfs", folder], check=False).returncode:
        pytest.skip("root may write everything, and here may not mount")
    yield folder
    subprocess.run(["umount", folder], check=True)


@pytest.mark.parametrize("place", [".", "job"])
def test_a_folder_that_cannot_be_written_is_told_before_anything_is_read(place, read_only, program, script):
    process = program("submit", "scans", "-o", read_only / place)
    errors = said(process, code=6)
    assert f"{read_only}" in errors
    assert "cannot be written" in errors
    assert "hint: " in errors
    assert list(script.folder.iterdir()) == []
    wait_until(lambda: not processes_of(process.pid), "no process is left")
