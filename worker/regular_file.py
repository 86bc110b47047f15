"""Files read without waiting for them, without reading for ever, and only where one may read.

A name tells little: between a look at it and its opening somebody may put something else there. So a file
is opened first, in a way that never waits, and then the open file is looked at: what it is, how long, and
where it really lies, links resolved.
"""

import errno
import os
import stat
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

__all__ = ["FileTooLong", "LiesOutside", "lies_below", "open_regular", "read_regular"]

#: Where Linux says what an open file's name is now.
_DESCRIPTORS = Path("/proc/self/fd")

#: Of a file that is longer than the system says, so much is read at once.
_PIECE_BYTES = 2**20

#: Of macOS, which Python names on macOS only: the name of an open file.
_GET_PATH, _LONGEST_PATH = 50, 1024


class LiesOutside(OSError):
    """The file lies, links resolved, in none of the folders that may be read."""


class FileTooLong(OSError):
    """There is more in the file than may be read."""


@contextmanager
def open_regular(path: Path, *, below: Iterable[Path] | None = None) -> Iterator[BinaryIO]:
    """Open a regular file, without ever waiting for it.

    Parameters
    ----------
    path : Path
        Links are followed.
    below : iterable of Path, optional
        Folders; in one of them, or below, the file has to lie when all links are resolved.

    Raises
    ------
    LiesOutside
        It lies elsewhere.
    OSError
        It cannot be opened, or is a pipe, a device, a socket or a folder.
    """
    flags = ("O_NONBLOCK", "O_CLOEXEC", "O_NOCTTY")
    descriptor = os.open(path, os.O_RDONLY | sum(getattr(os, flag, 0) for flag in flags))
    with open(descriptor, "rb") as stream:  # noqa: PTH123 - of a descriptor
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, "it is a device, a pipe or a socket", str(path))
        if below is not None and not _is_below(_place_of(descriptor, path), below):
            raise LiesOutside(errno.EACCES, "it lies outside of the folders that may be read", str(path))
        yield stream


def read_regular(path: Path, *, most_bytes: int | None = None, below: Iterable[Path] | None = None) -> bytes:
    """Return what a file holds.

    Parameters
    ----------
    path : Path
        Links are followed.
    most_bytes : int, optional
        No more is read, whatever the system says of the file's length: some files grow, and others, such
        as those below ``/proc``, have none.
    below : iterable of Path, optional
        As for :func:`open_regular`.

    Raises
    ------
    FileTooLong
        There is more in it.
    LiesOutside
        It lies elsewhere.
    OSError
        It cannot be read, or is a pipe, a device, a socket or a folder.
    """
    with open_regular(path, below=below) as stream:
        if most_bytes is None:
            return _piece(stream, -1, path)
        size_bytes = os.fstat(stream.fileno()).st_size
        if size_bytes <= most_bytes:
            # Room is made for what is asked for, before it is there.
            pieces = [_piece(stream, min(size_bytes + 1, most_bytes + 1), path)]
            left = most_bytes - len(pieces[0])
            while pieces[-1] and left >= 0:
                pieces.append(_piece(stream, min(_PIECE_BYTES, left + 1), path))
                left -= len(pieces[-1])
            if left >= 0:
                # Of one piece, as of nearly every file, no copy is made.
                return b"".join(filter(None, pieces))
        raise FileTooLong(errno.EFBIG, f"it has more than {most_bytes} bytes", str(path))


def _piece(stream: BinaryIO, most_bytes: int, path: Path) -> bytes:
    """Read on; some files of the system, such as ``/proc/kmsg``, would have their reader wait."""
    data: bytes | None = stream.read(most_bytes)
    if data is None:
        raise BlockingIOError(errno.EAGAIN, "it would have to be waited for", str(path))
    return data


def lies_below(path: Path, folders: Iterable[Path]) -> bool:
    """Tell whether a path, links resolved, is one of some folders or lies below one."""
    return _is_below(path.resolve(), folders)


def _is_below(place: Path, folders: Iterable[Path]) -> bool:
    return any(place.is_relative_to(folder.resolve()) for folder in folders)


def _place_of(descriptor: int, path: Path) -> Path:
    """Return where an open file lies: by the system's own word where it gives one."""
    if sys.platform == "linux":
        return (_DESCRIPTORS / str(descriptor)).readlink()
    if sys.platform == "darwin":
        import fcntl

        found = fcntl.fcntl(descriptor, _GET_PATH, bytes(_LONGEST_PATH))
        return Path(os.fsdecode(found.rstrip(b"\0")))
    return path.resolve()
