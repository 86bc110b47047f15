"""What is short where processes cannot be started: found in what the system said, however deep it lies.

The library of the pool says only that the pool is broken; what the system refused stands in the
causes of that error, if anywhere.
"""

import errno
from collections.abc import Iterator

__all__ = ["out_of_files", "remedy_for", "what_was_said"]

_OPEN_FILES = "Let the program open more files (`ulimit -n`)."
_PROCESSES = "Allow more memory or more processes (`ulimit -v`, `ulimit -u`); -j 1 needs the least of both."
_SHARED = "Make room in /dev/shm, of which processes need a little (for containers: `--shm-size`)."
_ANYTHING = "`digitize doctor` checks the installation; -j 1 needs the least memory."

_REMEDIES = {
    errno.EMFILE: _OPEN_FILES,
    errno.ENFILE: _OPEN_FILES,
    errno.EAGAIN: _PROCESSES,
    errno.ENOMEM: _PROCESSES,
    errno.ENOSPC: _SHARED,
}

#: How Python says, without a number, that the system gave it no thread.
_NO_THREAD = "can't start new thread"


def what_was_said(error: BaseException) -> str:
    """Return what the deepest cause that says anything said, as part of a line; empty where none did.

    Parameters
    ----------
    error : BaseException
        As it was caught.

    Examples
    --------
    >>> what_was_said(OSError(24, "Too many open files"))
    'Too many open files'
    """
    said = [_words_of(cause) for cause in _causes(error)]
    return next((words for words in reversed(said) if words), "")


def _words_of(cause: BaseException) -> str:
    """Return what one error says; of a lack of room also where, which the system leaves out."""
    if isinstance(cause, OSError) and cause.errno == errno.ENOSPC and cause.filename is None:
        return "/dev/shm has no room"  # where locks of processes lie; files would have a name
    return getattr(cause, "strerror", None) or str(cause)


def remedy_for(error: BaseException) -> str:
    """Return what to do about processes that cannot be started or that end at once.

    Parameters
    ----------
    error : BaseException
        As it was caught.
    """
    for cause in _causes(error):
        if isinstance(cause, OSError) and cause.errno in _REMEDIES:
            return _REMEDIES[cause.errno]
        if isinstance(cause, MemoryError) or _NO_THREAD in str(cause):
            return _PROCESSES
    return _ANYTHING


def out_of_files(error: BaseException) -> OSError | None:
    """Return what the system said where no further file or connection can be opened; else None.

    Libraries say it anew in errors of their own, also such as name no cause.

    Parameters
    ----------
    error : BaseException
        As it was caught.
    """
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, OSError) and cause.errno in (errno.EMFILE, errno.ENFILE):
            return cause
        cause = cause.__cause__ or cause.__context__
    return None


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Go from an error to what caused it."""
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.__cause__
