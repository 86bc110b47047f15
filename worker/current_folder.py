"""The current folder, which may be gone: somebody deleted it while a shell stood in it."""

import os
from pathlib import Path

__all__ = ["is_gone", "leave_if_gone"]


def is_gone() -> bool:
    """Tell whether the current folder is not there any more."""
    try:
        Path.cwd()
    except FileNotFoundError:
        return True
    return False


def leave_if_gone() -> None:
    """Go where children can be started, if the current folder is gone.

    To be called when every path is absolute, and right before the first child: a child goes to the
    folder of its parent, and ends if it cannot.
    """
    if is_gone():
        os.chdir("/")
