"""What `make protections` takes out stands where it says, and so does the test that is to notice."""

import subprocess
from pathlib import Path

import pytest

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
