"""What a job looks like after something was broken: like one that nothing happened to."""

import csv
import os
import signal
from contextlib import suppress
from pathlib import Path

from tests.fake_readers import FACTORY, PATIENCE_S, wait_until
from worker.jobs import Job
from worker.page_task import process_page
from worker.tables import write_tables

#: What Celery notes of a queue once and for all, and a lock that ends by itself should its holder be killed.
_OF_THE_QUEUE = ("_kombu.binding.digitize", "_kombu.binding_permanent.digitize", "unacked_mutex")


def undisturbed(job, folder, but=()):
    """Return the tables of the same pages, read one after the other in this process; without some."""
    entries = [entry for entry in job.entries if entry.name not in but]
    twin = Job.create(folder / "undisturbed", entries, [], job.options)
    for entry in twin.entries:
        process_page(twin, entry, attempt=1, reader_factory=FACTORY)
    write_tables(twin)
    return (twin.path / "results.csv").read_bytes()


def codes_of(job):
    """Return file and code of each row of errors.csv."""
    with (job.path / "errors.csv").open(newline="", encoding="utf-8") as stream:
        return {row["file"]: row["code"] for row in csv.DictReader(stream)}


def assert_as_if_nothing_had_happened(job, folder, failed=None):
    """Hold the tables in a job's folder to those of an undisturbed run, and look for what was left behind.

    `failed` are the pages that could not be read, each with its code.
    """
    failed = failed or {}
    job = Job.open(job if isinstance(job, Path) else job.path)
    assert job.missing() == ()
    assert {path.name for path in job.pages.rglob("*.json")} == {f"{entry.key}.json" for entry in job.entries}
    assert (job.path / "results.csv").read_bytes() == undisturbed(job, folder, but=failed)
    assert codes_of(job) == failed
    assert [path.name for path in job.path.rglob("*") if path.name.endswith(".tmp")] == []


def assert_nothing_in_redis(server, prefix="digitize:"):
    """Hold what lies in Redis, once all workers have ended, to what belongs to the queue itself."""
    with server.client() as client:
        names = {key.decode().removeprefix(prefix) for key in client.keys(f"{prefix}*")}
        assert names <= set(_OF_THE_QUEUE), {name: client.type(prefix + name) for name in names}


def all_acknowledged(server, prefix="digitize:"):
    """Tell whether no page waits, is in hand, or is on its way to a worker, which may be one that is away."""
    with server.client() as client:
        on_the_way = client.keys(f"{prefix}place:*")
        return not on_the_way and not client.exists(f"{prefix}unacked", f"{prefix}digitize")


def stop(*workers):
    """Let workers end in order, and wait until all their processes are gone."""
    for worker in workers:
        worker.terminate()
    for worker in workers:
        assert worker.process.wait(PATIENCE_S) == 0
        wait_until(lambda pid=worker.process.pid: not processes_of(pid), "no process of the worker is left")


def processes_of(group):
    """Return the living processes of a process group."""
    found = []
    for entry in Path("/proc").iterdir():
        with suppress(OSError, ValueError):
            state, _parent, its_group = (entry / "stat").read_text().rpartition(")")[2].split()[:3]
            if int(its_group) == group and state != "Z":
                found.append(int(entry.name))
    return found


def end_group(process):
    """End a program and all that it started."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
