"""Files of a watched folder that lie there still because an earlier pass could not read them."""

from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

from worker.dropped_files import DroppedFile
from worker.tables import has_failures
from worker.watch_state import WatchState

__all__ = ["failed_before", "said_of_failed"]


def failed_before(
    files: Iterable[DroppedFile], state: WatchState, is_read: Callable[[str, str], bool]
) -> Counter[Path]:
    """Count files that failed before, by the table of their job that names them.

    Parameters
    ----------
    files : iterable of DroppedFile
        What lies in the folder.
    state : WatchState
        What became of it.
    is_read : callable
        Given the name of a job and of a file of it, whether all its pages were read; asked only where
        something of the job failed.
    """
    counts = Counter[Path]()
    tables: dict[str, Path | None] = {}
    for file in files:
        sha256 = state.hash_of(file)
        owner = None if sha256 is None else state.owner_of(sha256)
        if owner is None:
            continue
        job, name = owner
        if job not in tables:
            tables[job] = _table_of_failures(job, state)
        table = tables[job]
        if table is not None and not is_read(job, name):
            counts[table] += 1
    return counts


def said_of_failed(counts: Counter[Path]) -> str:
    """Say how many files failed before, and where each is named."""
    many = "1 file" if counts.total() == 1 else f"{counts.total():,} files"
    where = ", ".join(
        f"{table} ({count:,})" if len(counts) > 1 else f"{table}" for table, count in counts.items()
    )
    return f"{many} failed before, and the same content is not read again: {where}"


def _table_of_failures(job: str, state: WatchState) -> Path | None:
    """Return where the failures of a finished job stand; None where there are none, or the job is gone."""
    batch, table = state.batch(job), state.path.parent / job / "errors.csv"
    done = batch is not None and batch.done and table.exists()
    return table if done and has_failures(table.parent) else None
