"""Folders on which the files of a job's pages lie: gone through, and looked into."""

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from worker.errors import OutputNotWritable

__all__ = ["check_listable", "with_folders_in"]


def with_folders_in(folder: Path, levels: int) -> Iterator[Path]:
    """Go through a folder and those in it, so many levels down; no link is followed."""
    yield folder
    if levels:
        with suppress(OSError), os.scandir(folder) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    yield from with_folders_in(folder / entry.name, levels - 1)


def check_listable(folders: Iterable[Path]) -> None:
    """Make sure that folders can be looked into, where they are there.

    Raises
    ------
    OutputNotWritable
        One cannot.
    """
    for folder in folders:
        try:
            os.scandir(folder).close()
        except FileNotFoundError:
            continue
        except OSError as error:
            raise OutputNotWritable(f"cannot look into {folder}: {error.strerror or error}") from error
