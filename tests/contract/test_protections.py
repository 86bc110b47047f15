"""What `make protections` takes out stands where it says, and so does the test that is to notice."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.crash import protections
from tests.crash.protections import row_of
from tests.crash.protections_listed import PROTECTIONS, Protection

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs/benchmarks.md").read_text(encoding="utf-8")
TABLE = TEXT.partition("## Each protection taken out\n")[2].partition("\n## ")[0]
ROWS = [line for line in TABLE.splitlines() if line.startswith("| ") and "`tests/" in line]


@pytest.mark.parametrize("each", PROTECTIONS, ids=lambda each: each.name)
def test_each_line_stands_once_and_each_test_is_there(each):
    each.check(ROOT)


def test_those_that_are_documented_are_those_that_are_taken_out():
    assert [row_of(each, "fails") for each in PROTECTIONS] == ROWS


#: Those whose tests take a second: all of them are for `make protections`.
QUICKEST = ("and so is its name", "a folder is given to one job", "a process may start slowly")


def test_the_quickest_are_taken_out_and_missed_as_documented():
    asked = [sys.executable, "-m", "tests.crash.protections", "--only", ",".join(QUICKEST)]
    told = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stderr
    assert told.stdout.splitlines() == [
        row for row in ROWS if row.startswith(tuple(f"| {q} |" for q in QUICKEST))
    ]


@pytest.mark.parametrize(
    ("outcomes", "told"),
    [
        ([0, 1, 1, 1], "fails"),
        ([0, 1, 1, 0], "**passes, time 3 of 3**"),
        ([0, 1, -1], "**hangs, time 2 of 3**"),
        ([0, 4], "**is not run: exit code 4, time 1 of 3**"),
        ([1], "**fails with it, too**"),
    ],
)
def test_one_that_is_missed_by_chance_is_not_taken_for_one_that_is_missed(
    monkeypatch, tmp_path, outcomes, told
):
    """A test that fails without the line only where somebody is slower proves nothing."""
    each = Protection("it", "it.py", "kept = True", "kept = False", "test_it.py::test_it")
    (tmp_path / each.file).write_text(each.line)
    left, ran_without = list(outcomes), []

    def run(copy, test):
        ran_without.append((copy / each.file).read_text() == each.without)
        return left.pop(0)

    monkeypatch.setattr(protections, "_run", run)
    assert protections._without(each, tmp_path) == told
    assert (left, ran_without) == ([], [False, *[True] * (len(outcomes) - 1)])
    assert (tmp_path / each.file).read_text() == each.line


def test_each_has_a_name_of_its_own_by_which_it_can_be_asked_for():
    names = [each.name for each in PROTECTIONS]
    assert len(set(names)) == len(names)
    assert [name for name in names if "," in name] == []


@pytest.mark.parametrize(
    ("line", "test"),
    [
        ("that is nowhere", "test_segmentation_and_model_number_the_makes_alike"),
        ("import", "test_segmentation_and_model_number_the_makes_alike"),
        ("import MAKES", "test_that_is_nowhere"),
    ],
)
def test_a_line_that_does_not_stand_once_or_a_test_that_is_not_there_is_said(line, test):
    file = "tests/contract/test_makes_contract.py"
    with pytest.raises(LookupError):
        Protection("it", file, line, "import Any", f"{file}::{test}").check(ROOT)


@pytest.mark.parametrize(("arguments", "trains"), [("--list", False), ("--only this", True)])
def test_the_list_takes_no_large_download(tmp_path, arguments, trains):
    asked = ["make", "-n", "protections", f"VENV={tmp_path}/venv", f"PROTECTIONS_ARGS={arguments}"]
    told = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert ("TensorFlow" in told) is trains
