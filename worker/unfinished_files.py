"""Files while they are being written, under names that nothing ever reads.

Whoever writes holds the system's lock on the temporary file, which ends with the program, however
that ends: a file that nobody holds was left by a program that was killed, and can be cleared.
"""

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

from worker.object_path import ObjectPath, Place

__all__ = ["TEMPORARY_SUFFIX", "clear_unfinished", "opened_and_held", "temporary_of"]

#: What a file is called while it is being written; nothing ever reads such a file.
TEMPORARY_SUFFIX = ".tmp"

#: How much of a file's name its temporary name keeps; names end at 255 bytes.
_KEPT_OF_NAME_BYTES = 200

#: A temporary name: what it is to become, the machine, the process.
_TEMPORARY = re.compile(r"\..+\.(?P<machine>[A-Za-z0-9_]+)-\d+-[0-9a-f]{8}" + re.escape(TEMPORARY_SUFFIX))

#: Some network file systems keep locks on each machine for itself: there a file that seems to be left
#: may be being written elsewhere, but not for this long.
_OTHERS_AGE_S = 3600


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


@contextmanager
def temporary_of(path: Path) -> Iterator[Path]:
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


def opened_and_held(temporary: Path) -> BinaryIO:
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
