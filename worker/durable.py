"""Files that are either wholly there or not there at all, also after a power cut.

Bytes go to a temporary name in the same folder, are forced to the disk, and only then
get their final name; the folder is forced to the disk too, or the new name could be lost.
"""

import errno
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from worker.errors import OutputNotWritable

__all__ = [
    "TEMPORARY_SUFFIX",
    "create_durably",
    "durable_file",
    "make_folder",
    "make_shelf",
    "open_regular",
    "read_regular",
    "write_durably",
]

#: What a file is called while it is being written; nothing ever reads such a file.
TEMPORARY_SUFFIX = ".tmp"

#: How much of a file's name its temporary name keeps; names end at 255 bytes.
_KEPT_OF_NAME_BYTES = 200

#: What file systems say that give a file one name only.
_NO_LINKS = (errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK)


@contextmanager
def durable_file(path: Path) -> Iterator[BinaryIO]:
    """Open a file for writing that appears under `path` only when all of it was written.

    Raises
    ------
    OutputNotWritable
        The file or its folder cannot be written. What stood at `path` before is untouched.
    """
    try:
        with _temporary_of(path) as temporary:
            with temporary.open("xb") as stream:
                yield stream
                stream.flush()
                os.fsync(stream.fileno())
            temporary.replace(path)
            _sync_folder(path.parent)
    except OSError as error:
        raise _not_writable(path, error) from error


def write_durably(path: Path, data: bytes) -> None:
    """Write `data` under `path`, all or nothing.

    Raises
    ------
    OutputNotWritable
        The file or its folder cannot be written.
    """
    with durable_file(path) as stream:
        stream.write(data)


def create_durably(path: Path, data: bytes) -> bool:
    """Write `data` under `path` if nothing has that name yet, all or nothing.

    Of two programs that do this at one moment one gets the name, and the other is told.

    Returns
    -------
    bool
        False if the name was taken; what has it is untouched.

    Raises
    ------
    OutputNotWritable
        The file or its folder cannot be written.
    """
    try:
        with _temporary_of(path) as temporary:
            with temporary.open("xb") as stream:
                stream.write(data)
                stream.flush()
                os.fsync(stream.fileno())
            made = _take_name(temporary, path)
            if made:
                _sync_folder(path.parent)
            return made
    except OSError as error:
        raise _not_writable(path, error) from error


def read_regular(path: Path) -> bytes:
    """Return what a file holds, without ever waiting for it.

    Raises
    ------
    OSError
        It cannot be read, or is a pipe, a device or a folder: reading a pipe would not end.
    """
    with open_regular(path) as stream:
        return stream.read()


@contextmanager
def open_regular(path: Path) -> Iterator[BinaryIO]:
    """Open a file for reading, without ever waiting for it.

    Raises
    ------
    OSError
        It cannot be read, or is a pipe, a device or a folder.
    """
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0))
    with open(descriptor, "rb") as stream:  # noqa: PTH123 - of a descriptor
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, "it is a device, a pipe or a socket", str(path))
        yield stream


def make_folder(path: Path, *, parents: bool = True) -> None:
    """Create a folder and, with `parents`, those above it, where they are not there yet.

    Raises
    ------
    OutputNotWritable
        It cannot be created, or something else has its name.
    """
    try:
        path.mkdir(parents=parents, exist_ok=True)
    except OSError as error:
        raise _not_writable(path, error) from error


def make_shelf(path: Path) -> None:
    """Create a folder in one that is there, if it is not there yet; it outlives a power cut.

    Raises
    ------
    OutputNotWritable
        It cannot be created, or something else has its name.
    """
    if path.is_dir():
        return
    make_folder(path, parents=False)
    try:
        _sync_folder(path.parent)
    except OSError as error:
        raise _not_writable(path, error) from error


@contextmanager
def _temporary_of(path: Path) -> Iterator[Path]:
    """Give a name in the same folder that nobody else has, and take away what has it at the end."""
    # A long name has to leave room for what is added to it.
    name = os.fsdecode(os.fsencode(path.name)[:_KEPT_OF_NAME_BYTES])
    temporary = path.with_name(f".{name}.{os.getpid()}-{secrets.token_hex(4)}{TEMPORARY_SUFFIX}")
    try:
        yield temporary
    finally:
        try:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)
        except KeyboardInterrupt:
            # It came just then; the next one is not raised while the program stops.
            with suppress(OSError):
                temporary.unlink(missing_ok=True)
            raise


def _take_name(temporary: Path, path: Path) -> bool:
    """Give a whole file its name if that is free; False if it is taken."""
    try:
        os.link(temporary, path)
    except FileExistsError:
        return False
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        # Without links the name is taken first and filled after: in between others see an empty file.
        try:
            path.open("xb").close()
        except FileExistsError:
            return False
        temporary.replace(path)
    return True


def _sync_folder(folder: Path) -> None:
    """Force the folder's own entries to the disk, where the file system can do that."""
    descriptor = os.open(folder, os.O_RDONLY | getattr(os, "O_DIRECTORY", 0))
    try:
        # Some network file systems refuse to sync a folder; the rename itself has been done.
        with suppress(OSError):
            os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _not_writable(path: Path, error: OSError) -> OutputNotWritable:
    """Name the path and the cause in one line."""
    return OutputNotWritable(f"cannot write {path}: {error.strerror or error}")
