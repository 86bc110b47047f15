"""A device that takes no more: exit code 6 and one line, whatever is printed to it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.job_builders import job_of

FULL = Path("/dev/full")
ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.skipif(not FULL.exists(), reason="this system has no device that is always full")


def digitize(*arguments, full=("stdout",)):
    with FULL.open("w") as device:
        return subprocess.run(
            [sys.executable, "-m", "cli", *arguments],
            env={"PATH": os.environ["PATH"]},
            cwd=ROOT,
            stdout=device if "stdout" in full else subprocess.PIPE,
            stderr=device if "stderr" in full else subprocess.PIPE,
            text=True,
            check=False,
        )


@pytest.mark.parametrize(
    "arguments", [("--help",), ("submit", "--help"), ("--version",), ("doctor",), ("models", "list")]
)
def test_whatever_is_printed_without_a_job(arguments):
    done = digitize(*arguments)

    assert done.returncode == 6
    assert done.stderr.splitlines()[:2] == [
        "error: cannot write standard output: No space left on device",
        "hint: Free some space, or write to another place.",
    ]


@pytest.mark.parametrize("arguments", [("-f", "xlsx"), ("-f", "json"), ("-o", "/dev/stdout")])
def test_results_in_every_form(tmp_path, arguments):
    done = digitize("results", job_of(tmp_path, [31]).path, *arguments)

    assert done.returncode == 6
    assert "No space left on device" in done.stderr
    assert "hint: The results are in the job folder" in done.stderr


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_results_to_a_device_by_its_name(tmp_path, form):
    done = digitize("results", job_of(tmp_path, [31]).path, "-f", form, "-o", "/dev/full", full=())

    assert done.returncode == 6
    assert "cannot write /dev/full: No space left on device" in done.stderr


@pytest.mark.parametrize(
    "arguments", [("--help",), ("submit", "--help"), ("--version",), ("doctor", "--json")]
)
def test_whoever_reads_no_further_is_no_error(arguments):
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as closed:
        done = subprocess.run(
            [sys.executable, "-m", "cli", *arguments],
            env={"PATH": os.environ["PATH"]},
            cwd=ROOT,
            stdout=closed,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )

    assert done.returncode == 0
    assert "Traceback" not in done.stderr
    assert "error" not in done.stderr


def test_nobody_can_be_told():
    assert digitize("--version", full=("stdout", "stderr")).returncode == 6
