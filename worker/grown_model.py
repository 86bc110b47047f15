"""A model grows beside the folder that was asked for, and gets its name at the end: it is never half there.

What took hours is not thrown away because somebody else filled that folder in the meantime, nor is
anything of theirs: the model is then put beside it.
"""

import errno
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from model.bundle import MANIFEST
from worker.errors import OutputNotWritable
from worker.folder_lock import folder_lock
from worker.growing import growing_folder
from worker.submission import check_writable

__all__ = ["Growth", "check_place", "grown_folder"]

#: What a model takes with its pictures, and the optimizer's state of the widest that is usual.
ROOM_BYTES = 32 * 2**20


@dataclass(slots=True)
class Growth:
    """A model that grows.

    Attributes
    ----------
    made : Path
        Where it grows.
    place : Path
        What it is called once it is whole.
    """

    made: Path
    place: Path


def check_place(out: Path) -> None:
    """Find out early that a model can get no place: after hours of training it would be lost.

    Parameters
    ----------
    out : Path
        Of the model to be.

    Raises
    ------
    OutputNotWritable
        It holds something already, cannot be written, or its disk has no room for a model.
    """
    check_writable(out)
    if out.exists() and any(out.iterdir()):
        raise OutputNotWritable(f"{out} is not empty", remedy="Choose another folder with -o.")
    there = next(above for above in (out.absolute(), *out.absolute().parents) if above.exists())
    free = shutil.disk_usage(there).free
    if free < ROOM_BYTES:
        raise OutputNotWritable(
            f"{out} cannot be written: {os.strerror(errno.ENOSPC)}: {free / 2**20:.0f} MB are free, "
            f"and a model takes up to {ROOM_BYTES / 2**20:.0f}",
            remedy="Free some space, or choose a folder on another disk with -o.",
        )


@contextmanager
def grown_folder(out: Path, say: Callable[[str], None]) -> Iterator[Growth]:
    """Give a folder in which a model grows; it gets its name at the end, and on failure nothing is left.

    Parameters
    ----------
    out : Path
        What it becomes; is not there, or empty.
    say : callable
        Told where it is put instead if `out` was filled in the meantime.
    """
    missing = [folder for folder in (out.parent, *out.parent.parents) if not folder.exists()]
    out.parent.mkdir(parents=True, exist_ok=True)
    try:
        with growing_folder(out.parent) as scratch:
            growth = Growth(scratch / "model", out)
            growth.made.mkdir()
            yield growth
            growth.place = _put(growth.made, out)
            if growth.place != out:
                say(f"{out} was filled in the meantime, and stays as it is: the model is in {growth.place}")
    except BaseException:
        for folder in missing:
            with suppress(OSError):  # somebody else uses it by now
                folder.rmdir()
        raise


def _put(made: Path, out: Path) -> Path:
    """Give a finished model its name, and return it: another one where something is there by now."""
    with folder_lock(out.parent):
        try:
            made.rename(out)  # in place of an empty folder, too, in the same step
        except OSError:
            if not out.is_dir() or any(out.iterdir()):
                return made.rename(_free_beside(out))
            _fill(made, out)
        return out


def _fill(made: Path, out: Path) -> None:
    """Fill an empty folder that cannot be replaced: something is mounted there, or a link leads to it."""
    # The manifest comes last: without it this is no model.
    for file in sorted(made.iterdir(), key=lambda file: file.name == MANIFEST):
        shutil.move(file, out / file.name)


def _free_beside(out: Path) -> Path:
    number = 2
    while os.path.lexists(found := out.with_name(f"{out.name}-{number}")):
        number += 1
    return found
