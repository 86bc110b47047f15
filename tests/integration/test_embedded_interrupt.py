"""Ctrl-C at a terminal reaches the whole process group: what is done is kept, nobody is left behind."""

import os
import signal
import subprocess
import sys
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.fake_readers import FOLDER_VARIABLE, PATIENCE_S, wait_until
from tests.job_builders import job_of

ROOT = Path(__file__).parents[2]

PROGRAM = """
import sys
from pathlib import Path
from tests.fake_readers import FACTORY
from tests.job_builders import plain_settings
from worker.embedded import run_embedded
from worker.jobs import Job

if __name__ == "__main__":
    job = Job.open(Path(sys.argv[1]))
    try:
        run_embedded(job, job.entries, plain_settings(jobs=1), lambda *_: None, reader_factory=FACTORY)
    except KeyboardInterrupt:
        sys.exit(130)
"""


#: Runs first in every interpreter: one child of the pool waits until it is told to end, and then goes on.
SLOW_START = """
import os, signal, sys
from pathlib import Path

folder = Path(os.environ["FAKE_READER_FOLDER"])
if any("spawn_main" in argument for argument in sys.orig_argv):
    if len(list(folder.glob("begun-*"))) == int(os.environ["LOST_BEFORE"]):
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
        (folder / "starting").touch()
        signal.sigwait({signal.SIGTERM})
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
"""


@contextmanager
def running(command, environment):
    """Run a program in a process group of its own, of which nothing is left whatever happens."""
    process = subprocess.Popen(
        command, env=environment, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def gone(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def test_ctrl_c_keeps_what_is_done_and_ends_the_children(tmp_path, script):
    job = job_of(tmp_path, [31, 32, 33])
    script.hold(32)
    program = tmp_path / "program.py"
    program.write_text(PROGRAM, "utf-8")
    environment = {"PYTHONPATH": str(ROOT), FOLDER_VARIABLE: str(script.folder)}
    with running([sys.executable, str(program), str(job.path)], environment) as process:
        wait_until(lambda: script.begun(32), "the second page was begun")
        os.killpg(process.pid, signal.SIGINT)
        _, errors = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 130, errors
    assert "Traceback" not in errors
    wait_until(lambda: gone(script.begun(32)[0]), "the child has ended")
    assert [entry.name for entry in job.missing()] == ["32.png", "33.png"]


@pytest.mark.parametrize("lost_before", [0, 1], ids=["the first child", "one that replaces a lost one"])
def test_ctrl_c_while_a_child_is_starting_is_quiet(lost_before, tmp_path, script):
    job = job_of(tmp_path, [31])
    script.kill_reader_of(31)
    program = tmp_path / "program.py"
    program.write_text(PROGRAM, "utf-8")
    (tmp_path / "first").mkdir()
    (tmp_path / "first" / "sitecustomize.py").write_text(SLOW_START, "utf-8")
    environment = {
        "PYTHONPATH": f"{tmp_path / 'first'}:{ROOT}",
        FOLDER_VARIABLE: str(script.folder),
        "LOST_BEFORE": str(lost_before),
    }
    with running([sys.executable, str(program), str(job.path)], environment) as process:
        wait_until((script.folder / "starting").exists, "the child is starting")
        os.killpg(process.pid, signal.SIGINT)
        _, errors = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 130, errors
    assert [line for line in errors.splitlines() if "its process ended" not in line] == []
    assert len(script.begun(31)) == lost_before
    assert job.missing() == job.entries
