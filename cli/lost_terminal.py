"""A terminal that went away: whatever is written to it fails, maybe before a signal tells of it."""

import errno
import sys
import termios

__all__ = ["is_terminal_gone"]


def is_terminal_gone(error: OSError) -> bool:
    """Tell whether something could not be written because the terminal is not there any more.

    A disk that is damaged says the same. Asked about its settings, a terminal that is gone says it again,
    and anything else says that it is none.

    Parameters
    ----------
    error : OSError
        Of what was written.
    """
    if error.errno != errno.EIO or error.filename is not None:
        return False
    for stream in (sys.stdout, sys.stderr):
        try:
            termios.tcgetattr(stream.fileno())
        except termios.error as refused:
            if refused.args[0] == errno.EIO:
                return True
        except (OSError, ValueError):  # no file stands behind it, or it is closed
            continue
    return False
