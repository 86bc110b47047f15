"""Files that are either wholly there or not there at all, also after a power cut.

Bytes go to a temporary name in the same folder, are forced to the disk, and only then
get their final name; the folder is forced to the disk too, or the new name could be lost.

Whoever writes holds the system's lock on the temporary file, which ends with the program, however
that ends: a file that nobody holds was left by a program that was killed, and can be cleared.

What lies in an object store needs none of this, and is left to :mod:`worker.durable_objects`.
"""

import errno
import fcntl
import os
import platform
import re
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from worker.errors import OutputNotWritable
from worker.object_path import ObjectPath, Place
from worker.places import rename
from worker.regular_file import read_regular

__all__ = [
    "NO_LINKS",
    "TEMPORARY_SUFFIX",
    "clear_unfinished",
    "create_durably",
    "durable_file",
    "make_folder",
    "make_folder_within",
    "make_shelf",
    "read_regular",
    "rename_durably",
    "sync_folder",
    "take_name",
    "write_durably",
]

#: What a file is called while it is being written; nothing ever reads such a file.
TEMPORARY_SUFFIX = ".tmp"

#: How much of a file's name its temporary name keeps; names end at 255 bytes.
_KEPT_OF_NAME_BYTES = 200

#: A temporary name: what it is to become, the machine, the process.
_TEMPORARY = re.compile(r"\..+\.(?P<machine>[A-Za-z0-9_]+)-\d+-[0-9a-f]{8}" + re.escape(TEMPORARY_SUFFIX))

#: Some network file systems keep locks on each machine for itself: there a file that seems to be left
#: may be being written elsewhere, but not for this long.
_OTHERS_AGE_S = 3600

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
        with _temporary_of(path) as temporary:
            with _opened_and_held(temporary) as stream:
                yield stream
                stream.flush()
                os.fsync(stream.fileno())
                temporary.replace(path)  # while it is held
            sync_folder(path.parent)
    except OSError as error:
        raise _not_writable(path, error) from error


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
        with _temporary_of(path) as temporary:
            with _opened_and_held(temporary) as stream:
                stream.write(data)
                stream.flush()
                os.fsync(stream.fileno())
                made = take_name(temporary, path)
            if made:
                sync_folder(path.parent)
            return made
    except OSError as error:
        raise _not_writable(path, error) from error


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


def clear_unfinished(folder: Place) -> None:
    """Remove what killed programs left half written in a folder; what is being written stays.

    Parameters
    ----------
    folder : Path
        Need not be there. The folders in it are not looked into.
    """
    if isinstance(folder, ObjectPath):
        return
    with suppress(OSError), os.scandir(folder) as entries:
        for name in [entry.name for entry in entries if entry.name.endswith(TEMPORARY_SUFFIX)]:
            _clear_if_left(folder / name)


def make_folder(path: Place, *, parents: bool = True) -> None:
    """Create a folder and, with `parents`, those above it, where they are not there yet; a store has none.

    Raises
    ------
    OutputNotWritable
        It cannot be created, or something else has its name.
    """
    if isinstance(path, ObjectPath):
        return
    try:
        path.mkdir(parents=parents, exist_ok=True)
    except OSError as error:
        raise _not_writable(path, error) from error


def make_folder_within(home: Place, folder: Place, *, parents: bool = True) -> None:
    """Create a folder within another as :func:`make_folder` does, where no link leads out of that.

    Parameters
    ----------
    home : Path
        May itself lie behind a link.
    folder : Path
        Begins with `home`.
    parents : bool
        Create those above it, too.

    Raises
    ------
    OutputNotWritable
        It cannot be created; or it, or one above it within `home`, is a link.
    """
    if isinstance(folder, ObjectPath):
        return
    for place in (folder, *folder.parents):
        if place == home:
            break
        if place.is_symlink():
            raise OutputNotWritable(
                f"{place} is a link; results are never written outside of their own folder",
                remedy="Take the link away; the folder as a whole may lie behind one.",
            )
    make_folder(folder, parents=parents)


def make_shelf(home: Place, path: Place) -> None:
    """Create a folder in one that is there, if it is not there yet; it outlives a power cut.

    Parameters
    ----------
    home, path : Path
        As for :func:`make_folder_within`: no link leads out of the first.

    Raises
    ------
    OutputNotWritable
        It cannot be created, something else has its name, or it lies behind a link.
    """
    if isinstance(path, ObjectPath):
        return
    is_new = not path.is_dir()
    make_folder_within(home, path, parents=False)
    if is_new:
        try:
            sync_folder(path.parent)
        except OSError as error:
            raise _not_writable(path, error) from error


@contextmanager
def _temporary_of(path: Path) -> Iterator[Path]:
    """Give a name in the same folder that nobody else has, and take away what has it at the end."""
    # A long name has to leave room for what is added to it.
    name = os.fsdecode(os.fsencode(path.name)[:_KEPT_OF_NAME_BYTES])
    writer = f"{_machine()}-{os.getpid()}-{secrets.token_hex(4)}"
    temporary = path.with_name(f".{name}.{writer}{TEMPORARY_SUFFIX}")
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


def _machine() -> str:
    return re.sub(r"[^A-Za-z0-9]", "_", platform.node())[:20] or "_"


def _opened_and_held(temporary: Path) -> BinaryIO:
    """Open a new file, and hold it until it is closed, where the file system knows locks."""
    while True:
        stream = temporary.open("xb")
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            pass  # somebody is about to clear it, and took it for one that was left
        except OSError:
            return stream
        else:
            if temporary.exists():
                return stream
        stream.close()
        temporary.unlink(missing_ok=True)


def _clear_if_left(temporary: Path) -> None:
    """Remove a temporary file that nobody holds; where that cannot be told it stays."""
    named = _TEMPORARY.fullmatch(temporary.name)
    if named is None:
        return
    with suppress(OSError), temporary.open("r+b") as stream:  # to write, or a network's locks would refuse
        age_s = time.time() - os.fstat(stream.fileno()).st_mtime
        if named["machine"] == _machine() or age_s > _OTHERS_AGE_S:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            temporary.unlink()


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


def sync_folder(folder: Path) -> None:
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
