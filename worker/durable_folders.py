"""Folders that results are written into: made where missing, never behind a link, there after a power cut."""

import os
from collections.abc import Iterable
from contextlib import suppress
from itertools import takewhile
from pathlib import Path

from worker.errors import OutputNotWritable
from worker.object_path import ObjectPath, Place

__all__ = [
    "make_folder",
    "make_folder_within",
    "make_new_folder",
    "make_shelf",
    "not_writable",
    "sync_folder",
]


def make_folder(path: Place, *, parents: bool = True) -> None:
    """Create a folder and, with `parents`, those above it, where they are not there yet; a store has none.

    Each that is made outlives a power cut: a file that is forced to the disk is lost with its folder's name.

    Raises
    ------
    OutputNotWritable
        It cannot be created, or something else has its name.
    """
    if isinstance(path, ObjectPath):
        return
    try:
        above = _folders_above_missing(path)
        path.mkdir(parents=parents, exist_ok=True)
        _sync_readable(above)
    except OSError as error:
        raise not_writable(path, error) from error


def make_new_folder(path: Path) -> bool:
    """Create a folder in one that is there, as :func:`make_folder` does; False if something has its name.

    Raises
    ------
    OutputNotWritable
        It cannot be created.
    """
    try:
        path.mkdir()
        _sync_readable([path.parent])
    except FileExistsError:
        return False
    except OSError as error:
        raise not_writable(path, error) from error
    return True


def _sync_readable(folders: Iterable[Path]) -> None:
    """Force the entries of folders to the disk, but for one that may be written and not read."""
    for folder in folders:
        with suppress(PermissionError):
            sync_folder(folder)


def _folders_above_missing(path: Path) -> list[Path]:
    """Return the folders in which something has to be made before a folder is there, the uppermost first."""
    missing = takewhile(lambda place: not place.is_dir(), (path, *path.parents))
    return [place.parent for place in missing][::-1]


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
    make_folder_within(home, path, parents=False)


def sync_folder(folder: Path) -> None:
    """Force the folder's own entries to the disk, where the file system can do that."""
    descriptor = os.open(folder, os.O_RDONLY | getattr(os, "O_DIRECTORY", 0))
    try:
        # Some network file systems refuse to sync a folder; the rename itself has been done.
        with suppress(OSError):
            os.fsync(descriptor)
    finally:
        os.close(descriptor)


def not_writable(path: Path, error: OSError) -> OutputNotWritable:
    """Return what to say of a path that cannot be written: its name and the cause in one line."""
    return OutputNotWritable(f"cannot write {path}: {error.strerror or error}")
