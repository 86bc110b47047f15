"""What a benchmark started is gone when it was stopped, politely or not."""

import os
import shutil
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from bench.plain_reader import FACTORY
from bench.rig import RedisServer, children_of, soon

ROOT = Path(__file__).parents[3]

pytestmark = [
    pytest.mark.redis,
    pytest.mark.skipif(shutil.which("redis-server") is None, reason="redis-server is not installed"),
]

#: Starts a worker, tells its number, and lets it be.
STARTS_ONE = f"""
import sys
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace
from bench.rig import Worker
url, log = sys.argv[1:]
print(Worker(SimpleNamespace(url=url), {FACTORY!r}, 1, Path(log), quick=False).process.pid, flush=True)
sys.stdin.read()
"""


def below(process):
    """Return all that descend from a process."""
    return [each for child in children_of(process) for each in (child, *below(child))]


def lives(process):
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def has_readers(process):
    """Tell whether a worker that it started has a process that reads."""
    return any(is_worker(child) and children_of(child) for child in children_of(process))


def is_worker(process):
    try:
        command = Path(f"/proc/{process}/cmdline").read_text().split("\0")
    except OSError:
        return False
    return "bench.rig" in command or "worker" in command


@pytest.mark.parametrize(
    "arguments",
    [
        ("queue", "--pages", "2", "--turns", "1000", "--jobs", "1"),
        ("chaos", "--pages", "500", "--workers", "1", "--kills", "0", "--restarts", "0"),
        ("worker", "--starts", "1000", "--pages", "0"),
    ],
    ids=lambda arguments: arguments[0],
)
def test_a_benchmark_that_is_told_to_end_leaves_nothing_running(arguments, tmp_path):
    module, *rest = arguments
    command = [sys.executable, "-m", f"bench.{module}", *rest]
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(tmp_path)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as run:
        soon(lambda: has_readers(run.pid), "a worker reads")
        started = below(run.pid)
        run.terminate()
        assert run.wait(60) == 128 + signal.SIGTERM
    assert len(started) >= 3  # Redis, a worker, its process
    soon(lambda: not any(map(lives, started)), "all of it is gone")
    assert [*tmp_path.iterdir()] == []


def test_a_worker_ends_with_the_benchmark_that_is_killed(tmp_path):
    redis, worker = RedisServer(tmp_path / "redis"), 0
    redis.start()
    try:
        command = [sys.executable, "-c", STARTS_ONE, redis.url, str(tmp_path / "log")]
        with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as run:
            worker = int(run.stdout.readline())
            soon(lambda: children_of(worker), "it has a process that reads")
            started = [worker, *below(worker)]
            run.kill()
        soon(lambda: not any(map(lives, started)), "all of it is gone")
    finally:
        if worker:
            with suppress(ProcessLookupError):
                os.killpg(worker, signal.SIGKILL)
        redis.kill()
