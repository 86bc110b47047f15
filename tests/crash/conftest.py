"""The Redis, the workers and the command line that these tests break."""

import functools
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from tests.crash.traces import end_group, processes_of
from tests.fake_readers import FOLDER_VARIABLE, Script
from tests.integration.conftest import (  # noqa: F401 - fixtures
    RedisServer,
    WorkerProcess,
    _redis_installed,
    script,
    settings,
    shared_redis,
    start_worker,
)
from tests.job_builders import plain_settings
from worker.settings import Settings

ROOT = Path(__file__).parents[2]


@pytest.fixture
def lasting_redis(_redis_installed: None, tmp_path: Path) -> Iterator[RedisServer]:  # noqa: F811
    """Return a server that the test may kill, and that comes back with its data."""
    server = RedisServer(tmp_path, keeps_data=True)
    yield server
    server.stop()


@pytest.fixture
def forgetful_redis(_redis_installed: None, tmp_path: Path) -> Iterator[RedisServer]:  # noqa: F811
    """Return a server that the test may kill, and that comes back empty."""
    server = RedisServer(tmp_path)
    yield server
    server.stop()


@pytest.fixture
def quick_worker(start_worker: Callable[..., WorkerProcess]) -> Callable[..., WorkerProcess]:  # noqa: F811
    """Start workers that miss a worker that is gone after two seconds instead of ten."""
    return functools.partial(start_worker, FAKE_WORKER_QUICK="yes")


def settings_of(server: RedisServer, **values: object) -> Settings:
    """Return settings of one process for a Redis of a test's own."""
    return plain_settings(broker_url=server.url, **{"jobs": 1, **values})


@pytest.fixture
def program(tmp_path: Path, script: Script) -> Iterator[Callable[..., subprocess.Popen[str]]]:  # noqa: F811
    """Start the command line with the fake reader in a process group of its own, of which nothing is left."""
    started: list[subprocess.Popen[str]] = []

    def start(*arguments: object, within: Sequence[str] = (), **variables: object) -> subprocess.Popen[str]:
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("DIGITIZE_")},
            "PYTHONPATH": str(ROOT),
            FOLDER_VARIABLE: str(script.folder),
            "XDG_DATA_HOME": str(tmp_path / "data"),
            **{name: str(value) for name, value in variables.items()},
        }
        started.append(
            subprocess.Popen(
                [
                    *within,
                    sys.executable,
                    str(ROOT / "tests/crash/fake_digitize.py"),
                    *map(str, arguments),
                ],
                env=environment,
                cwd=tmp_path,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                start_new_session=True,
            )
        )
        return started[-1]

    yield start
    left = [process.pid for process in started if processes_of(process.pid)]
    for process in started:
        end_group(process)
    assert left == [], "processes were left behind"
