"""What a worker costs: seconds until it is ready, memory while it waits, and memory after many pages.

    python -m bench.worker [--jobs N] [--starts N] [--pages N] [--json FILE]

A worker is `digitize worker -j N` with the shipped model, behind a Redis of its own. It is ready when it has
given its first sign of life and each of its processes has loaded the model. Memory is the proportional set
size (PSS) of the parent and all its processes: what several of them share is counted once. Pages are small
ones with a few digits each, so that thousands are read in minutes; a page of another size costs another
peak, but leaves nothing more behind. Processor time stands beside the clock, for machines that others use.
The exit code is 1 where what was asked of a worker is missed.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from statistics import median

import cv2
import numpy as np

from bench.ending import ended_by_sigterm
from bench.rig import RedisServer, children_of, is_ready, settings_for, soon
from bench.verdict import Verdict, at_most, exit_code
from model.synth.digits import DigitSource
from worker.job_folder import ReadOptions
from worker.jobs import Job, PageEntry, ProgressWatcher
from worker.queue import enqueue

__all__ = ["Figures", "main", "measured", "verdicts"]

#: Asked of a worker of one process, and of what any has taken after many pages beside its first ones.
MOST_READY_S, MOST_WAITING_MB, MOST_GROWTH_PERCENT = 1.5, 150, 10

#: Nothing here takes as long.
_PATIENCE_S = 1800.0

#: Digits on a page, and pixels of one.
_DIGITS, _SIDE = 3, 28


@dataclass(frozen=True, slots=True)
class Figures:
    """What one worker cost.

    Attributes
    ----------
    jobs : int
        Its processes beside the parent.
    ready_s, ready_processor_s : float
        Until it was ready, by the clock and of all its processes.
    idle_mb, parent_mb : float
        PSS of all its processes, and of the parent among them, before any page.
    first_page_mb, pages, after_mb : float, int, float
        After each process had read some pages; after so many pages. 0 where none were read.
    """

    jobs: int
    ready_s: float
    ready_processor_s: float
    idle_mb: float
    parent_mb: float
    first_page_mb: float = 0.0
    pages: int = 0
    after_mb: float = 0.0


def measured(folder: Path, jobs: int, pages: int) -> Figures:
    """Start a worker, let it wait, and have it read.

    Parameters
    ----------
    folder : Path
        For Redis, the pages and the log.
    jobs : int
        Processes of the worker.
    pages : int
        How many are read, the first hundredth to warm up; 0 for none.
    """
    redis = RedisServer(folder / "redis")
    with ExitStack() as started:
        started.callback(redis.kill)
        redis.start()
        started_s = time.perf_counter()
        worker = _start(redis, jobs, folder / "log")
        started.callback(_end, worker)
        soon(lambda: is_ready(redis, worker.pid, jobs), "the worker is ready", _PATIENCE_S)
        figures = Figures(
            jobs,
            time.perf_counter() - started_s,
            sum(map(_processor_s, _processes(worker.pid))),
            _pss_mb(worker.pid),
            _pss_mb_of(worker.pid),
        )
        if pages:
            _have_read(redis, folder / "first", max(pages // 100, 10 * jobs))
            first_mb = _pss_mb(worker.pid)
            _have_read(redis, folder / "many", pages)
            figures = replace(figures, first_page_mb=first_mb, pages=pages, after_mb=_pss_mb(worker.pid))
        return figures


def _start(redis: RedisServer, jobs: int, log: Path) -> "subprocess.Popen[bytes]":
    own = {name: value for name, value in os.environ.items() if not name.startswith("DIGITIZE_")}
    command = [sys.executable, "-m", "cli", "worker", "-j", str(jobs)]
    with log.open("wb") as stream:
        return subprocess.Popen(
            command,
            env={**own, "DIGITIZE_BROKER_URL": redis.url, "XDG_DATA_HOME": str(log.parent / "data")},
            cwd=Path(__file__).parents[1],
            stdout=stream,
            stderr=subprocess.STDOUT,
        )


def _end(worker: "subprocess.Popen[bytes]") -> None:
    worker.terminate()
    worker.wait(_PATIENCE_S)


def _have_read(redis: RedisServer, folder: Path, pages: int) -> None:
    job = _small_pages(folder, pages)
    enqueue(job, job.every_page(), settings_for(redis))
    watcher = ProgressWatcher(job)  # opens each record once
    soon(lambda: watcher.look().done == pages, "all pages are read", _PATIENCE_S)


def _small_pages(folder: Path, pages: int) -> Job:
    """Make a job of pages with a row of handwritten digits each."""
    scans, rng, source = folder / "scans", np.random.default_rng(1), DigitSource.builtin()
    scans.mkdir(parents=True)
    entries = []
    for number in range(pages):
        page = np.full((3 * _SIDE, (_DIGITS + 2) * 2 * _SIDE), 255, np.uint8)
        for place in range(_DIGITS):
            glyph = source.images[rng.integers(len(source.images))]
            left = (1 + 2 * place) * _SIDE
            page[_SIDE : 2 * _SIDE, left : left + _SIDE] -= glyph
        path = scans / f"{number:05d}.png"
        cv2.imwrite(str(path), page)
        entries.append(PageEntry.of(path, name=path.name))
    return Job.create(folder / "job", entries, [], ReadOptions())


def _processes(process: int) -> list[int]:
    """Return a process and all that descend from it."""
    return [process, *(each for child in children_of(process) for each in _processes(child))]


def _pss_mb(process: int) -> float:
    """Return the proportional set size of a process and all that descend from it."""
    return sum(map(_pss_mb_of, _processes(process)))


def _pss_mb_of(process: int) -> float:
    with suppress(OSError):
        found = re.search(
            r"^Pss:\s+(\d+) kB", Path(f"/proc/{process}/smaps_rollup").read_text(), re.MULTILINE
        )
        return int(found[1]) / 1024 if found else 0.0
    return 0.0


def _processor_s(process: int) -> float:
    """Return the processor time of a process and of its children that have ended."""
    with suppress(OSError):
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")
    return 0.0


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print the figures as a table in Markdown and what was asked of them; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench.worker", description=__doc__)
    parser.add_argument("--jobs", type=int, default=1, help="processes of the worker")
    parser.add_argument("--starts", type=int, default=5, help="workers that are started; medians are told")
    parser.add_argument("--pages", type=int, default=5000, help="pages that the last of them reads")
    parser.add_argument("--json", type=Path, help="write the figures of each start there, too")
    chosen = parser.parse_args(arguments)
    if min(chosen.starts, chosen.jobs) < 1:
        parser.error("at least one worker of one process is started")
    with ended_by_sigterm(), tempfile.TemporaryDirectory() as name:
        figures = []
        for start in range(chosen.starts):
            folder = Path(name) / str(start)
            folder.mkdir()
            is_last = start == chosen.starts - 1
            figures.append(measured(folder, chosen.jobs, chosen.pages if is_last else 0))
    _print(figures)
    if chosen.json:
        chosen.json.write_text(json.dumps([asdict(each) for each in figures], indent=1) + "\n")
    return exit_code(verdicts(figures))


def verdicts(figures: Sequence[Figures]) -> Iterator[Verdict]:
    """Hold against what was asked the medians of the starts, and what the last one grew by where it read."""
    last = figures[-1]
    if last.jobs == 1:
        yield at_most(MOST_READY_S, "s until it is ready", median(each.ready_s for each in figures))
        yield at_most(MOST_WAITING_MB, "MB while it waits", median(each.idle_mb for each in figures))
    if last.pages:
        yield at_most(MOST_GROWTH_PERCENT, f"% more after {last.pages:,} pages", _grown_percent(last))


def _grown_percent(figures: Figures) -> float:
    return 100 * (figures.after_mb / figures.first_page_mb - 1)


def _print(figures: Sequence[Figures]) -> None:
    last = figures[-1]
    rows = {
        "ready, seconds by the clock": f"{median(each.ready_s for each in figures):.2f}",
        "ready, seconds of processor time": f"{median(each.ready_processor_s for each in figures):.2f}",
        "waiting, MB": f"{median(each.idle_mb for each in figures):.0f}",
        "… of which the parent": f"{median(each.parent_mb for each in figures):.0f}",
    }
    if last.pages:
        rows["after the first pages, MB"] = f"{last.first_page_mb:.0f}"
        rows[f"after {last.pages:,} pages, MB"] = f"{last.after_mb:.0f} ({_grown_percent(last):+.1f} %)"
    print(f"| a worker of {last.jobs} process{'es' if last.jobs > 1 else ''}, {len(figures)} starts | |")
    print("|---|---:|")
    for what, figure in rows.items():
        print(f"| {what} | {figure} |", flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
