"""One program at a time in a folder, for the moment in which it is looked at and then changed.

The lock is the system's own on the folder itself: no file is left, and it ends with its program,
however that ends. Whoever has to wait for it for long is told what for, and who holds it.
"""

import fcntl
import logging
import os
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

__all__ = ["folder_lock"]

log = logging.getLogger(__name__)

#: Nobody holds a folder for as long as this who only looks at it and changes it.
_PATIENCE_S = 2.0

#: A lock of this kind in the system's list of all: process, device and inode.
_LOCK = re.compile(r"\d+: FLOCK +ADVISORY +WRITE (\d+) ([0-9a-f]+):([0-9a-f]+):(\d+) ")
_LOCKS = Path("/proc/locks")
#: How much of a command line says enough.
_SHOWN_OF_COMMAND = 80


@contextmanager
def folder_lock(folder: Path) -> Iterator[None]:
    """Wait until no other program holds the folder, and hold it; a long wait is logged once.

    Where a file system knows no such lock, as some on other machines, nobody is held up: what has
    to be exclusive there needs a way of its own, too.

    Parameters
    ----------
    folder : Path
        A folder that is there.

    Raises
    ------
    OSError
        The folder is gone, or cannot be opened.
    """
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        with suppress(OSError):
            _take(descriptor, folder)
        yield
    finally:
        os.close(descriptor)


def _take(descriptor: int, folder: Path) -> None:
    """Take the lock; who still waits after :data:`_PATIENCE_S` says so, and goes on waiting."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        teller = threading.Timer(_PATIENCE_S, _tell, (descriptor, folder))
        teller.daemon = True
        teller.start()
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        finally:
            teller.cancel()
            teller.join()  # it looks at the descriptor, which is closed after this


def _tell(descriptor: int, folder: Path) -> None:
    log.warning("waiting for %s, which %s holds", folder, _holder(descriptor))


def _holder(descriptor: int) -> str:
    """Name the program that holds a folder, where the system says which one it is."""
    with suppress(OSError):
        folder = os.fstat(descriptor)
        for line in _LOCKS.read_text().splitlines():
            found = _LOCK.match(line)
            if found is None:
                continue
            device = os.makedev(int(found[2], 16), int(found[3], 16))
            # The holder stands in the first line of a lock; those who wait for it are marked with an arrow.
            if (device, int(found[4])) == (folder.st_dev, folder.st_ino) and int(found[1]):
                return _named(int(found[1]))
    return "another program"


def _named(process: int) -> str:
    """Return number and command of a process."""
    with suppress(OSError):
        words = Path(f"/proc/{process}/cmdline").read_bytes().decode(errors="replace").split("\0")
        if command := " ".join(words).strip():
            return f"process {process} ({command[:_SHOWN_OF_COMMAND]})"
    return f"process {process}"
