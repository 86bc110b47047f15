"""The file of a page: its bytes and their SHA-256, both had once for all pages of a file.

The pages of a file mostly come one after the other, and each is read by itself, so that a process
may be killed between any two. Without a memory, a document of a hundred pages would be read and
hashed a hundred times.
"""

import hashlib
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from worker.jobs import PageEntry
from worker.object_path import ObjectPath, Place
from worker.places import Version, lies_in, read_place, version_of
from worker.regular_file import FileTooLong, LiesOutside

__all__ = ["OUTSIDE_ROOTS", "FileFault", "PageFile", "read_page_file"]

#: What is said of a file that a worker may not read.
OUTSIDE_ROOTS = "the file lies outside of the folders that may be read (setting roots)"

#: Bytes of the last file that are kept for its next page; a larger one is read again, and only hashed once.
_KEPT_BYTES = 64 * 2**20


class FileFault(Exception):
    """The file gives no bytes that belong to the page."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass(frozen=True)
class PageFile:
    """A file's content.

    Attributes
    ----------
    data : bytes
        All of it.
    sha256 : str
        Of `data`.
    """

    data: bytes
    sha256: str


@dataclass(frozen=True)
class _Version:
    """What tells one version of a file from another without reading it."""

    path: Place
    told: Version
    size_bytes: int


@dataclass
class _Last:
    """The file that this process read last."""

    version: _Version | None = None
    sha256: str = ""
    data: bytes | None = None


_last = _Last()


def read_page_file(entry: PageEntry, limit_bytes: int, *, below: Sequence[Place] | None = None) -> PageFile:
    """Return the file of a page, which has to be the one that was submitted.

    Parameters
    ----------
    entry : PageEntry
        Names the file, and its hash when it was submitted.
    limit_bytes : int
        A larger file is not read.
    below : sequence of Place, optional
        In one of these the file has to lie, links resolved.

    Raises
    ------
    FileFault
        It is missing, unreadable, no regular file, too large, elsewhere, or another one by now.
    StoreUnreachable
        It lies in an object store that gives no answer, which is no fault of the page.
    """
    place = entry.file
    version = _object_version(place, below) if isinstance(place, ObjectPath) else _version(place)
    if version.size_bytes > limit_bytes:
        raise _too_large(f"{version.size_bytes} bytes", limit_bytes)
    file = _read(version, limit_bytes, below)
    if entry.sha256 not in (None, file.sha256):
        raise FileFault("file-changed", "the file is not the one that was submitted; submit it again")
    return file


def _version(path: Path) -> _Version:
    """Look at the file; what is no regular file is never opened, because a pipe would block."""
    try:
        status = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        raise FileFault("file-missing", "no such file") from None
    except OSError as error:
        raise FileFault("file-unreadable", f"cannot be read: {error.strerror or error}") from error
    if not stat.S_ISREG(status.st_mode):
        raise FileFault("not-a-regular-file", "this is a folder, a device, a pipe or a socket")
    return _Version(path, (status.st_ino, status.st_mtime_ns), status.st_size)


def _object_version(place: ObjectPath, below: Sequence[Place] | None) -> _Version:
    """Look at the object; nothing is asked about one that may not be read."""
    if below is not None and not lies_in(place, below):
        raise FileFault("outside-roots", OUTSIDE_ROOTS)
    try:
        told = version_of(place)
    except FileNotFoundError as error:
        raise FileFault("file-missing", f"{error.strerror}") from None
    except OSError as error:
        raise FileFault("file-unreadable", f"cannot be read: {error.strerror or error}") from error
    return _Version(place, told[:-1], int(told[-1]))


def _read(version: _Version, limit_bytes: int, below: Sequence[Place] | None) -> PageFile:
    """Read the file, as far as it is not known from its last page."""
    known = _last.version == version
    if known and _last.data is not None:
        return PageFile(_last.data, _last.sha256)
    _last.version = _last.data = None
    try:
        # What was looked at above may be another file by now.
        data = read_place(version.path, most_bytes=limit_bytes, below=below)
    except FileNotFoundError:
        raise FileFault("file-missing", "no such file") from None
    except FileTooLong:
        raise _too_large("more bytes than the system says", limit_bytes) from None
    except LiesOutside:
        raise FileFault("outside-roots", OUTSIDE_ROOTS) from None
    except OSError as error:
        raise FileFault("file-unreadable", f"cannot be read: {error.strerror or error}") from error
    sha256 = _last.sha256 if known and len(data) == version.size_bytes else hashlib.sha256(data).hexdigest()
    _last.version, _last.sha256 = version, sha256
    _last.data = data if len(data) <= _KEPT_BYTES else None
    return PageFile(data, sha256)


def _too_large(found: str, limit_bytes: int) -> FileFault:
    return FileFault("too-large", f"the file has {found}; the limit max_file_bytes is {limit_bytes}")
