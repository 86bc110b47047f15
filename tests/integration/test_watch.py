"""Watching a folder: the command, with files that grow, come twice, are bad, and with signals and kills."""

import json
import os
import signal
import threading

import pytest

import worker.embedded
from tests.fake_readers import PATIENCE_S, wait_until
from tests.job_builders import png
from worker.jobs import Job
from worker.queue import enqueue
from worker.waiting import wait_for

QUICK = ("--stable", "0.1")


@pytest.fixture
def inbox(tmp_path):
    folder = tmp_path / "inbox"
    folder.mkdir()
    return folder


def drop(folder, width, name=None):
    """Put a page into a folder at once, as a rename does."""
    part = folder / f".{width}.part"
    part.write_bytes(png(width))
    return part.rename(folder / (name or f"{width}.png"))


def jobs_in(folder):
    return [Job.open(path.parent) for path in sorted(folder.glob("*/job.json"))]


def texts(folder):
    """Return what was read in all jobs of a folder, each page once."""
    records = [record for job in jobs_in(folder) for _, record in job.records()]
    return sorted(record.numbers[0].text for record in records if record and record.outcome == "read")


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_one_pass_reads_what_is_whole_once_and_moves_it(tmp_path, inbox, digitize, script, read_here):
    drop(inbox, 31)
    drop(inbox, 32)
    drop(inbox, 31, "again.png")
    (inbox / "bad.png").write_bytes(b"words")
    (inbox / "~$32.png").write_bytes(b"a lock")
    (inbox / ".33.png").write_bytes(png(33))
    (inbox / "34.png.part").write_bytes(png(34))
    arguments = ("watch", inbox, "-o", tmp_path / "jobs", "--once", "--move-to", tmp_path / "read", *QUICK)

    result, again = digitize(*arguments), digitize(*arguments)

    (job,) = jobs_in(tmp_path / "jobs")
    assert result.exit_code == 3
    assert result.stdout == f"{job.path}\n"
    assert (
        f"warning: {inbox}/again.png: holds what 31.png held, which is in the job {job.id}" in result.stderr
    )
    assert f"warning: {inbox}/bad.png, page 1: " in result.stderr
    assert texts(tmp_path / "jobs") == ["00031", "00032"]
    assert names(tmp_path / "read") == ["31.png", "32.png", "again.png"]
    assert names(inbox) == [".33.png", "34.png.part", "bad.png", "~$32.png"]
    assert "bad.png" in (job.path / "errors.csv").read_text()
    left = f"1 file failed before, and the same content is not read again: {job.path / 'errors.csv'}\n"
    assert (again.exit_code, again.stdout, again.stderr) == (0, "", left)

    # What was read comes back under another name, and something new under a known one.
    drop(inbox, 32, "other.png")
    drop(inbox, 35, "31.png")
    third = digitize(*arguments)

    assert f"{inbox}/other.png: holds what 32.png held" in third.stderr
    assert texts(tmp_path / "jobs") == ["00031", "00032", "00035"]
    assert [len(script.begun(width)) for width in (31, 32, 33, 34, 35)] == [1, 1, 0, 0, 1]
    assert names(tmp_path / "read") == ["31-2.png", "31.png", "32.png", "again.png", "other.png"]
    assert (tmp_path / "read" / "31-2.png").read_bytes() == png(35)


def test_what_is_no_file_of_its_own_is_named_once_and_never_opened(
    tmp_path, inbox, digitize, script, read_here
):
    (tmp_path / "secret.png").write_bytes(png(31))
    (inbox / "link.png").symlink_to(tmp_path / "secret.png")
    os.mkfifo(inbox / "pipe.png")
    (inbox / "device.png").symlink_to("/dev/zero")
    (inbox / "below").mkdir()
    (inbox / "notes.txt").write_text("notes")
    (inbox / "empty.png").touch()
    arguments = ("watch", inbox, "-o", tmp_path / "jobs", "--once", *QUICK)

    result, again = digitize(*arguments), digitize(*arguments)

    told = {line.removeprefix(f"warning: {inbox}/") for line in result.stderr.splitlines()}
    assert told == {
        "link.png: is a symbolic link, which is not followed",
        "device.png: is a symbolic link, which is not followed",
        "pipe.png: is a device, a pipe or a socket",
        "below: is a folder, and folders below are not watched",
        "notes.txt: is a file of another kind",
        "empty.png: is empty so far, and taken when something is in it",
    }
    assert (result.exit_code, again.stderr) == (0, "")
    assert jobs_in(tmp_path / "jobs") == []

    (inbox / "empty.png").write_bytes(png(36))
    assert digitize(*arguments).exit_code == 0
    assert texts(tmp_path / "jobs") == ["00036"]


def test_output_in_the_watched_folder_is_refused(tmp_path, inbox, digitize):
    (tmp_path / "way").symlink_to(inbox)
    for options in (
        ("-o", inbox),
        ("-o", inbox / "jobs"),
        ("-o", tmp_path / "way" / "jobs"),
        ("-o", tmp_path / "jobs", "--move-to", inbox / "read"),
    ):
        result = digitize("watch", inbox, *options, "--once")
        assert result.exit_code == 2
        assert "lies in the watched folder" in result.stderr
    assert digitize("watch", tmp_path / "nowhere", "-o", tmp_path / "jobs").exit_code == 2
    assert names(inbox) == []
    assert not (tmp_path / "jobs").exists()


def test_failed_files_stay_and_are_moved_when_a_retry_has_read_them(
    tmp_path, inbox, digitize, script, read_here, monkeypatch
):
    arguments = ("watch", inbox, "-o", tmp_path / "jobs", "--once", "--move-to", tmp_path / "read", *QUICK)
    drop(inbox, 31)
    with monkeypatch.context() as failing:
        failing.setattr("tests.fake_readers.FakeReader.read_page", lambda *_, **__: 1 / 0)
        assert digitize(*arguments).exit_code == 3
    assert names(inbox) == ["31.png"]
    (job,) = jobs_in(tmp_path / "jobs")

    assert digitize("retry", job.path).exit_code == 0
    result = digitize(*arguments)

    assert (result.exit_code, result.stdout) == (0, "")
    assert (names(inbox), names(tmp_path / "read")) == ([], ["31.png"])


def test_a_growing_file_is_left_until_it_is_whole_and_sigterm_ends_in_order(tmp_path, inbox, script, start):
    data = png(31)
    watching = start("watch", inbox, "-o", "jobs", "--move-to", "read", "--stable", "2", "-j", 1)
    watching.says("watching ")
    drop(inbox, 32)
    scanner = threading.Event()
    with (inbox / "31.png").open("wb", buffering=0) as stream:
        for place in range(len(data)):  # for much longer than the delay, with pauses much shorter
            stream.write(data[place : place + 1])
            scanner.wait(0.06)
        # What is whole waits for what grows, so that a stack becomes one job.
        assert not list((tmp_path / "jobs").glob("2*"))
    wait_until(lambda: (tmp_path / "read" / "31.png").exists(), "the file was read and moved")
    watching.send(signal.SIGTERM)

    assert watching.ends() == 0, watching.stderr
    (job,) = jobs_in(tmp_path / "jobs")
    assert texts(tmp_path / "jobs") == ["00031", "00032"]
    assert watching.stdout == f"{job.path}\n"
    assert watching.stderr.endswith("stopped; nothing was being read\n")


def test_a_kill_in_the_middle_of_a_batch_loses_nothing_and_reads_nothing_twice(
    tmp_path, inbox, script, start
):
    arguments = ("watch", inbox, "-o", "jobs", "--move-to", "read", *QUICK, "-j", 1)
    for width in (31, 32, 33):
        drop(inbox, width)
    script.hold(32)
    killed = start(*arguments)
    wait_until(lambda: script.begun(32), "the second page was begun")
    killed.kill()
    script.release(32)
    script.hold(33)
    stopped = start(*arguments)
    wait_until(lambda: script.begun(33), "the third page was begun")
    stopped.send(signal.SIGTERM)
    assert stopped.ends() == 130
    assert "error: interrupted; not all pages are read of " in stopped.stderr
    script.release(33)
    drop(inbox, 31, "again.png")

    last = start(*arguments, "--once")

    assert last.ends() == 0, last.stderr
    assert len(jobs_in(tmp_path / "jobs")) == 1
    assert texts(tmp_path / "jobs") == ["00031", "00032", "00033"]
    # Only what was being read at the moment of a kill was begun once more.
    assert [len(script.begun(width)) for width in (31, 32, 33)] == [1, 2, 2]
    assert names(inbox) == []
    assert names(tmp_path / "read") == ["31.png", "32.png", "33.png", "again.png"]


def test_only_one_program_watches_a_folder(tmp_path, inbox, start, digitize):
    first = start("watch", inbox, "-o", "jobs", *QUICK)
    first.says("watching ")

    second = digitize("watch", inbox, "-o", tmp_path / "jobs")
    cron = digitize("watch", inbox, "-o", tmp_path / "jobs", "--once")

    assert (second.exit_code, cron.exit_code) == (2, 0)
    assert "is watched by another program" in second.stderr
    assert "is watched by another program" in cron.stderr
    first.send(signal.SIGINT)
    assert first.ends() == 0


def test_a_cancelled_batch_stays_cancelled_and_the_next_is_read(
    tmp_path, inbox, digitize, script, read_here, monkeypatch
):
    arguments = ("watch", inbox, "-o", tmp_path / "jobs", "--once", *QUICK)
    drop(inbox, 31)

    def interrupted(*_, **__):
        raise KeyboardInterrupt

    with monkeypatch.context() as stopping:
        stopping.setattr(worker.embedded, "run_embedded", interrupted)
        assert digitize(*arguments).exit_code == 130
    (job,) = jobs_in(tmp_path / "jobs")
    assert digitize("cancel", job.path).exit_code == 0
    drop(inbox, 32)

    assert digitize(*arguments).exit_code == 0
    assert texts(tmp_path / "jobs") == ["00032"]
    assert digitize("resume", job.path).exit_code == 0
    assert digitize(*arguments).stdout == f"{job.path}\n"
    assert texts(tmp_path / "jobs") == ["00031", "00032"]


@pytest.mark.redis
def test_with_a_broker_a_pass_queues_and_a_later_one_finishes(
    tmp_path, inbox, settings, script, start_worker, digitize, monkeypatch
):
    monkeypatch.setenv("DIGITIZE_BROKER_URL", settings.broker_url.get_secret_value())
    monkeypatch.setenv("DIGITIZE_KEY_PREFIX", settings.key_prefix)
    arguments = ("watch", inbox, "-o", tmp_path / "jobs", "--once", "--move-to", tmp_path / "read", *QUICK)
    for width in (31, 32):
        drop(inbox, width)

    queued = digitize(*arguments)
    drop(inbox, 31, "again.png")
    again = digitize(*arguments)
    (job,) = jobs_in(tmp_path / "jobs")
    start_worker(settings)
    wait_for(job, settings, timeout_s=PATIENCE_S, on_progress=lambda _: None, on_warning=lambda _: None)
    finished = digitize(*arguments, "--json")

    assert (queued.exit_code, queued.stdout, again.exit_code, again.stdout) == (0, "", 0, "")
    assert names(tmp_path / "read") == ["31.png", "32.png", "again.png"]
    told = json.loads(finished.stdout)
    assert (told["job"], told["pages"]["read"]) == (str(job.path), 2)
    assert [len(script.begun(width)) for width in (31, 32)] == [1, 1]
    assert (job.path / "results.csv").is_file()
    assert enqueue(job, job.missing(), settings) == 0
