"""What lies in a folder that a scanner drops files into, and which of it has stopped growing.

The folder is looked at again and again: no file system on another machine tells of changes. A file is
taken for whole when its size and its time were the same in every look for a while.
"""

import hashlib
import os
import stat
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple, Self

from worker.inputs import PAGE_SUFFIXES, natural_key

__all__ = ["DroppedFile", "Drops", "FoundDrops", "Version", "hash_of"]

#: What programs call a file that they are still writing, or that is only theirs.
_TEMPORARY_ENDINGS = (
    "~", ".tmp", ".temp", ".part", ".partial", ".filepart", ".crdownload", ".download", ".swp", ".lock",
)  # fmt: skip
_TEMPORARY_BEGINNINGS = (".", "~", "#")


class Version(NamedTuple):
    """What tells one version of a file from another without reading it."""

    size_bytes: int
    modified_ns: int
    changed_ns: int

    @classmethod
    def of(cls, status: os.stat_result) -> Self:
        """Return the version that a look at the file gives."""
        return cls(status.st_size, status.st_mtime_ns, status.st_ctime_ns)

    def has_content_of(self, other: "Version") -> bool:
        """Tell whether nothing was written in between; a new name or new rights are no change."""
        return self[:2] == other[:2]


class DroppedFile(NamedTuple):
    """A file by its name in the folder, and its version."""

    name: str
    version: Version


@dataclass
class FoundDrops:
    """What one look at the folder found.

    Attributes
    ----------
    whole : list of DroppedFile
        Files that may be pages and have stopped growing, in natural order.
    growing : list of str
        Names of those that have not, or not for long enough.
    refused : dict
        What is never taken, by name: why.
    """

    whole: list[DroppedFile] = field(default_factory=list)
    growing: list[str] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)


class Drops:
    """Looks at a folder again and again.

    Parameters
    ----------
    folder : Path
        The folder; those below are not searched.
    stable_s : float
        How long a file has to be unchanged.
    clock : callable
        Returns seconds that never go back.
    """

    def __init__(self, folder: Path, stable_s: float, clock: Callable[[], float]) -> None:
        self._folder = folder
        self._stable_s = stable_s
        self._clock = clock
        self._since: dict[str, tuple[Version, float]] = {}

    def look(self) -> FoundDrops:
        """Look at the folder.

        Raises
        ------
        OSError
            It is not there, or cannot be looked into.
        """
        found, seen_now = FoundDrops(), dict[str, tuple[Version, float]]()
        now_s = self._clock()
        with os.scandir(self._folder) as entries:
            for entry in entries:
                if not is_temporary(entry.name):
                    self._add(entry, now_s, found, seen_now)
        self._since = seen_now
        found.whole.sort(key=lambda file: natural_key(file.name))
        found.growing.sort(key=natural_key)
        return found

    def _add(
        self,
        entry: "os.DirEntry[str]",
        now_s: float,
        found: FoundDrops,
        seen_now: dict[str, tuple[Version, float]],
    ) -> None:
        """Put one name where it belongs; one that is gone by now is left out."""
        try:
            # Not the entry's own: what the folder knows of a file may be older than the file.
            status = os.lstat(entry.path)
        except OSError:
            return
        if why := _why_refused(entry.name, status.st_mode):
            found.refused[entry.name] = why
            return
        version = Version.of(status)
        before, since_s = self._since.get(entry.name, (version, now_s))
        if not version.has_content_of(before):
            since_s = now_s
        seen_now[entry.name] = version, since_s
        # Nothing is whole at its first look, or a file just begun would be with a delay of 0.
        if entry.name not in self._since or now_s - since_s < self._stable_s or version != before:
            found.growing.append(entry.name)
        elif version.size_bytes == 0:
            found.refused[entry.name] = "is empty so far, and taken when something is in it"
        else:
            found.whole.append(DroppedFile(entry.name, version))


def is_temporary(name: str) -> bool:
    """Tell whether a name is that of a file which is hidden, or still being written by some program."""
    return name.startswith(_TEMPORARY_BEGINNINGS) or name.lower().endswith(_TEMPORARY_ENDINGS)


def hash_of(path: Path, version: Version) -> str | None:
    """Return the SHA-256 of a file; None if it is not, or no longer, that version of it.

    Raises
    ------
    OSError
        It cannot be read.
    """
    try:
        # A link in its place is not followed, and a pipe does not block.
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    with open(descriptor, "rb") as stream:  # noqa: PTH123 - of a descriptor
        if not version.has_content_of(Version.of(os.fstat(descriptor))):
            return None
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
        same = version.has_content_of(Version.of(os.fstat(descriptor)))
    return digest if same else None


def _why_refused(name: str, mode: int) -> str:
    """Say why something is never taken; empty if it may be a page."""
    if stat.S_ISLNK(mode):
        return "is a symbolic link, which is not followed"
    if stat.S_ISDIR(mode):
        return "is a folder, and folders below are not watched"
    if not stat.S_ISREG(mode):
        return "is a device, a pipe or a socket"
    if os.path.splitext(name)[1].lower() not in PAGE_SUFFIXES:  # noqa: PTH122 - called for every file
        return "is a file of another kind"
    return ""
