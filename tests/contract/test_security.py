"""SECURITY.md names tests that are there, one at least for each promise; what it says of the code holds."""

import ast
import re
from pathlib import Path

import pytest

from worker.settings import Settings

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
THREATS = TEXT.partition("\n## Who, and what keeps them from it\n")[2].partition("\n## ")[0]
NAMED = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", TEXT)
ROWS = [line for line in THREATS.splitlines() if line.startswith("| ") and not line.startswith("| can try")]
SOURCES = [
    file for name in ("cli", "worker", "segmentation", "model") for file in (ROOT / name).rglob("*.py")
]

#: What runs what it is given, by the module it comes from.
RUNNING_MODULES = {"pickle", "cPickle", "marshal", "shelve", "dill", "cloudpickle", "joblib", "yaml", "imp"}
RUNNING_CALLS = {"eval", "exec", "system", "popen", "loads_pickle", "unsafe_load"}


def names_of_tests(file):
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize(("file", "name"), sorted(set(NAMED)))
def test_every_test_that_is_named_is_there(file, name):
    assert name in names_of_tests(file)


def test_every_promise_names_a_test_that_holds_it():
    assert len(ROWS) > 20
    assert [row for row in ROWS if not re.search(r"`tests/[\w/]+\.py::test_\w+`[^|]*\|$", row)] == []


def test_every_setting_that_is_named_is_one():
    named = set(re.findall(r"`((?:max|task)_\w+|roots)`", TEXT))

    assert {"roots", "max_memory_mb", "task_time_limit_s"} <= named <= set(Settings.model_fields)


def test_nothing_is_loaded_that_could_run():
    found = []
    for file in SOURCES:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            where = f"{file.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}"
            if isinstance(node, ast.Import | ast.ImportFrom):
                names = [alias.name for alias in node.names] + [getattr(node, "module", None) or ""]
                found += [f"{where} {name}" for name in names if name.partition(".")[0] in RUNNING_MODULES]
            elif isinstance(node, ast.Call):
                name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                keywords = {keyword.arg: getattr(keyword.value, "value", None) for keyword in node.keywords}
                if name in RUNNING_CALLS or keywords.get("shell") or keywords.get("allow_pickle"):
                    found.append(f"{where} {name}")
                if name == "load_model" and keywords.get("safe_mode") is not True:
                    found.append(f"{where} load_model without safe_mode")
    assert found == []
