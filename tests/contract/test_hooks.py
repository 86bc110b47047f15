"""The hooks for `git commit` parse, and call the very commands that `make check` calls."""

import re
import shlex
import subprocess
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
(REPOSITORY,) = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text("utf-8"))["repos"]
HOOKS = {hook["id"]: hook for hook in REPOSITORY["hooks"]}


def command(hook):
    """Return a hook's command without what only concerns lists of files."""
    return [word for word in shlex.split(HOOKS[hook]["entry"]) if word != "--force-exclude"]


def test_hooks_come_from_nowhere_else():
    assert REPOSITORY["repo"] == "local"
    assert {hook["language"] for hook in HOOKS.values()} == {"system"}


def test_hooks_are_what_make_check_runs():
    recipe = re.search(r"^check:.*\n((?:\t.+\n)+)", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)[1]
    checked = [line.strip().replace("$(BIN)", ".venv/bin").removesuffix(" .") for line in recipe.splitlines()]
    assert [" ".join(command(hook)) for hook in HOOKS] == checked


@pytest.mark.skipif(not (ROOT / ".venv/bin/ruff").exists(), reason="the tools are not installed in .venv")
@pytest.mark.parametrize("hook", HOOKS)
def test_the_command_of_a_hook_is_there(hook):
    done = subprocess.run([*command(hook)[:1], "--help"], cwd=ROOT, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
