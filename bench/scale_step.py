"""One command in a process of its own, with what it took: seconds, and megabytes at its peak.

    python -m bench.scale_step FIGURES.json COMMAND [ARGUMENT ...]

`COMMAND` is one of `digitize`, which reads with the reader of :mod:`bench.scale_source`, or one of two that
take a job's folder: ``look`` asks how far it is, as a waiting `submit` asks again and again; ``record``
writes a record for each of its pages, as a process that reads does.
"""

import functools
import json
import re
import resource
import runpy
import sys
import time
from pathlib import Path

import worker.embedded
from bench.scale_source import FACTORY, record_of
from worker.job_folder import JobFolder
from worker.jobs import Job, ProgressWatcher

__all__ = ["LOOKS"]

#: So often ``look`` looks, after a first time.
LOOKS = 20


def _run(command: str, arguments: list[str]) -> int:
    """Run the command and return its exit code."""
    if command == "look":
        return _look(Path(arguments[0]))
    if command == "record":
        return _record(Path(arguments[0]))
    worker.embedded.run_embedded = functools.partial(worker.embedded.run_embedded, reader_factory=FACTORY)
    sys.argv[1:] = [command, *arguments]
    try:
        runpy.run_module("cli", run_name="__main__", alter_sys=True)  # the program, as it is started
    except SystemExit as left:
        return int(left.code or 0)
    return 0


def _look(folder: Path) -> int:
    """Print how many seconds a look takes after the first one."""
    watcher = ProgressWatcher(Job.open(folder))
    watcher.look()
    start_s = time.perf_counter()
    for _ in range(LOOKS):
        watcher.look()
    print((time.perf_counter() - start_s) / LOOKS)
    return 0


def _record(folder: Path) -> int:
    """Write the same record for each page."""
    for entry in Job.open(folder).entries:
        JobFolder(folder).write_record(entry.key, record_of(entry))
    return 0


def _peak_mb() -> float:
    """Return what this process had in memory at most.

    Not `ru_maxrss`, which begins with what the program had that started this one.
    """
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    return int(found[1]) / 1024 if found else float("nan")


def _measure(figures: Path, command: str, *arguments: str) -> int:
    """Run the command, write its figures, return its exit code."""
    start_s = time.perf_counter()
    code = _run(command, list(arguments))
    seconds = time.perf_counter() - start_s
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    told = {
        "seconds": seconds,
        "processor_s": sum(each.ru_utime + each.ru_stime for each in used),
        "peak_mb": _peak_mb(),
        "children_mb": used[1].ru_maxrss / 1024,
    }
    figures.write_text(json.dumps(told))
    return code


if __name__ == "__main__":
    sys.exit(_measure(Path(sys.argv[1]), *sys.argv[2:]))
