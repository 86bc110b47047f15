"""``make scale``: what a job costs beside reading its pages, by their number.

    python -m bench.scale [--pages 1000,10000,100000] [--folder DIR] [--json FILE] [--plot FILE]

Each step is the command itself in a process of its own, with a reader that costs next to nothing, so that
what is left is finding, counting, queueing, recording, counting again and writing tables. Pages are a few
pixels large. The folder should be on the disk that is meant: on one that is forced slowly, recording is
nothing but waiting for it. A redis-server is started on this machine, and ended. The exit code is 1 where a
process takes more memory than was asked.
"""

import argparse
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from redis import Redis
from redis.exceptions import RedisError

from bench.scale_source import make_pages
from bench.verdict import Verdict, at_most, exit_code

__all__ = ["Step", "measured", "table", "verdict"]

_ROOT = Path(__file__).parents[1]
#: One page of so many is taken away for the step that reads a rest.
_LACKING = 100
#: No process may take more, whatever the number of pages.
MOST_MB = 200


@dataclass(frozen=True, slots=True)
class Step:
    """What one command took.

    Attributes
    ----------
    name : str
        What was done.
    pages : int
        Of the job.
    seconds, processor_s : float
        By the clock on the wall; of all processes together.
    peak_mb, children_mb : float
        Most memory of the process itself, and of the largest of its children.
    queued_bytes : float
        What Redis holds more for each page; 0 where nothing was queued.
    """

    name: str
    pages: int
    seconds: float
    processor_s: float
    peak_mb: float
    children_mb: float
    queued_bytes: float = 0.0


def measured(pages: int, folder: Path, *, read_here: bool = True) -> Iterator[Step]:
    """Go through the life of a job of so many pages, step by step.

    Parameters
    ----------
    pages : int
        How many.
    folder : Path
        An empty folder in which all of it is made.
    read_here : bool
        Whether to have another job read without a queue, at last, which takes by far the longest.
    """
    source = str(make_pages(folder, pages))
    job, run = str(folder / "job"), _Runs(pages, folder)
    with _redis(folder) as (client, url):
        queue = {"DIGITIZE_BROKER_URL": url}
        yield run.queueing(client, queue, "submit --detach", "submit", "-r", source, "-o", job, "--detach")
        client.flushall()
        yield run.queueing(client, queue, "resume --detach, all missing", "resume", job, "--detach")
    yield run.step("status, nothing done", "status", job)
    yield run.step("a look, nothing done", "look", job)
    yield run.step("recording", "record", job)
    yield run.step("status, all done", "status", job)
    yield run.step("a look, all done", "look", job)
    yield run.step("results, csv", "results", job, "-o", str(folder / "r.csv"))
    yield run.step("results, json", "results", job, "-o", str(folder / "r.json"))
    yield run.step("resume, nothing missing", "resume", job, "-q")
    _lose_some(Path(job))
    yield run.step("resume, 1 in 100 missing", "resume", job, "-q")
    if read_here:
        yield run.step("submit, read here", "submit", "-r", source, "-o", str(folder / "here"), "-q")


def table(steps: Sequence[Step]) -> str:
    """Return the figures as a table for the documents."""
    rows = ["| pages | step | s | processor s | pages/s | peak MB |", "|---:|---|---:|---:|---:|---:|"]
    for step in steps:
        rate = f"{step.pages / step.seconds:,.0f}"
        rows.append(
            f"| {step.pages:,} | {step.name} | {step.seconds:.1f} | {step.processor_s:.1f} | {rate} "
            f"| {step.peak_mb:.0f} |"
        )
    return "\n".join(rows)


def verdict(steps: Sequence[Step]) -> Verdict:
    """Hold against what was asked the process that took most memory, of all steps."""
    largest = max(steps, key=lambda step: max(step.peak_mb, step.children_mb))
    found = max(largest.peak_mb, largest.children_mb)
    return at_most(MOST_MB, f"MB in any process, most in {largest.name!r} of {largest.pages:,} pages", found)


class _Runs:
    """Runs commands for one number of pages."""

    def __init__(self, pages: int, folder: Path) -> None:
        self._pages, self._folder = pages, folder
        own = {name: value for name, value in os.environ.items() if not name.startswith("DIGITIZE_")}
        self._environment = own | {"PYTHONPATH": str(_ROOT), "XDG_DATA_HOME": str(folder / "data")}

    def step(self, name: str, *command: str, **environment: str) -> Step:
        """Run one command and return what it took."""
        figures = self._folder / "figures.json"
        with (self._folder / "printed").open("wb") as printed:
            done = subprocess.run(
                [sys.executable, "-m", "bench.scale_step", str(figures), *command],
                env=self._environment | environment,
                cwd=self._folder,
                stdout=printed,
                stderr=subprocess.PIPE,
                check=False,
            )
        if done.returncode:
            raise SystemExit(f"{name}: exit code {done.returncode}\n{done.stderr.decode()}")
        told = json.loads(figures.read_text())
        if command[0] == "look":  # one of many, and not the program around it
            told["seconds"] = float((self._folder / "printed").read_text())
        return Step(name=name, pages=self._pages, **told)

    def queueing(self, client: Redis, environment: dict[str, str], name: str, *command: str) -> Step:
        """Run one command that queues, and weigh what is in the queue then."""
        before = client.info("memory")["used_memory"]
        step = self.step(name, *command, **environment)
        after = client.info("memory")["used_memory"]
        return Step(**asdict(step) | {"queued_bytes": (after - before) / self._pages})


def _lose_some(job: Path) -> None:
    """Take away the record of one page in a hundred."""
    for number, path in enumerate(sorted(job.joinpath("pages").rglob("*.json"))):
        if number % _LACKING == 0:
            path.unlink()


@contextmanager
def _redis(folder: Path) -> Iterator[tuple[Redis, str]]:
    """Start a Redis of our own that keeps nothing, and end it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    place = [
        "--bind",
        "127.0.0.1",
        "--port",
        str(port),
        "--dir",
        str(folder),
        "--save",
        "",
        "--appendonly",
        "no",
    ]
    server = subprocess.Popen(["redis-server", *place], stdout=subprocess.DEVNULL)
    try:
        with Redis(host="127.0.0.1", port=port) as client:
            while not _answers(client):
                if server.poll() is not None:
                    raise SystemExit("redis-server ended")
                time.sleep(0.05)
            yield client, f"redis://127.0.0.1:{port}/0"
    finally:
        server.terminate()
        server.wait()


def _answers(client: Redis) -> bool:
    try:
        return bool(client.ping())
    except RedisError:
        return False


def _told(file: Path | None) -> list[Step]:
    """Return the figures of a run that is over."""
    return [] if file is None else [Step(**step) for step in json.loads(file.read_text())]


def _counts(text: str) -> list[int]:
    return [int(part) for part in text.split(",")]


def main() -> int:
    """Measure, print the table, write figures and plot where these were asked for; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench.scale", description=__doc__.splitlines()[0])
    parser.add_argument("--pages", type=_counts, default=[1000, 10_000, 100_000], metavar="N,N,…")
    parser.add_argument(
        "--read-here",
        type=int,
        default=10_000,
        metavar="N",
        help="read jobs of at most so many pages here, too",
    )
    parser.add_argument("--folder", type=Path, help="where the jobs are made, and taken away again")
    parser.add_argument("--json", type=Path, metavar="FILE", help="figures as JSON")
    parser.add_argument(
        "--before", type=Path, metavar="FILE", help="figures of an earlier run, drawn beside these"
    )
    parser.add_argument(
        "--known", type=Path, metavar="FILE", help="figures of a run that is over: measures nothing"
    )
    parser.add_argument("--plot", type=Path, metavar="FILE", help="a picture; needs the extra `train`")
    chosen = parser.parse_args()
    if shutil.which("redis-server") is None:
        raise SystemExit("this needs redis-server")
    steps = _told(chosen.known)
    for pages in [] if steps else chosen.pages:
        with tempfile.TemporaryDirectory(prefix="scale-", dir=chosen.folder) as folder:
            for step in measured(pages, Path(folder), read_here=pages <= chosen.read_here):
                steps.append(step)
                print(table([step]).splitlines()[-1], file=sys.stderr)
    print(table(steps))
    if chosen.json:
        chosen.json.write_text(json.dumps([asdict(step) for step in steps], indent=1) + "\n")
    if chosen.plot:
        from bench.scale_plot import draw

        draw(steps, chosen.plot, _told(chosen.before))
    return exit_code([verdict(steps)])


if __name__ == "__main__":
    raise SystemExit(main())
