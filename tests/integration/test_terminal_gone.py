"""A terminal that goes away ends the program as Ctrl-C does, whether or not a signal tells of it."""

import os
import subprocess
import sys

import pytest

from tests.fake_readers import FOLDER_VARIABLE, PATIENCE_S, wait_until
from tests.job_builders import page_file
from tests.running_program import PROGRAM, ROOT
from worker.jobs import Job

#: Makes a terminal the program's own, so that it is told by SIGHUP when that goes away.
TAKE_TERMINAL = "import fcntl, os, sys, termios; fcntl.ioctl(2, termios.TIOCSCTTY, 0)"


def command(arguments, *, is_told):
    """Return a command line that runs the program, which is told by a signal only of its own terminal."""
    run = [sys.executable, str(PROGRAM), *arguments]
    told = [sys.executable, "-c", f"{TAKE_TERMINAL}; os.execv(sys.argv[1], sys.argv[1:])"]
    return [*told, *run] if is_told else run


@pytest.mark.parametrize("is_told", [True, False], ids=["by a signal", "by no signal"])
@pytest.mark.parametrize("where", ["stderr", "both"])
def test_a_run_is_interrupted_and_can_be_resumed(tmp_path, script, where, is_told):
    for width in (31, 32, 33):
        page_file(tmp_path / "in", width)
    script.hold(32)
    terminal, end = os.openpty()
    process = subprocess.Popen(
        command(["submit", "in", "-o", "job", "-j", "1"], is_told=is_told),
        cwd=tmp_path,
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(tmp_path),
            "PYTHONPATH": str(ROOT),
            "TERM": "xterm",
            FOLDER_VARIABLE: str(script.folder),
        },
        stdout=end if where == "both" else subprocess.DEVNULL,
        stderr=end,
        start_new_session=True,
    )
    os.close(end)
    wait_until(lambda: script.begun(32), "the second page was begun")

    os.close(terminal)
    script.release(32)

    code, progress = process.wait(PATIENCE_S), Job.open(tmp_path / "job").progress()
    # Without a signal it may have had nothing to write until the last page was read.
    assert code == 130 or (code == 0 and not is_told and not progress.missing)
    assert progress.read >= 1
