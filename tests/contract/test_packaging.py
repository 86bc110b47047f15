"""The four generic package names are ours alone, the locks are whole, the tree stays small."""

import re
import shutil
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCKS = sorted(ROOT.glob("requirements*.lock"))
MAX_FILE_BYTES = 2_000_000


OUR_NAMES = ["cli", "worker", "segmentation", "model"]


@pytest.mark.parametrize("name", OUR_NAMES)
def test_our_names_hide_no_module_of_the_standard_library(name: str) -> None:
    assert (ROOT / name / "__init__.py").is_file()
    assert name not in sys.stdlib_module_names


@pytest.mark.parametrize("name", OUR_NAMES)
def test_no_other_distribution_owns_our_names(name: str) -> None:
    assert set(packages_distributions().get(name, ["digitize"])) == {"digitize"}


def test_project_cannot_be_uploaded() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert "Private :: Do Not Upload" in project["classifiers"]


def test_imports_go_one_way() -> None:
    tool = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(
        [tool, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_there_are_locks_to_look_at() -> None:
    assert {lock.name for lock in LOCKS} >= {"requirements.lock", "requirements-build.lock"}


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_lock_has_hashes_and_no_address(lock: Path) -> None:
    text = lock.read_text()
    assert "//" not in text
    pins = re.split(r"^(?=\S)", text, flags=re.MULTILINE)[1:]
    assert pins
    assert [pin for pin in pins if "==" not in pin or "--hash=sha256:" not in pin] == []


def test_no_large_file_in_the_repository() -> None:
    git = shutil.which("git")
    if git is None:
        pytest.skip("git is not installed")
    listed = subprocess.run([git, "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode != 0:
        pytest.skip("not a git checkout")
    files = [ROOT / name for name in listed.stdout.decode().split("\0") if name]
    assert [str(file) for file in files if file.is_file() and file.stat().st_size > MAX_FILE_BYTES] == []


def versions(lock: Path) -> dict[str, set[str]]:
    """Versions by name; more than one where Python or system decide."""
    found: dict[str, set[str]] = {}
    for name, version in re.findall(r"^([a-z0-9._-]+)(?:\[[^]]*\])?==(\S+)", lock.read_text(), re.MULTILINE):
        found.setdefault(name, set()).add(version)
    return found


def test_locks_agree_so_that_one_environment_may_hold_them_all() -> None:
    everything = versions(ROOT / "requirements-dev.lock")
    for lock in LOCKS:
        shared = {name: found for name, found in versions(lock).items() if name in everything}
        assert shared == {name: everything[name] for name in shared}, lock.name
