"""Take a job's protections out one by one, and see that a test notices each: ``make protections``.

Each is a line of the program, which is replaced in a copy of it. The test that is named beside it has to
pass with the line and to fail without, each of several times: whether a page is lost may hang on who comes
first, and one run tells nothing of that. Prints a row of Markdown for each; ends with 1 where one is missed
by no test.
"""

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from tests.crash.protections_listed import PROTECTIONS, Protection

ROOT = Path(__file__).parents[2]

#: What the copy does without.
_LEFT_OUT = shutil.ignore_patterns(".git", ".venv", "out", "__pycache__", ".*_cache", ".hypothesis")

#: A test that waits for what never comes gives up by itself; this is for one that hangs.
_LIMIT_S = 600
#: How often a test has to fail without the line.
_TIMES = 3
_TIDIES_UP_WITHIN_S = 60

_PASSED, _FAILED, _HANGS = 0, 1, -1


def main() -> int:
    """Do so, and say what came of it."""
    asked = _arguments()
    chosen = [each for each in PROTECTIONS if not asked.only or each.name in asked.only.split(",")]
    for each in chosen:
        each.check(ROOT)
    if asked.list:
        print("\n".join(row_of(each) for each in chosen))
        return 0
    missed = 0
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "copy"
        shutil.copytree(ROOT, copy, ignore=_LEFT_OUT)
        for each in chosen:
            without = _without(each, copy)
            missed += without != "fails"
            print(row_of(each, without), flush=True)
    print(f"{len(chosen)} protections, of which {missed} are missed by nobody", file=sys.stderr)
    return int(missed > 0)


def row_of(each: Protection, without: str = "") -> str:
    """Return the row of a table for it, with what its test does without it."""
    told = f"| {each.name} | `{each.file}` | `{each.test}` |"
    return f"{told} {without} |" if without else told


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.crash.protections", description=__doc__)
    names = ", ".join(each.name for each in PROTECTIONS)
    parser.add_argument("--only", default="", metavar="A,B", help=f"some of: {names}")
    parser.add_argument("--list", action="store_true", help="only see that each line and each test is there")
    return parser.parse_args()


def _without(each: Protection, copy: Path) -> str:
    """Tell what its test does without it."""
    if _outcome(copy, each.test) != _PASSED:
        return "**fails with it, too**"
    with _taken_out(each, copy):
        for time in range(1, _TIMES + 1):
            if (without := _run(copy, each.test)) != _FAILED:
                told = {_PASSED: "**passes", _HANGS: "**hangs"}
                what = told.get(without, f"**is not run: exit code {without}")
                return f"{what}, time {time} of {_TIMES}**"
    return "fails"


@contextmanager
def _taken_out(each: Protection, copy: Path) -> Iterator[None]:
    file = copy / each.file
    whole = file.read_text(encoding="utf-8")
    file.write_text(each.taken_out(whole), encoding="utf-8")
    try:
        yield
    finally:
        file.write_text(whole, encoding="utf-8")


@cache
def _outcome(copy: Path, test: str) -> int:
    """Run a test of the untouched copy, once for all that it notices."""
    return _run(copy, test)


def _run(copy: Path, test: str) -> int:
    """Return the exit code of pytest."""
    # No bytecode: of two versions of a file within one second Python would take the older one.
    variables = {**os.environ, "PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-x",
        "--show-capture=no",
        "-p",
        "no:cacheprovider",
        test,
    ]
    with subprocess.Popen(command, cwd=copy, env=variables, stdout=subprocess.PIPE, text=True) as run:
        try:
            told, _ = run.communicate(timeout=_LIMIT_S)
        except subprocess.TimeoutExpired:
            _end(run)
            return _HANGS
    _say_why("\n".join(line for line in told.splitlines() if line.startswith(("E  ", "FAILED", "ERROR"))))
    return run.returncode


def _end(run: subprocess.Popen[str]) -> None:
    run.send_signal(signal.SIGINT)  # its fixtures end what it started
    try:
        run.communicate(timeout=_TIDIES_UP_WITHIN_S)
    except subprocess.TimeoutExpired:
        run.kill()


def _say_why(failed: str) -> None:
    """Tell what a test failed by: it is to be the want of the line, not of something else."""
    if failed:
        print(failed, file=sys.stderr, flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
