"""A real Redis and real worker processes, each ended by the test that started it."""

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from redis import Redis
from redis.exceptions import RedisError

from tests.fake_readers import FACTORY, FOLDER_VARIABLE, PATIENCE_S, Script, wait_until
from tests.job_builders import plain_settings
from tests.object_server import bucket, in_reach, object_server  # noqa: F401 - fixtures
from tests.running_program import Running, Start
from worker import embedded
from worker.jobs import Job, PageEntry
from worker.page_task import process_page
from worker.settings import Settings

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Certificates:
    """Files for TLS: an authority of our own, and what it vouches for, this machine."""

    authority: Path
    certificate: Path
    key: Path


class RedisServer:
    """A Redis of our own on a free port of this machine."""

    def __init__(
        self,
        folder: Path,
        *,
        password: str = "",
        tls: "Certificates | None" = None,
        keeps_data: bool = False,
    ) -> None:
        self.port = free_port()
        self._folder, self._tls = folder, tls
        self.password = password
        kept = "yes" if keeps_data else "no"
        self._keeping = ["--save", "", "--appendonly", kept, "--appendfsync", "always"]
        self.start()

    def start(self) -> None:
        """Start it, again on the same port if it was stopped; empty, unless it keeps its data."""
        place = ["--bind", "127.0.0.1", "--dir", str(self._folder), *self._ports()]
        with (self._folder / "redis.log").open("ab") as log:
            self._process = subprocess.Popen(["redis-server", *place, *self._keeping], stdout=log)
        wait_until(lambda: self._answers() or self.ended(), "redis-server answers")

    @property
    def url(self) -> str:
        return self._address(f":{quote(self.password, safe='')}@" if self.password else "")

    def _address(self, secret: str) -> str:
        if self._tls:
            return f"rediss://{secret}127.0.0.1:{self.port}/0?ssl_ca_certs={self._tls.authority}"
        return f"redis://{secret}127.0.0.1:{self.port}/0"

    def client(self) -> Redis:
        return Redis.from_url(self.url)

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(PATIENCE_S)

    def _ports(self) -> list[str]:
        if self._tls is None:
            return ["--port", str(self.port)]
        ports = ["--port", "0", "--tls-port", str(self.port), "--tls-auth-clients", "no"]
        return [*ports, "--tls-cert-file", str(self._tls.certificate), "--tls-key-file", str(self._tls.key)]

    def kill(self) -> None:
        """End it as a power cut does."""
        self._process.kill()
        self._process.wait(PATIENCE_S)

    def _answers(self) -> bool:
        with suppress(RedisError), Redis.from_url(self._address("")) as client:
            if self.password:
                # Not as an argument, which everybody on the machine can read in the list of processes.
                return bool(client.config_set("requirepass", self.password))
            return bool(client.ping())
        return False

    def ended(self) -> bool:
        return self._process.poll() is not None


class WorkerProcess:
    """One `digitize worker` with the fake reader."""

    def __init__(
        self,
        settings: Settings,
        script: Script,
        log: Path,
        program: str,
        *args: str,
        variables: Mapping[str, str] = {},
        within: Sequence[str] = (),
    ) -> None:
        self.log = log
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("DIGITIZE_")},
            "PYTHONPATH": str(ROOT),
            FOLDER_VARIABLE: str(script.folder),
            "XDG_DATA_HOME": str(log.parent / "data"),
            "DIGITIZE_BROKER_URL": settings.broker_url.get_secret_value(),
            "DIGITIZE_KEY_PREFIX": settings.key_prefix,
            "DIGITIZE_JOBS": str(settings.jobs),
            "DIGITIZE_MAX_ATTEMPTS": str(settings.max_attempts),
            "DIGITIZE_MAX_MEMORY_MB": str(settings.max_memory_mb),
            "DIGITIZE_TASK_SOFT_TIME_LIMIT_S": str(settings.task_soft_time_limit_s),
            "DIGITIZE_TASK_TIME_LIMIT_S": str(settings.task_time_limit_s),
            "DIGITIZE_LOG_FORMAT": settings.log_format,
            "DIGITIZE_STALL_TIMEOUT_S": str(settings.stall_timeout_s),
            "DIGITIZE_METRICS_PORT": str(settings.metrics_port or ""),
            "DIGITIZE_TASK_EVENTS": str(settings.task_events),
            **({"DIGITIZE_ROOTS": os.pathsep.join(map(str, settings.roots))} if settings.roots else {}),
            **variables,
        }
        with log.open("ab") as stream:
            self.process = subprocess.Popen(
                [*within, sys.executable, str(ROOT / "tests/integration" / program), *args],
                env=environment,
                stdout=stream,
                stderr=subprocess.STDOUT,
                cwd=log.parent,
                # A group of its own, so that what is left of it can be ended with it.
                start_new_session=True,
            )

    def terminate(self) -> None:
        self.process.send_signal(signal.SIGTERM)

    def end(self) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(PATIENCE_S)


@pytest.fixture(scope="session")
def _redis_installed() -> None:
    if shutil.which("redis-server") is None:
        if os.environ.get("CI") == "true":
            pytest.fail("redis-server is not installed, and in CI these tests have to run")
        pytest.skip("redis-server is not installed")


@pytest.fixture(scope="session")
def shared_redis(_redis_installed: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    server = RedisServer(tmp_path_factory.mktemp("redis"))
    yield server
    server.stop()


@pytest.fixture
def own_redis(_redis_installed: None, tmp_path: Path) -> Iterator[RedisServer]:
    """Return a server that the test may stop."""
    server = RedisServer(tmp_path)
    yield server
    server.stop()


@pytest.fixture
def settings(shared_redis: RedisServer, tmp_path: Path) -> Settings:
    """Return settings that share nothing in Redis with other tests."""
    return plain_settings(broker_url=shared_redis.url, key_prefix=f"{tmp_path.name}:", jobs=1)


@pytest.fixture
def script(tmp_path: Path) -> Script:
    folder = tmp_path / "script"
    folder.mkdir()
    return Script(folder)


@pytest.fixture
def start_worker(script: Script, tmp_path: Path) -> Iterator[Callable[..., WorkerProcess]]:
    workers: list[WorkerProcess] = []

    def start(
        settings: Settings,
        program: str = "fake_worker.py",
        *args: str,
        within: Sequence[str] = (),
        **variables: str,
    ) -> WorkerProcess:
        log = tmp_path / f"worker-{len(workers)}.log"
        workers.append(
            WorkerProcess(settings, script, log, program, *args, variables=variables, within=within)
        )
        return workers[-1]

    yield start
    for worker in workers:
        worker.end()
        sys.stdout.write(worker.log.read_text())  # shown by pytest when the test fails


@pytest.fixture
def start(script: Script, tmp_path: Path) -> Iterator[Start]:
    """Run the command as a process of its own, in the test's folder; nothing of it is left at the end."""
    runs: list[Running] = []

    def run(*arguments: object, **variables: str) -> Running:
        runs.append(Running(tmp_path, script, arguments, **variables))
        return runs[-1]

    yield run
    for each in runs:
        each.kill()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def read_here(monkeypatch: pytest.MonkeyPatch, script: Script) -> None:
    """Read pages in this very process, with the fake reader."""
    monkeypatch.setenv(FOLDER_VARIABLE, str(script.folder))

    def run(job: Job, entries: Sequence[PageEntry], _settings: Settings, on_done: Any, **_: Any) -> None:
        for entry in entries:
            on_done(entry, process_page(job, entry, attempt=1, reader_factory=FACTORY))

    monkeypatch.setattr(embedded, "run_embedded", run)


@pytest.fixture
def client(shared_redis: RedisServer) -> Iterator[Redis]:
    """Give a connection to the Redis that tests share."""
    with shared_redis.client() as client:
        yield client
