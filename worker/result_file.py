"""The file that results are written to on request: anything but the files that make a job.

A plain file is replaced as a whole or not at all. What is no plain file, such as a pipe or a
device, is written to as it stands, and a link leads to what it points to.
"""

import os
import re
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import BinaryIO

from worker.durable import durable_file
from worker.errors import OutputNotWritable, UsageError
from worker.job_folder import JOB_FILE, OWN_NAMES
from worker.jobs import Job
from worker.list_file import LIST_NAME

__all__ = ["check_result_file", "result_file"]


def check_result_file(file: Path, job: Job) -> Path:
    """Make sure that writing to `file` destroys neither a job nor one of its pages.

    Returns
    -------
    Path
        What is to be written to, links followed.

    Raises
    ------
    UsageError
        The file is part of a job folder, of this or another job, or a page of the job.
    OutputNotWritable
        The name leads in a circle, or cannot be a name.
    """
    try:
        real = _followed(file)
    except (OSError, RuntimeError, ValueError) as error:
        cause = getattr(error, "strerror", None) or error
        raise OutputNotWritable(f"cannot write {file}: {cause}") from error
    for folder in real.parents:
        if _is_own(real.relative_to(folder).parts[0]) and (folder / JOB_FILE).is_file():
            raise UsageError(
                f"{file} belongs to the job in {folder}, which writes it itself",
                remedy="Name another file with -o.",
            )
    if _is_page_of(job, real):
        raise UsageError(f"{file} is a page of the job", remedy="Name another file with -o.")
    return real


@contextmanager
def result_file(file: Path) -> Iterator[BinaryIO]:
    """Open a file from :func:`check_result_file` for writing.

    Yields
    ------
    BinaryIO
        Can be gone back in, as a workbook needs it, whatever the file is.

    Raises
    ------
    OutputNotWritable
        It cannot be written. A plain file is then what it was before.
    """
    if _is_plain(file):
        with durable_file(file) as stream:
            yield stream
        return
    try:
        with TemporaryFile() as made:
            yield made
            made.seek(0)
            with file.open("wb") as device:
                shutil.copyfileobj(made, device)
    except OSError as error:
        raise OutputNotWritable(f"cannot write {file}: {error.strerror or error}") from error


def _is_own(name: str) -> bool:
    """Tell whether a job writes a file or folder of this name into its own."""
    return name in OWN_NAMES or re.match(LIST_NAME, name) is not None


def _is_page_of(job: Job, real: Path) -> bool:
    """Tell whether a file, links followed, is a page of the job, whatever links lead to that."""
    number = _number(real)
    for entry in job.entries:
        place = entry.file
        if not isinstance(place, Path):  # an object is no file
            continue
        same = number is not None and _number(place) == number
        if real == place or (same and real == place.resolve()):
            return True
    return False


def _number(file: str | Path) -> tuple[int, int] | None:
    """Return what tells a file from all others; None where there is none."""
    try:
        status = os.stat(file)  # noqa: PTH116 - called for every page
    except (OSError, ValueError):
        return None
    return status.st_dev, status.st_ino


def _followed(file: Path) -> Path:
    """Follow links to a plain file; what stands for an open file, as /dev/stdout does, stays as it is."""
    absolute = file.absolute()
    place = absolute.parent.resolve()
    if place == Path("/dev") or place.is_relative_to("/proc"):
        return absolute
    return absolute.resolve()


def _is_plain(file: Path) -> bool:
    """Tell whether a file can be replaced: a plain one, or none yet."""
    try:
        if file.is_symlink():
            return False
        mode = file.stat().st_mode
    except OSError:
        return True
    return stat.S_ISREG(mode) or stat.S_ISDIR(mode)
