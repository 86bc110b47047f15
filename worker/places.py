"""Reading from places, wherever they are: a file system, or an object store.

What writes, and has to do so durably, is :mod:`worker.durable`. The module that talks to a store is loaded
by the first place that lies in one.
"""

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from worker.object_path import ObjectPath, Place
from worker.regular_file import LiesOutside, lies_below, read_regular

__all__ = [
    "Version",
    "changed_s",
    "holds_something",
    "is_there",
    "lies_in",
    "read_place",
    "remove",
    "rename",
    "version_of",
]

#: What tells one version of a file or object from another, without reading it.
Version = tuple[int | str, ...]


def read_place(place: Place, *, most_bytes: int | None = None, below: Iterable[Place] | None = None) -> bytes:
    """Return what a file or an object holds; see :func:`worker.regular_file.read_regular`.

    Parameters
    ----------
    place : Place
        Of a file links are followed.
    most_bytes : int, optional
        No more is read.
    below : iterable of Place, optional
        In one of these, or below, it has to lie.

    Raises
    ------
    FileTooLong
        There is more in it.
    LiesOutside
        It lies elsewhere.
    OSError
        It cannot be read, or is no regular file.
    StoreUnreachable
        The store gives no answer.
    """
    if isinstance(place, Path):
        folders = None if below is None else [folder for folder in below if isinstance(folder, Path)]
        return read_regular(place, most_bytes=most_bytes, below=folders)
    if below is not None and not lies_in(place, below):
        raise LiesOutside(f"{place} lies outside of what may be read")
    from worker import object_store

    return object_store.read(place, most_bytes=most_bytes)


def lies_in(place: Place, folders: Iterable[Place]) -> bool:
    """Tell whether a place, links resolved, is one of some others or lies below one."""
    if isinstance(place, ObjectPath):
        return any(isinstance(folder, ObjectPath) and place.lies_in(folder) for folder in folders)
    return lies_below(place, [folder for folder in folders if isinstance(folder, Path)])


def version_of(place: Place) -> Version:
    """Return what tells this version of a file or object from others, the size in bytes last.

    Raises
    ------
    OSError
        It is not there, or cannot be looked at.
    StoreUnreachable
        The store gives no answer.
    """
    if isinstance(place, Path):
        status = place.stat()
        return status.st_ino, status.st_mtime_ns, status.st_size
    from worker import object_store

    state = object_store.look(place)
    return state.etag, state.size_bytes


def changed_s(place: Place) -> float:
    """Return when a file or object was written, in seconds since 1970, by the clock of where it lies.

    Raises
    ------
    OSError
        It is not there, or cannot be looked at.
    StoreUnreachable
        The store gives no answer.
    """
    if isinstance(place, Path):
        return place.stat().st_mtime
    from worker import object_store

    return object_store.look(place).modified_s


def is_there(place: Place) -> bool:
    """Tell whether something has this name; a link that leads nowhere does.

    Raises
    ------
    StoreUnreachable
        The store gives no answer.
    """
    if isinstance(place, Path):
        return os.path.lexists(place)
    from worker import object_store

    with suppress(FileNotFoundError):
        object_store.look(place)
        return True
    return False


def holds_something(place: Place) -> bool:
    """Tell whether there is a file or folder, or an object or anything below.

    Raises
    ------
    StoreUnreachable
        The store gives no answer.
    """
    if is_there(place):
        return True
    if isinstance(place, Path):
        return False
    from worker import object_store

    with suppress(FileNotFoundError):
        return any(True for _ in object_store.listing(place))
    return False


def rename(place: Place, target: Place) -> None:
    """Give a file or an object another name, on the same file system or in the same store.

    Raises
    ------
    OSError
        It cannot be renamed.
    StoreUnreachable
        The store gives no answer.
    """
    if isinstance(place, Path) and isinstance(target, Path):
        place.rename(target)
    elif isinstance(place, ObjectPath) and isinstance(target, ObjectPath):
        from worker import object_store

        object_store.copy(place, target)
        object_store.remove(place)
    else:
        raise TypeError("nothing is moved between a file system and a store")


def remove(place: Place) -> None:
    """Take a file or an object away, if it is there.

    Raises
    ------
    OSError
        It cannot be taken away.
    StoreUnreachable
        The store gives no answer.
    """
    if isinstance(place, Path):
        place.unlink(missing_ok=True)
        return
    from worker import object_store

    object_store.remove(place)
