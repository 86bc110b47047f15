"""Whatever a command is doing: a signal ends it with 130, in one line, and nothing half done is left."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fake_readers import PATIENCE_S
from tests.job_builders import page_file

ROOT = Path(__file__).parents[2]

#: Runs the command line, and sends itself a signal at the moment that the first argument names; where
#: the third says so, another one while what was begun is taken away.
PROGRAM = """
import atexit, os, pathlib, sys

def send(*_, **__):
    os.kill(os.getpid(), number)

def before(module, name):
    function = getattr(module, name)
    def patched(*args, **kwargs):
        setattr(module, name, function)
        send()
        return function(*args, **kwargs)
    setattr(module, name, patched)

class AtImport:
    @staticmethod
    def find_spec(name, path=None, target=None):
        if name == "cli.app":
            send()

def prepare():
    import worker.page_planning, worker.tables
    if again:
        unlink = pathlib.Path.unlink
        pathlib.Path.unlink = lambda *args, **kwargs: (send(), unlink(*args, **kwargs))
    if moment == "count":
        before(worker.page_planning, "count_pages")
    elif moment == "job file":
        before(os, "fsync")
    elif moment == "tables":
        before(worker.tables, "job_record")

if __name__ == "__main__":
    moment, number, again = sys.argv[1], int(sys.argv[2]), sys.argv[3] == "again"
    del sys.argv[1:4]
    if moment == "import":
        sys.meta_path.insert(0, AtImport)
    elif moment == "end":
        atexit.register(send)
    else:
        prepare()
    from cli.main import main
    main()
"""


def run(folder, moment, number, then="once"):
    (folder / "program.py").write_text(PROGRAM, "utf-8")
    page = page_file(folder / "in", 31).file
    return subprocess.run(
        [sys.executable, "program.py", moment, str(int(number)), then, "submit", page, "-o", "job"],
        env={"PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"], "HOME": str(folder)},
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("moment", ["import", "count", "job file", "tables"])
def test_a_signal_ends_the_command_in_order(tmp_path, moment, number):
    done = run(tmp_path, moment, number)
    assert (done.returncode, done.stdout) == (130, "")
    assert done.stderr.splitlines()[-1] == "error: interrupted"
    assert "Traceback" not in done.stderr
    assert list(tmp_path.rglob("*.tmp")) == []


@pytest.mark.parametrize("moment", ["job file", "tables"])
def test_impatience_changes_nothing(tmp_path, moment):
    done = run(tmp_path, moment, signal.SIGINT, "again")
    assert (done.returncode, done.stderr.splitlines()[-1]) == (130, "error: interrupted")
    assert list(tmp_path.rglob("*.tmp")) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_after_the_end_changes_nothing(tmp_path, number):
    done = run(tmp_path, "end", number)
    assert done.returncode == 0, done.stderr
    assert "KeyboardInterrupt" not in done.stderr
