"""The command as a user types it, for tests of several folders, and how properties are tried."""

import functools
import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings
from typer.testing import CliRunner, Result

import worker.embedded
import worker.trial
from cli.app import app
from tests.ink_reader import FACTORY

Command = Callable[..., Result]

# How long an example takes says something about what else the machine does, and nothing about the property.
settings.register_profile("ours", deadline=None)
settings.load_profile("ours")


@pytest.fixture
def digitize(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Run the command in an empty folder, with no settings of this machine around it."""
    for name in list(os.environ):
        if name.startswith("DIGITIZE_") or name in ("CELERY_BROKER_URL", "REDIS_URL"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)

    def run(*args: object) -> Result:
        return CliRunner().invoke(app, [str(arg) for arg in args])

    return run


@pytest.fixture
def ink_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let pages be read, by processes of their own as ever, but without a model."""
    read_with_it = functools.partial(worker.embedded.run_embedded, reader_factory=FACTORY)
    monkeypatch.setattr(worker.embedded, "run_embedded", read_with_it)


@pytest.fixture
def unfinished_job(digitize: Command, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Submit a page to the folder `job` and give up waiting before anything is read."""

    def submit(page: Path, *options: object) -> Result:
        with monkeypatch.context() as patch:
            patch.setattr(worker.embedded, "run_embedded", lambda *_: threading.Event().wait())
            return digitize("submit", page, "-o", "job", "--timeout", "0", *options)

    return submit


@pytest.fixture
def trial_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let models be tried in this process: starting another one for each takes a second."""
    from worker.trial_child import fault_of

    monkeypatch.setattr(worker.trial, "find_fault", fault_of)
