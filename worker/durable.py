"""Files that are either wholly there or not there at all, also after a power cut.

Bytes go to a temporary name in the same folder, are forced to the disk, and only then
get their final name; the folder is forced to the disk too, or the new name could be lost.

The temporary files and their locks are those of :mod:`worker.unfinished_files`, folders are made by
:mod:`worker.durable_folders`.

What lies in an object store needs none of this, and is left to :mod:`worker.durable_objects`.
"""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from worker.durable_folders import not_writable, sync_folder
from worker.errors import OutputNotWritable
from worker.object_path import ObjectPath, Place
from worker.places import rename
from worker.unfinished_files import opened_and_held, temporary_of

__all__ = ["NO_LINKS", "create_durably", "durable_file", "rename_durably", "take_name", "write_durably"]

#: What file systems say that give a file one name only.
NO_LINKS = (errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK)


@contextmanager
def durable_file(path: Place) -> Iterator[BinaryIO]:
    """Open a file for writing that appears under `path` only when all of it was written.

    Raises
    ------
    OutputNotWritable
        The file or its folder cannot be written. What stood at `path` before is untouched.
    """
    if isinstance(path, ObjectPath):
        from worker.durable_objects import uploaded

        with uploaded(path) as stream:
            yield stream
        return
    try:
        with temporary_of(path) as temporary:
            with opened_and_held(temporary) as stream:
                yield stream
                stream.flush()
                os.fsync(stream.fileno())
                temporary.replace(path)  # while it is held
            sync_folder(path.parent)
    except OSError as error:
        raise not_writable(path, error) from error


def write_durably(path: Place, data: bytes) -> None:
    """Write `data` under `path`, all or nothing.

    Raises
    ------
    OutputNotWritable
        The file or its folder cannot be written.
    """
    if isinstance(path, ObjectPath):
        from worker import durable_objects

        durable_objects.write(path, data)
        return
    with durable_file(path) as stream:
        stream.write(data)


def create_durably(path: Place, data: bytes) -> bool:
    """Write `data` under `path` if nothing has that name yet, all or nothing.

    Of two programs that do this at one moment one gets the name, and the other is told.

    Returns
    -------
    bool
        False if the name was taken; what has it is untouched.

    Raises
    ------
    OutputNotWritable
        The file or its folder cannot be written, or an object store cannot do this.
    """
    if isinstance(path, ObjectPath):
        from worker import durable_objects

        return durable_objects.create(path, data)
    try:
        with temporary_of(path) as temporary:
            with opened_and_held(temporary) as stream:
                stream.write(data)
                stream.flush()
                os.fsync(stream.fileno())
                made = take_name(temporary, path)
            if made:
                sync_folder(path.parent)
            return made
    except OSError as error:
        raise not_writable(path, error) from error


def rename_durably(path: Place, target: Place) -> None:
    """Give a file another name in its folder, in place of what has that name.

    Raises
    ------
    FileNotFoundError
        It is not there any more.
    OutputNotWritable
        It cannot be renamed.
    """
    try:
        if isinstance(path, Path) and isinstance(target, Path):
            path.replace(target)
            sync_folder(target.parent)
        else:
            rename(path, target)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise OutputNotWritable(f"cannot rename {path}: {error.strerror or error}") from error


def take_name(temporary: Path, path: Path) -> bool:
    """Give a whole file its name if that is free; False if it is taken."""
    try:
        os.link(temporary, path)
    except FileExistsError:
        return False
    except OSError as error:
        if error.errno not in NO_LINKS:
            raise
        # Without links the name is taken first and filled after: in between others see an empty file.
        try:
            path.open("xb").close()
        except FileExistsError:
            return False
        temporary.replace(path)
    return True
