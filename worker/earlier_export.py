"""Whether a folder holds an earlier export and nothing else: only such a one is replaced by another."""

from collections.abc import Iterator
from pathlib import Path

__all__ = ["stranger_in"]

#: Files that make a folder an export, by the format.
_NEEDED = {"savedmodel": {"saved_model.pb"}, "tfjs": {"model.json", "group1-shard1of1.bin"}}
#: Files that may lie beside them.
_FILES = {"savedmodel": {"fingerprint.pb"}, "tfjs": set[str]()}
#: Folders that may, and how the names of all files in them begin; None = nothing is in them.
_FOLDERS: dict[str, dict[str, str | None]] = {
    "savedmodel": {"variables": "variables.", "assets": None},
    "tfjs": {},
}


def stranger_in(name: str, folder: Path) -> str | None:
    """Return what would be lost if an export replaced a folder; None where that is an earlier one, or empty.

    Parameters
    ----------
    name : str
        Of a format that is a folder.
    folder : Path
        Is there.

    Returns
    -------
    str or None
        The first path within the folder that no export wrote, or that may be somebody else's.

    Raises
    ------
    OSError
        The folder cannot be looked into.
    """
    return min(_strangers(name, folder), default=None)


def _strangers(name: str, folder: Path) -> Iterator[str]:
    files: set[str] = set()
    for path in folder.iterdir():
        if path.name in _FOLDERS[name] and path.is_dir() and not path.is_symlink():
            prefix = _FOLDERS[name][path.name]
            for inner in path.iterdir():
                if prefix is None or not inner.name.startswith(prefix) or not _is_plain(inner):
                    yield f"{path.name}/{inner.name}"
        elif path.name in _NEEDED[name] | _FILES[name] and _is_plain(path):
            files.add(path.name)
        else:
            yield path.name
    if not _NEEDED[name] <= files:  # so usual are the names that a part of them is no sign of an export
        yield from files


def _is_plain(path: Path) -> bool:
    return path.is_file() and not path.is_symlink()
