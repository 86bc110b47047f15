"""What the system said when it gave no process, and what to do about it."""

import errno
from concurrent.futures.process import BrokenProcessPool

import pytest

from worker.shortage import out_of_files, remedy_for, what_was_said


def broken_by(cause: Exception) -> BrokenProcessPool:
    """Return an error as the pool raises it: without a word of its own."""
    error = BrokenProcessPool()
    error.__cause__ = BrokenProcessPool("")
    error.__cause__.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("cause", "said", "limit"),
    [
        (OSError(errno.EMFILE, "Too many open files"), "Too many open files", "ulimit -n"),
        (BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable"), "Resource temp", "ulimit -u"),
        (OSError(errno.ENOMEM, "Cannot allocate memory"), "Cannot allocate memory", "ulimit -v"),
        (OSError(errno.ENOSPC, "No space left on device"), "/dev/shm has no room", "--shm-size"),
        (RuntimeError("can't start new thread"), "can't start new thread", "ulimit -u"),
        (RuntimeError("All workers expired"), "All workers expired", "digitize doctor"),
    ],
)
def test_what_is_short_is_found_behind_a_broken_pool(cause: Exception, said: str, limit: str) -> None:
    assert what_was_said(broken_by(cause)).startswith(said)
    assert limit in remedy_for(broken_by(cause))


def test_where_nothing_was_said_nothing_is_made_up() -> None:
    assert what_was_said(BrokenProcessPool()) == ""


def test_what_no_file_could_be_opened_for_is_found_however_a_library_says_it() -> None:
    library = ConnectionError("Error 24 connecting")
    library.__context__ = OSError(errno.EMFILE, "Too many open files")
    found = out_of_files(broken_by(library))
    assert found is library.__context__
    assert out_of_files(broken_by(OSError(errno.ECONNREFUSED, "refused"))) is None
