"""With which options a folder is watched: remembered, so that a change of them is meant.

What was taken from a folder is read once, with the options of that time. To start the watch anew with
others is refused, as a `submit` into a job with other options is, unless somebody says that what comes
from now on is to be read otherwise.
"""

import shlex
from pathlib import Path

from worker.errors import OutputNotWritable
from worker.read_options import ReadOptions, differences
from worker.watch_state import WatchState

__all__ = ["settle_options"]


def settle_options(
    state: WatchState, options: ReadOptions, *, folder: Path, jobs_dir: Path, replace: bool = False
) -> bool:
    """Hold the options of a watch to those of before, and remember them.

    A memory in which nothing was taken yet, or one that was begun before options were remembered, takes
    whatever comes.

    Parameters
    ----------
    state : WatchState
        What is remembered of the folder.
    options : ReadOptions
        How pages are to be read from now on.
    folder, jobs_dir : Path
        As they were named.
    replace : bool
        Go on with other options than before: what was taken keeps those that it was taken with.

    Returns
    -------
    bool
        Whether other options than before are taken for what comes.

    Raises
    ------
    OutputNotWritable
        The folder was watched with other options, or its memory cannot be written.
    """
    before = state.options
    if before == options:
        return False
    if before is not None and state.has_taken and not replace:
        raise OutputNotWritable(
            f"{folder} was watched with other options ({differences(before, options)}); nothing was changed",
            remedy="Give the options of before; or --force to read with these what comes from now on; "
            f"or another folder than {shlex.quote(str(jobs_dir))} with -o, where everything is read anew.",
        )
    state.remember_options(options)
    return before is not None and state.has_taken
