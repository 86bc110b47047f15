"""One program at a time in a folder, for the moment in which it is looked at and then changed.

The lock is the system's own on the folder itself: no file is left, and it ends with its program,
however that ends.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

__all__ = ["folder_lock"]


@contextmanager
def folder_lock(folder: Path) -> Iterator[None]:
    """Wait until no other program holds the folder, and hold it.

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
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
