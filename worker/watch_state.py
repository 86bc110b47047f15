"""What a watched folder's files became: remembered by their content, across restarts and power cuts.

A file of lines that only ever grows, each line forced to the disk before what it says is acted upon.
A batch is written down before its job is made, so that after a kill at any moment either the job is
there and is continued, or it is not and its files are taken again.
"""

import fcntl
import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from worker.dropped_files import DroppedFile, Version
from worker.durable_folders import make_folder, sync_folder
from worker.errors import OutputNotWritable, UsageError
from worker.identity import path_to_text
from worker.read_options import ReadOptions

__all__ = ["Batch", "TakenFile", "WatchState", "state_file", "watch_state"]

_VERSION = 1
#: No file system that is used allows more.
_MOST_NAME_BYTES = 255


class TakenFile(NamedTuple):
    """A file that was taken into a batch."""

    name: str
    sha256: str
    version: Version


@dataclass
class Batch:
    """Files that became one job.

    Attributes
    ----------
    job : str
        Name of the job's folder.
    files : tuple of TakenFile
        In the order in which they are read.
    done : bool
        Every page has its result, and the tables are written.
    """

    job: str
    files: tuple[TakenFile, ...]
    done: bool = False


def state_file(jobs_dir: Path, folder: Path) -> Path:
    """Return where it is remembered what was taken from a folder: beside the jobs."""
    digest = hashlib.sha256(os.fsencode(folder.resolve())).hexdigest()[:12]
    plain = "".join(sign if sign.isascii() and sign.isalnum() else "-" for sign in folder.resolve().name)
    return jobs_dir / f"watched-{plain[:40].strip('-') or 'folder'}-{digest}.jsonl"


@contextmanager
def watch_state(jobs_dir: Path, folder: Path) -> "Iterator[WatchState | None]":
    """Open what is remembered of a folder, for one program at a time.

    Yields
    ------
    WatchState or None
        None if another program watches this folder.

    Raises
    ------
    OutputNotWritable
        It cannot be opened or written.
    UsageError
        It is damaged.
    """
    make_folder(jobs_dir)
    path = state_file(jobs_dir, folder)
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW, 0o666)
    except OSError as error:
        raise OutputNotWritable(f"cannot write {path}: {error.strerror or error}") from error
    try:
        yield WatchState(path, descriptor, folder) if _locked(descriptor) else None
    finally:
        os.close(descriptor)


def _locked(descriptor: int) -> bool:
    """Take the file's lock, which ends with the program; False if another program has it."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return True  # a file system without such locks holds nobody up
    return True


class WatchState:
    """What is remembered of one folder. Use :func:`watch_state`."""

    def __init__(self, path: Path, descriptor: int, folder: Path) -> None:
        self.path = path
        #: How pages are to be read; None where that was never noted.
        self.options: ReadOptions | None = None
        self._descriptor = descriptor
        self._batches: dict[str, Batch] = {}
        self._open: dict[str, Batch] = {}
        self._owners: dict[str, tuple[str, str]] = {}  # by hash: job and name
        self._known: dict[str, tuple[Version, str]] = {}  # by name: its version and hash
        self._named: set[str] = set()
        lines = self._lines()
        for number, line in enumerate(lines, start=1):
            self._take_in(number, line)
        if not lines:
            self._append({"version": _VERSION, "folder": path_to_text(folder.resolve())})
            sync_folder(path.parent)

    @property
    def open_batches(self) -> list[Batch]:
        """Batches whose results are not all there, oldest first."""
        return list(self._open.values())

    @property
    def has_taken(self) -> bool:
        """Whether anything was ever taken from the folder."""
        return bool(self._batches)

    def batch(self, job: str) -> Batch | None:
        """Return a batch by the name of its job."""
        return self._batches.get(job)

    def hash_of(self, file: DroppedFile) -> str | None:
        """Return the hash of a file that was dealt with; None if it is new, or another by now."""
        version, sha256 = self._known.get(file.name, (None, ""))
        return sha256 if version == file.version else None

    def owner_of(self, sha256: str) -> tuple[str, str] | None:
        """Return the job and the name under which some content was taken; None if it was not."""
        return self._owners.get(sha256)

    def begin(self, job: str, files: Sequence[TakenFile]) -> None:
        """Note which files are about to become a job."""
        self._write({"batch": job, "files": [[file.name, file.sha256, *file.version] for file in files]})

    def drop(self, job: str) -> None:
        """Note that a batch never became a job: its files are new again."""
        self._write({"dropped": job})

    def finish(self, job: str, never_read: Iterable[str] = ()) -> None:
        """Note that the results of a batch are there.

        Parameters
        ----------
        job : str
            Name of its job.
        never_read : iterable of str
            Hashes of files that were gone or others when they were to be read: should that
            content come again, it is new.
        """
        self._write({"done": job, "never_read": sorted(never_read)})

    def remember(self, file: DroppedFile, sha256: str) -> None:
        """Note that a file holds what was taken before, under another name or from another time."""
        self._write({"again": [file.name, sha256, *file.version]})

    def remember_options(self, options: ReadOptions) -> None:
        """Note how pages are to be read from now on."""
        self._write({"options": options.model_dump(mode="json")})

    def name_once(self, name: str) -> bool:
        """Tell whether something that is not taken is to be named now, and note that it was."""
        if name in self._named:
            return False
        self._write({"named": name})
        return True

    def _write(self, told: dict[str, Any]) -> None:
        """Force a line to the disk, then act upon it."""
        self._append(told)
        self._apply(told)

    def _append(self, told: dict[str, Any]) -> None:
        line = json.dumps(told).encode("ascii") + b"\n"
        size_bytes = os.fstat(self._descriptor).st_size
        try:
            if os.write(self._descriptor, line) < len(line):
                os.ftruncate(self._descriptor, size_bytes)
                raise OutputNotWritable(f"cannot write {self.path}: no space left")
            os.fsync(self._descriptor)
        except OSError as error:
            raise OutputNotWritable(f"cannot write {self.path}: {error.strerror or error}") from error

    def _lines(self) -> list[bytes]:
        """Return all whole lines; the last one is cut off if its writer was killed in the middle."""
        with open(self._descriptor, "rb", closefd=False) as stream:
            data = stream.read()
        whole = data.rfind(b"\n") + 1
        if whole < len(data):
            os.ftruncate(self._descriptor, whole)
        return data[:whole].splitlines()

    def _take_in(self, number: int, line: bytes) -> None:
        try:
            told = json.loads(line)
            if not isinstance(told, dict):
                raise ValueError("not an object")
            if number == 1 and told["version"] != _VERSION:
                raise ValueError("another version")
            self._apply(told)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise UsageError(
                f"cannot use {self.path}: line {number} is damaged",
                remedy="Mend it, or move it away: then every file in the watched folder is new, and read.",
            ) from error

    def _apply(self, told: dict[str, Any]) -> None:
        """Bring what is known up to date."""
        if "batch" in told:
            batch = Batch(_folder_name(told["batch"]), tuple(map(_taken, told["files"])))
            self._batches[batch.job] = self._open[batch.job] = batch
            for file in batch.files:
                self._owners[file.sha256] = batch.job, file.name
                self._known[file.name] = file.version, file.sha256
        elif "dropped" in told:
            self._open.pop(told["dropped"], None)
            for file in self._batches.pop(told["dropped"]).files:
                self._owners.pop(file.sha256, None)
                self._known.pop(file.name, None)
        elif "done" in told:
            self._batches[told["done"]].done = True
            self._open.pop(told["done"], None)
            for sha256 in told["never_read"]:
                self._owners.pop(sha256, None)
        elif "again" in told:
            file = _taken(told["again"])
            self._known[file.name] = file.version, file.sha256
        elif "options" in told:
            self.options = ReadOptions.model_validate(told["options"])
        elif "named" in told:
            self._named.add(told["named"])


def _taken(told: list[Any]) -> TakenFile:
    """Return a file as a line tells it."""
    name, sha256, *version = told
    if not (isinstance(name, str) and isinstance(sha256, str) and all(type(part) is int for part in version)):
        raise ValueError("not a file, its hash and its version")
    return TakenFile(name, sha256, Version(*version))


def _folder_name(told: object) -> str:
    """Return the name of a job's folder, which leads nowhere but into the folder of all jobs."""
    if not isinstance(told, str) or told in ("", ".", "..") or "/" in told or "\0" in told:
        raise ValueError("not the name of a folder")
    if len(os.fsencode(told)) > _MOST_NAME_BYTES:
        raise ValueError("no folder has so long a name")
    return told
