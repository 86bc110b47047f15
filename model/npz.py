"""Named arrays of an ``.npz`` file; whatever else the file turns out to be is one error that names it."""

import struct
import tokenize
import zipfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.errors import DataInvalid

__all__ = ["MOST_BYTES", "holds_arrays", "npz_arrays"]

#: What arrays that belong together unpack to at most: more than two million images.
MOST_BYTES = 2**31

#: Raised by NumPy and what it unpacks with: the file is missing, damaged, of another kind, encrypted.
_UNREADABLE = (
    OSError,
    ValueError,
    EOFError,
    MemoryError,
    NotImplementedError,
    OverflowError,
    RuntimeError,
    struct.error,
    tokenize.TokenError,
    zipfile.BadZipFile,
    zlib.error,
)


def npz_arrays(path: Path, *groups: tuple[str, ...]) -> list[NDArray[Any]]:
    """Return the arrays of the first group of names that the file holds as a whole.

    Parameters
    ----------
    path : Path
        An ``.npz``. Pickled objects in it are never loaded.
    *groups : tuple of str
        Names that belong together.

    Raises
    ------
    DataInvalid
        The file cannot be read, is no such archive, or holds none of the groups.
    """
    try:
        # Opened here, because NumPy leaves a damaged archive open.
        with path.open("rb") as stream:
            archive = np.load(stream, allow_pickle=False)
            if not isinstance(archive, np.lib.npyio.NpzFile):
                raise DataInvalid(f"{path} is not an .npz of digits: it holds a single array")
            for group in groups:
                if all(name in archive for name in group):
                    _check_room(archive, group, path)
                    return [_array(archive, name, path) for name in group]
            found = ", ".join(archive) or "nothing"
    except _UNREADABLE as error:
        # NumPy advises to load pickles where it does not know a file.
        said = "it is no .npz at all" if "allow_pickle" in str(error) else str(error)
        raise DataInvalid(f"{path} is not an .npz of digits: {said}") from error
    needed = " or ".join(", ".join(group) for group in groups)
    raise DataInvalid(f"{path} holds {found}; {needed} are needed")


def _check_room(archive: np.lib.npyio.NpzFile, names: tuple[str, ...], path: Path) -> None:
    """Refuse what unpacks to more than any digits are, before it is unpacked: a file of 5 MB may be 5 GB."""
    wanted = {*names, *(f"{name}.npy" for name in names)}
    members = [] if archive.zip is None else archive.zip.infolist()
    total = sum(member.file_size for member in members if member.filename in wanted)
    if total > MOST_BYTES:
        raise DataInvalid(f"{path} unpacks to {total:,} bytes; {MOST_BYTES:,} are taken")


def _array(archive: np.lib.npyio.NpzFile, name: str, path: Path) -> NDArray[Any]:
    found: object = archive[name]
    if not isinstance(found, np.ndarray):  # NumPy gives the bytes of whatever else is packed
        raise DataInvalid(f"{path} is not an .npz of digits: {name} is no array")
    return found


def holds_arrays(path: Path, *names: str) -> bool:
    """Tell whether a file is an ``.npz`` that holds all of these arrays."""
    try:
        npz_arrays(path, names)
    except DataInvalid:
        return False
    return True
