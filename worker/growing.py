"""Folders in which something grows that gets its name at the end; what a killed program left is cleared.

Whoever grows something holds the system's own lock on its folder, which ends with the program,
however that ends. So a folder that nobody holds is left over, however old it is, and one that is
held is not, however long a training takes.
"""

import fcntl
import os
import platform
import re
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from worker.errors import OutputNotWritable
from worker.folder_lock import folder_lock

__all__ = ["clear_left", "growing_folder"]

_NAME = re.compile(r"\.growing-(?P<machine>[A-Za-z0-9._]+)-[0-9a-f]{8}")
#: Some network file systems keep locks on each machine for itself: there a folder that seems to be left
#: can be held elsewhere. No training takes so long.
_OTHERS_AGE_S = 7 * 24 * 3600


@contextmanager
def growing_folder(parent: Path) -> Iterator[Path]:
    """Give an empty folder beside what it may become; it is gone at the end, unless it was renamed.

    Parameters
    ----------
    parent : Path
        Is there. What killed programs left in it is cleared first.

    Raises
    ------
    OutputNotWritable
        `parent` cannot be written.
    """
    place = parent / f".growing-{_machine()}-{secrets.token_hex(4)}"
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, place, ignore_errors=True)
        try:
            # Nobody clears the folder before it is held.
            with folder_lock(parent):
                clear_left(parent)
                place.mkdir()
                stack.callback(os.close, _held(place))
        except OSError as error:
            raise OutputNotWritable(f"{parent} cannot be written: {error.strerror or error}") from error
        yield place


def clear_left(parent: Path) -> None:
    """Remove what killed programs left growing in a folder; called while that folder is locked.

    Parameters
    ----------
    parent : Path
        Is there. Nothing else in it is touched.
    """
    for place in parent.glob(".growing-*"):
        if _is_left(place):
            shutil.rmtree(place, ignore_errors=True)


def _machine() -> str:
    return re.sub(r"[^A-Za-z0-9.]", "_", platform.node())[:40] or "_"


def _held(place: Path) -> int:
    """Hold a folder for as long as the descriptor that is returned is open, where locks are known."""
    descriptor = _opened(place)
    with suppress(OSError):
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    return descriptor


def _is_left(place: Path) -> bool:
    """Tell whether a folder grew here and nobody holds it; where that cannot be told it is not left."""
    named = _NAME.fullmatch(place.name)
    if named is None:
        return False
    try:
        if named["machine"] != _machine() and time.time() - place.stat().st_mtime < _OTHERS_AGE_S:
            return False
        descriptor = _opened(place)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:  # held, or a file system that knows no such lock
        return False
    finally:
        os.close(descriptor)
    return True


def _opened(folder: Path) -> int:
    return os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
