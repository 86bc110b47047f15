"""Taking files out of a watched folder once their results are there: never over another, never unread.

A file is first given a hidden name where it lies, in one step, and then looked at once more: what was
put under its name in the last moment is given it back. A move that was killed is undone by the next start.
"""

import hashlib
import os
import shutil
from contextlib import suppress
from itertools import count
from pathlib import Path

from worker.dropped_files import DroppedFile, Version
from worker.durable import durable_file, sync_folder
from worker.errors import OutputNotWritable

__all__ = ["move_file", "undo_killed_moves"]

#: Hidden, so that nobody takes it for a new file.
_HELD = ".digitize-moving-"


def move_file(folder: Path, file: DroppedFile, target: Path) -> Path | None:
    """Move a file.

    Parameters
    ----------
    folder : Path
        The watched folder.
    file : DroppedFile
        The file, in the version that was read.
    target : Path
        The folder where it is to lie.

    Returns
    -------
    Path or None
        Where it lies now, under a name with a number where its own was taken; None if it is gone or
        another by now, and was left.

    Raises
    ------
    OutputNotWritable
        It cannot be moved; it lies where it lay.
    """
    held = folder / f"{_HELD}{file.name}"
    try:
        (folder / file.name).rename(held)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _cannot(folder / file.name, target, error) from error
    try:
        if not file.version.has_content_of(Version.of(held.lstat())):
            return None
        return _moved(held, file.name, target)
    except OSError as error:
        raise _cannot(folder / file.name, target, error) from error
    finally:
        _give_back(held, folder / file.name)


def undo_killed_moves(folder: Path) -> None:
    """Give files their names again that a killed program was about to move.

    Raises
    ------
    OSError
        The folder cannot be looked into.
    """
    for held in folder.iterdir():
        if held.name.startswith(_HELD):
            _give_back(held, folder / held.name.removeprefix(_HELD))


def _moved(held: Path, name: str, target: Path) -> Path:
    """Bring a file to its new place, also on another file system, where it is copied whole first."""
    place = _free_place(target, name)
    try:
        if held.stat().st_dev == target.stat().st_dev:
            held.replace(place)
            sync_folder(target)
        else:
            _copy(held, place)
            held.unlink()
    except BaseException:
        with suppress(OSError):
            if held.exists() and place.stat().st_size == 0:
                place.unlink()  # the name that was taken for it
        raise
    return place


def _copy(held: Path, place: Path) -> None:
    """Copy a file, and make sure that all of it arrived."""
    with held.open("rb") as source, durable_file(place) as copy:
        shutil.copyfileobj(source, copy)
    shutil.copystat(held, place)
    with held.open("rb") as source, place.open("rb") as copy:
        same = hashlib.file_digest(source, "sha256").digest() == hashlib.file_digest(copy, "sha256").digest()
    if not same:
        place.unlink()
        raise OSError("the copy is not what was copied")


def _free_place(target: Path, name: str) -> Path:
    """Take a name in a folder that nothing has, by an empty file of that name."""
    stem, ending = os.path.splitext(name)  # noqa: PTH122 - a name of bytes that are no text stays as it is
    for number in count(1):
        place = target / (name if number == 1 else f"{stem}-{number}{ending}")
        try:
            place.open("xb").close()
        except FileExistsError:
            continue
        return place
    raise AssertionError("there is always a larger number")


def _give_back(held: Path, place: Path) -> None:
    """Give a file its own name again, or one like it where something has that by now."""
    if not os.path.lexists(held):
        return
    with suppress(OSError):
        free = _free_place(place.parent, place.name)
        held.replace(free)


def _cannot(path: Path, target: Path, error: OSError) -> OutputNotWritable:
    return OutputNotWritable(f"cannot move {path} to {target}: {error.strerror or error}")
