"""A test that hangs ends the run, and says where it hung; and CI says how long the crash tests took."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.fake_readers import PATIENCE_S

ROOT = Path(__file__).parents[2]

REPORT = """<testsuites><testsuite>
<testcase classname="tests.crash.test_a" name="test_x[1]" time="12.25"/>
<testcase classname="tests.faults.test_b" name="test_y" time="30.5"/>
<testcase classname="tests.crashing.test_c" name="test_z" time="1000"/>
</testsuite></testsuites>"""


def run(*arguments):
    return subprocess.run(
        [sys.executable, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_S,
        stdin=subprocess.DEVNULL,
    )


def test_a_test_that_hangs_ends_the_run_and_says_where(tmp_path):
    hanging = tmp_path / "test_hanging.py"
    hanging.write_text("import threading\n\ndef test_hanging():\n    threading.Event().wait()\n")
    soon = ("-o", "faulthandler_timeout=0.5", "-p", "no:cacheprovider")
    ended = run("-m", "pytest", "-c", ROOT / "pyproject.toml", *soon, hanging)
    assert ended.returncode == 1
    assert f'File "{hanging}", line 4 in test_hanging' in ended.stderr


def test_it_does_so_without_being_asked(pytestconfig):
    assert 0 < float(pytestconfig.getini("faulthandler_timeout")) <= 900


def test_ci_says_how_long_the_tests_of_crashes_and_faults_took(tmp_path):
    report = tmp_path / "tests.xml"
    report.write_text(REPORT)
    said = run(ROOT / ".ci/took.py", report, "tests/crash", "tests/faults/")
    assert said.stdout == (
        "tests/crash tests/faults/: 2 tests, 43 s; the slowest tests.faults.test_b.test_y, 30 s\n"
    )
    assert '.ci/took.py "$reports/tests.xml" tests/crash tests/faults' in (ROOT / ".ci/run").read_text(
        "utf-8"
    )


@pytest.mark.parametrize("folder", ["tests/cras", "tests/unit"])
def test_it_fails_where_there_is_none(tmp_path, folder):
    report = tmp_path / "tests.xml"
    report.write_text(REPORT)
    assert run(ROOT / ".ci/took.py", report, folder).returncode == 1
