"""Files that are either wholly there or not there at all, also after a power cut.

Bytes go to a temporary name in the same folder, are forced to the disk, and only then
get their final name; the folder is forced to the disk too, or the new name could be lost.
"""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from worker.errors import OutputNotWritable

__all__ = ["TEMPORARY_SUFFIX", "durable_file", "make_folder", "remove_file", "write_durably"]

#: What a file is called while it is being written; nothing ever reads such a file.
TEMPORARY_SUFFIX = ".tmp"


@contextmanager
def durable_file(path: Path) -> Iterator[BinaryIO]:
    """Open a file for writing that appears under `path` only when all of it was written.

    Raises
    ------
    OutputNotWritable
        The file or its folder cannot be written. What stood at `path` before is untouched.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}-{secrets.token_hex(4)}{TEMPORARY_SUFFIX}")
    try:
        with temporary.open("xb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(path)
        _sync_folder(path.parent)
    except OSError as error:
        raise _not_writable(path, error) from error
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def write_durably(path: Path, data: bytes) -> None:
    """Write `data` under `path`, all or nothing.

    Raises
    ------
    OutputNotWritable
        The file or its folder cannot be written.
    """
    with durable_file(path) as stream:
        stream.write(data)


def make_folder(path: Path) -> None:
    """Create a folder and those above it, where they are not there yet.

    Raises
    ------
    OutputNotWritable
        It cannot be created, or something else has its name.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _not_writable(path, error) from error


def remove_file(path: Path) -> None:
    """Remove a file; one that is not there is no error.

    Raises
    ------
    OutputNotWritable
        It cannot be removed.
    """
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise _not_writable(path, error) from error


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
