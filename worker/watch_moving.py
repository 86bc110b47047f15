"""Taking files out of a watched folder once their results are there: never over another, never unread.

A file is first given a hidden name where it lies, in one step, and then looked at once more: what was
put under its name in the last moment is given it back. A move that was killed is undone by the next start.

A name that is too long to have anything put before it is kept as it is, in a hidden folder.
"""

import errno
import filecmp
import hashlib
import os
import shutil
from contextlib import suppress
from itertools import count
from pathlib import Path

from worker.dropped_files import DroppedFile, Version
from worker.durable import take_name
from worker.durable_folders import make_folder_within, sync_folder
from worker.errors import OutputNotWritable

__all__ = ["move_file", "undo_killed_moves"]

#: Hidden, so that nobody takes it for a new file.
_HELD = ".digitize-moving-"
#: The folder for long names; none of the above is called so.
_HELD_LONG = ".digitize-moving"

#: As most file systems have it.
_LONGEST_NAME_BYTES = 255


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
    try:
        held = _hold(folder, file.name)
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
        _take_folder_away(folder)


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
    home = folder / _HELD_LONG
    if home.is_dir() and not home.is_symlink():
        for held in home.iterdir():
            _give_back(held, folder / held.name)
        _take_folder_away(folder)


def _hold(folder: Path, name: str) -> Path:
    """Give a file its hidden name, and return that."""
    held = folder / f"{_HELD}{name}"
    try:
        (folder / name).rename(held)
    except OSError as error:
        if error.errno != errno.ENAMETOOLONG:
            raise
        held = folder / _HELD_LONG / name
        make_folder_within(folder, held.parent, parents=False)
        (folder / name).rename(held)
    return held


def _take_folder_away(folder: Path) -> None:
    """Remove the folder for long names, where there is one and nothing is in it."""
    with suppress(OSError):
        (folder / _HELD_LONG).rmdir()


def _moved(held: Path, name: str, target: Path) -> Path:
    """Bring a file to its new place, also on another file system, where it is copied whole first."""
    if held.stat().st_dev == target.stat().st_dev:
        place = _named(held, target, name)
    else:
        copy = target / f"{_HELD}{hashlib.sha256(os.fsencode(name)).hexdigest()[:16]}"
        try:
            _copy(held, copy)
            place = _named(copy, target, name)
        finally:
            copy.unlink(missing_ok=True)
        held.unlink()
    sync_folder(target)
    return place


def _copy(held: Path, copy: Path) -> None:
    """Copy a file onto the disk, with its times."""
    with held.open("rb") as source, copy.open("wb") as stream:
        shutil.copyfileobj(source, stream)
        stream.flush()
        os.fsync(stream.fileno())
    shutil.copystat(held, copy)


def _named(held: Path, folder: Path, name: str) -> Path:
    """Give a file a name in a folder of its file system: its own, or one with a number where that is taken.

    Where the very same lies there under that name, as after a kill, there is nothing left to be done.
    """
    for number in count(1):
        place = folder / (name if number == 1 else _numbered(name, number))
        if take_name(held, place) or _are_alike(held, place):
            held.unlink(missing_ok=True)
            return place
    raise AssertionError("there is always a larger number")


def _numbered(name: str, number: int) -> str:
    """Return a name with a number in it, its stem shorter where that would be too long."""
    stem, ending = os.path.splitext(name)  # noqa: PTH122 - a name of bytes that are no text stays as it is
    while stem and len(os.fsencode(f"{stem}-{number}{ending}")) > _LONGEST_NAME_BYTES:
        stem = stem[:-1]
    return f"{stem}-{number}{ending}"


def _are_alike(held: Path, place: Path) -> bool:
    """Tell whether two plain files hold the same."""
    return place.is_file() and not place.is_symlink() and filecmp.cmp(held, place, shallow=False)


def _give_back(held: Path, place: Path) -> None:
    """Give a file its own name again, or one like it where something else has that by now."""
    if os.path.lexists(held):
        with suppress(OSError):
            _named(held, place.parent, place.name)


def _cannot(path: Path, target: Path, error: OSError) -> OutputNotWritable:
    return OutputNotWritable(f"cannot move {path} to {target}: {error.strerror or error}")
