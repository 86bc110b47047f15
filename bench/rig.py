"""A Redis and workers of a benchmark's own: started, killed, and in the end all gone.

    python -m bench.rig PARENT FACTORY JOBS [quick]

is one of these workers. It ends with the process that is numbered PARENT, however that ends.
"""

import faulthandler
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import cv2
import numpy as np
from redis import Redis
from redis.exceptions import RedisError

from bench.ending import end_with
from worker.heartbeat import workers_alive
from worker.job_folder import ReadOptions
from worker.jobs import Job, PageEntry
from worker.liveness import Liveness
from worker.serve import run_worker
from worker.settings import Settings, load_settings

__all__ = [
    "RedisServer",
    "Worker",
    "children_of",
    "draw_job",
    "is_ready",
    "no_settings_around",
    "processor_s",
    "settings_for",
    "soon",
]

#: What ends at all ends within this.
_PATIENCE_S = 30.0

#: A worker that is gone is missed five times as soon: for short runs.
QUICK = Liveness(0.4, 2.0, 0.4, 3.0)


def soon(
    look: Callable[[], object], what: str, patience_s: float = _PATIENCE_S, every_s: float = 0.02
) -> None:
    """Return as soon as `look` gives something true.

    Raises
    ------
    TimeoutError
        It never did.
    """
    until_s = time.monotonic() + patience_s
    while not look():
        if time.monotonic() > until_s:
            raise TimeoutError(what)
        time.sleep(every_s)


class RedisServer:
    """A Redis on a free port of this machine.

    Parameters
    ----------
    folder : Path
        For its data.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port = int(probe.getsockname()[1])
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Its address."""
        return f"redis://127.0.0.1:{self._port}/0"

    @property
    def process(self) -> int:
        """Its number, while it runs."""
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        """Start it with the data that it had."""
        place = ["--bind", "127.0.0.1", "--port", str(self._port), "--dir", str(self._folder)]
        command = ["redis-server", *place, "--save", "", "--appendonly", "yes", "--loglevel", "warning"]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        soon(self._answers, "redis-server answers")

    def restart(self, *, empty: bool) -> None:
        """Kill it, and start it again with its data or without."""
        self.kill()
        if empty:
            shutil.rmtree(self._folder)
            self._folder.mkdir()
        self.start()

    def kill(self) -> None:
        """End it at once."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(_PATIENCE_S)

    def lasting_keys(self, prefix: str) -> list[str]:
        """Return the keys that begin so and do not expire by themselves."""
        with Redis.from_url(self.url) as client:
            keys = client.scan_iter(f"{prefix}*", count=1000)
            return sorted(os.fsdecode(key) for key in keys if client.ttl(key) == -1)

    def _answers(self) -> bool:
        with suppress(RedisError), Redis.from_url(self.url) as client:
            return bool(client.ping())
        return False


class Worker:
    """A worker in a process group of its own.

    Parameters
    ----------
    redis : RedisServer
        Where it takes pages from.
    factory : str
        ``package.module:function`` of the reader.
    jobs : int
        Its processes.
    log : Path
        What it says is added to this file.
    quick : bool
        Whether it misses other workers sooner than by default.
    **variables : str
        For its environment.
    """

    def __init__(
        self, redis: RedisServer, factory: str, jobs: int, log: Path, *, quick: bool, **variables: str
    ) -> None:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("DIGITIZE_")}
        command = [sys.executable, "-m", "bench.rig", str(os.getpid()), factory, str(jobs)]
        with log.open("ab") as stream:
            self.process = subprocess.Popen(
                [*command, *(["quick"] if quick else [])],
                env={**environment, "DIGITIZE_BROKER_URL": redis.url, **variables},
                cwd=Path(__file__).parents[1],
                stdout=stream,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def processor_s(self) -> float:
        """Return the processor time that its living processes have taken."""
        return processor_s(_group(self.process.pid))

    def kill(self) -> None:
        """Kill the parent, as a system does that is short of memory."""
        self.process.kill()
        self.process.wait(_PATIENCE_S)

    def wait_until_gone(self, process: int | None = None) -> None:
        """Return once one of its processes is gone; without a number, once all are, its parent killed before.

        Raises
        ------
        TimeoutError
            It never was.
        """

        def is_gone() -> bool:
            left = _group(self.process.pid)
            return process not in left if process else not left

        soon(is_gone, "what was killed is gone")

    def stop(self) -> bool:
        """Let it end in order; return whether it did, with all its processes."""
        self.process.terminate()
        try:
            self.process.wait(_PATIENCE_S)
            soon(lambda: not _group(self.process.pid), "all its processes are gone")
        except (subprocess.TimeoutExpired, TimeoutError):
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGUSR2)
            return False
        return True

    def end(self) -> None:
        """End whatever is left of it."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(_PATIENCE_S)


def children_of(process: int) -> list[int]:
    """Return the living children of a process."""
    return [number for number, parent, _ in _processes() if parent == process]


def processor_s(processes: Iterable[int]) -> float:
    """Return the processor time that processes have taken, by their numbers; what is gone counts nothing."""
    ticks = 0
    for number in processes:
        with suppress(OSError):
            fields = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def _group(group: int) -> list[int]:
    return [number for number, _, its_group in _processes() if its_group == group]


def _processes() -> Iterator[tuple[int, int, int]]:
    """Go through all living processes: number, parent, group."""
    for entry in Path("/proc").iterdir():
        with suppress(OSError, ValueError):
            state, parent, group = (entry / "stat").read_text().rpartition(")")[2].split()[:3]
            if state != "Z":
                yield int(entry.name), int(parent), int(group)


def is_ready(redis: RedisServer, process: int, jobs: int) -> bool:
    """Tell whether a worker gave a sign of life, and all its processes hold a model and wait for work."""
    with Redis.from_url(redis.url) as client:
        if not workers_alive(client, "digitize:"):
            return False
    readers = [child for child in children_of(process) if _holds_a_model(child)]
    return len(readers) >= jobs


def _holds_a_model(process: int) -> bool:
    """Tell whether a process has the runtime in memory and waits for work."""
    with suppress(OSError):
        return "litert" in Path(f"/proc/{process}/maps").read_text() and _sleeps(process)
    return False


def _sleeps(process: int) -> bool:
    return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] == "S"


def draw_job(folder: Path, pages: int) -> Job:
    """Make a job of small empty pages, told apart by their width."""
    scans = folder / "scans"
    scans.mkdir(parents=True)
    entries = []
    for width in range(10, 10 + pages):
        path = scans / f"{width:05d}.png"
        cv2.imwrite(str(path), np.full((8, width), 255, np.uint8))
        entries.append(PageEntry.of(path, name=path.name))
    return Job.create(folder / "job", entries, [], ReadOptions())


@contextmanager
def no_settings_around() -> Iterator[None]:
    """Leave out what the environment sets of the program."""
    before = {name: value for name, value in os.environ.items() if name.startswith("DIGITIZE_")}
    for name in before:
        del os.environ[name]
    try:
        yield
    finally:
        os.environ.update(before)


def settings_for(redis: RedisServer, **values: object) -> Settings:
    """Return the default settings with a broker."""
    with no_settings_around():
        return load_settings(broker_url=redis.url, **values)


def main() -> int:
    """Be a worker; one that hangs says in its log where, when it is asked to."""
    faulthandler.register(signal.SIGUSR2)
    parent, factory, jobs, *how = sys.argv[1:]
    end_with(int(parent))
    liveness = QUICK if "quick" in how else None
    settings = load_settings()
    return run_worker(
        settings, int(jobs), reader_factory=factory, log_level="WARNING", liveness=liveness, again_after_s=1.0
    )


if __name__ == "__main__":
    raise SystemExit(main())
