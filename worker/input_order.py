"""The files that were found, in natural order and each once, however many they are."""

import os
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from worker.object_path import ObjectPath, Place, place_of
from worker.outer_sort import OuterSort
from worker.pile import JsonLines, Pile

__all__ = ["FoundFile", "InputOrder", "natural_key"]

#: One part of a path: its runs of digits and of other characters.
_Chunks = list[tuple[int, int, str]]


@dataclass(frozen=True)
class FoundFile:
    """One file to read.

    Parameters
    ----------
    path : Place
        Absolute; symbolic links are kept, because another machine may see the folder elsewhere.
    name : str
        As it was submitted: what was typed, and for a folder what was typed joined with the rest.
    within : Path or None
        The folder that was named, in which the file was found and has to lie when it is opened, links
        resolved; None where the file itself was named.
    """

    path: Place
    name: str
    within: Path | None = None


class _Folders:
    """Folders that were named: few, and each stands for all the files in it by its number."""

    def __init__(self) -> None:
        self._numbers: dict[Path | None, int] = {}
        self._folders: list[Path | None] = []

    def number(self, folder: Path | None) -> int:
        """Return the number of a folder, or of there being none."""
        if folder not in self._numbers:
            self._numbers[folder] = len(self._folders)
            self._folders.append(folder)
        return self._numbers[folder]

    def __getitem__(self, number: int) -> Path | None:
        return self._folders[number]


class _FileLines(JsonLines):
    """Files as lines."""

    def __init__(self, folders: _Folders) -> None:
        self._folders = folders

    def encode(self, item: FoundFile, /) -> bytes:
        """Return the file as a line."""
        return super().encode((str(item.path), item.name, self._folders.number(item.within)))

    def decode(self, line: bytes, /) -> FoundFile:
        """Return the file of a line."""
        path, name, within = super().decode(line)
        return FoundFile(place_of(path), name, self._folders[within])


class InputOrder:
    """Takes files as they are met; a file that is met twice, or under two names, counts once.

    Of the names of one file the first in natural order stays.
    """

    def __init__(self) -> None:
        self._met = OuterSort(key=lambda file: natural_key(file[0]))
        self._folders = _Folders()
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def add(self, path: str, name: str, *, is_link: bool, within: Path | None = None) -> None:
        """Take a file.

        Parameters
        ----------
        path : str
            Absolute.
        name : str
            As it was submitted.
        is_link : bool
            Whether the file itself may be a symbolic link; the folders above it always may.
        within : Path, optional
            The folder that was named, in which the file was found.
        """
        self._add(path, name, within, os.path.realpath(path) if is_link else _real(path))

    def add_object(self, place: ObjectPath) -> None:
        """Take an object of a store; there are no links, so that its name is that of where it lies."""
        url = str(place)
        self._add(url, url, None, url)

    def _add(self, path: str, name: str, within: Path | None, real: str) -> None:
        self._count += 1
        self._met.add((path, name, self._folders.number(within), real))

    def in_order(self) -> Pile[FoundFile]:
        """Return the files."""
        lines = _FileLines(self._folders)
        files = Pile(lines)
        by_file = OuterSort(key=lambda ranked: ranked[0])
        for rank, (path, name, within, real) in enumerate(self._met):
            files.append(FoundFile(place_of(path), name, self._folders[within]))
            by_file.add((real, rank))
        again, last = set(), None
        for real, rank in by_file:
            if real == last:
                again.add(rank)
            last = real
        if not again:
            return files
        return Pile(lines, (file for rank, file in enumerate(files) if rank not in again))


def natural_key(path: str | Path) -> tuple[_Chunks, ...]:
    """Return a sort key under which ``page 2`` comes before ``page 10``.

    Examples
    --------
    >>> sorted(["p10.png", "p2.png", "P1.png"], key=natural_key)
    ['P1.png', 'p2.png', 'p10.png']
    """
    place = Path(path)
    own = [_chunks(place.name)] if place.name else []
    spelled = [(2, 0, os.fspath(path))]  # decides between names that differ in case or zeros only
    return (*_folder_key(place.parent), *own, spelled)


@lru_cache(maxsize=256)
def _folder_key(folder: Path) -> tuple[_Chunks, ...]:
    """Return the part of the key that all files of a folder share."""
    return tuple(map(_chunks, folder.parts))


def _chunks(part: str) -> _Chunks:
    return [_chunk_key(chunk) for chunk in re.split("([0-9]+)", part) if chunk]


def _chunk_key(chunk: str) -> tuple[int, int, str]:
    """Order numbers by value and before letters, letters without case."""
    return (0, int(chunk), "") if chunk[0] in "0123456789" else (1, 0, chunk.casefold())


def _real(path: str) -> str:
    """Return where a file that is no link itself really lies."""
    folder, name = os.path.split(path)
    return os.path.join(_real_folder(folder), name)  # noqa: PTH118 - called for every file


@lru_cache(maxsize=256)
def _real_folder(folder: str) -> str:
    return os.path.realpath(folder)
