"""A model is a folder: runtime file, weights and a manifest that vouches for both by hash."""

import errno
import hashlib
import json
import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import Any

from model.errors import BundleInvalid
from model.manifest_checks import FORMAT, checked_manifest, parsed_manifest

__all__ = [
    "INK",
    "INK_WEIGHTS",
    "MANIFEST",
    "MOST_MANIFEST_BYTES",
    "MOST_MODEL_BYTES",
    "RUNTIME",
    "WEIGHTS",
    "Bundle",
    "extend_manifest",
    "manifest_bytes",
    "open_bundle",
    "regular_bytes",
    "regular_sha256",
    "shipped_bundle",
    "write_manifest",
]

MANIFEST = "manifest.json"
RUNTIME = "model.tflite"
WEIGHTS = "model.weights.h5"
#: The network that tells sorts of ink apart: what is run of it, and its weights. Earlier models lack it.
INK = "ink.tflite"
INK_WEIGHTS = "ink.weights.h5"
#: No manifest that is longer is read; those that are written have some thousand bytes.
MOST_MANIFEST_BYTES = 4 * 2**20
#: No file of a model that is longer is read, or copied; those of the shipped one have up to a megabyte.
MOST_MODEL_BYTES = 128 * 2**20


@dataclass(frozen=True, slots=True)
class Bundle:
    """An opened model folder whose runtime file is what the manifest says.

    Attributes
    ----------
    folder : Path
        Where it lies.
    id : str
        Recipe and short hash, for people: of the runtime file, and of the calibration where there is one.
    sha256 : str
        Of the runtime file.
    runtime : bytes
        The LiteRT model that was hashed: what is run is what was checked.
    manifest : dict
        As parsed.
    ink : bytes or None
        The LiteRT network that tells sorts of ink apart, hashed as well; None where the model has none.
    """

    folder: Path
    id: str
    sha256: str
    runtime: bytes
    manifest: dict[str, Any]
    ink: bytes | None = None


def shipped_bundle() -> Path:
    """Return the folder of the model that comes with the program."""
    return Path(__file__).parent / "shipped"


def regular_bytes(path: Path, *, most_bytes: int | None = None) -> bytes:
    """Read a file as a whole; whoever opened a pipe would wait for ever.

    Raises
    ------
    OSError
        It cannot be read, is no regular file, or holds more than `most_bytes`.
    """
    with _open_regular(path, most_bytes) as stream:
        content: bytes | None = stream.read()
    if content is None:
        raise OSError(errno.EAGAIN, "it would have to be waited for", str(path))
    return content


def regular_sha256(path: Path, *, most_bytes: int | None = None) -> str:
    """Return the hash of a file of any length, which is never held as a whole.

    Raises
    ------
    OSError
        It cannot be read, is no regular file, or holds more than `most_bytes`.
    """
    with _open_regular(path, most_bytes) as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def manifest_bytes(folder: Path) -> bytes:
    """Return the manifest of a model folder, unless it is longer than any manifest is.

    Raises
    ------
    BundleInvalid
        It is longer than :data:`MOST_MANIFEST_BYTES`.
    OSError
        It cannot be read, or is no regular file.
    """
    path = folder / MANIFEST
    with _open_regular(path) as stream:
        content = stream.read(MOST_MANIFEST_BYTES + 1)
    if len(content) > MOST_MANIFEST_BYTES:
        raise BundleInvalid(f"{path} has more than {MOST_MANIFEST_BYTES // 2**20} MB; no manifest is so long")
    return content


@contextmanager
def _open_regular(path: Path, most_bytes: int | None = None) -> Iterator[BufferedReader]:
    """Open a file without ever waiting for it, and look at what was opened."""
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0))
    with open(descriptor, "rb") as stream:  # noqa: PTH123 - of a descriptor
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise OSError(errno.EINVAL, "not a regular file", str(path))
        if most_bytes is not None and status.st_size > most_bytes:
            raise OSError(errno.EFBIG, f"it has more than {most_bytes // 2**20} MB", str(path))
        yield stream


def _manifest(folder: Path) -> dict[str, Any]:
    try:
        return parsed_manifest(manifest_bytes(folder))
    except FileNotFoundError:
        raise BundleInvalid(f"{folder} is no model folder: it has no {MANIFEST}") from None
    except OSError as error:
        raise BundleInvalid(f"{folder / MANIFEST} cannot be read: {error}") from error
    except (ValueError, RecursionError) as error:
        raise BundleInvalid(f"{folder / MANIFEST} cannot be used: {error}") from error


def open_bundle(folder: Path) -> Bundle:
    """Open a model folder and check what is run of it against the manifest.

    Parameters
    ----------
    folder : Path
        Holds ``manifest.json`` and ``model.tflite``, and ``ink.tflite`` where the manifest names it.

    Returns
    -------
    Bundle
        With the bytes of what is run.

    Raises
    ------
    BundleInvalid
        Something is missing, or a hash differs from the manifest's.
    """
    manifest = _manifest(folder)
    runtime, found = _vouched_for(folder, RUNTIME, manifest)
    ink = _vouched_for(folder, INK, manifest)[0] if INK in manifest["files"] else None
    return Bundle(folder, manifest["id"], found, runtime, manifest, ink)


def _vouched_for(folder: Path, file: str, manifest: dict[str, Any]) -> tuple[bytes, str]:
    """Return a file's bytes and their hash, which is the one in the manifest."""
    try:
        content = regular_bytes(folder / file, most_bytes=MOST_MODEL_BYTES)
        expected = manifest["files"][file]["sha256"]
    except OSError as error:
        raise BundleInvalid(f"{folder / file} cannot be read: {error.strerror}") from error
    except KeyError:
        raise BundleInvalid(f"{folder / MANIFEST} names no hash of {file}") from None
    found = hashlib.sha256(content).hexdigest()
    if found != expected:
        raise BundleInvalid(f"{folder / file} is damaged: its sha256 is not the one in {MANIFEST}")
    return content, found


def write_manifest(folder: Path, details: dict[str, Any]) -> Path:
    """Write the manifest of a model folder, with the hash of every file beside it.

    Parameters
    ----------
    folder : Path
        Holds the model's files.
    details : dict
        Recipe, data, metrics, calibration, versions: JSON types only.

    Returns
    -------
    Path
        Of the manifest, written in one step.

    Raises
    ------
    BundleInvalid
        There is no runtime file, or an entry is of a kind with which no manifest can be read.
    """
    files = {
        path.name: {"sha256": hashlib.sha256(path.read_bytes()).hexdigest(), "bytes": path.stat().st_size}
        for path in sorted(folder.iterdir())
        if path.is_file() and path.name != MANIFEST
    }
    if RUNTIME not in files:
        raise BundleInvalid(f"{folder} holds no {RUNTIME}")
    hashes = [str(files[name]["sha256"]) for name in (RUNTIME, INK) if name in files]
    short = _identity(hashes, details.get("calibration"))[:8]
    manifest = {
        "format": FORMAT,
        "id": f"{details.get('recipe', 'model')}-{short}",
        **details,
        "files": files,
    }
    try:
        text = json.dumps(checked_manifest(manifest), indent=1, sort_keys=True, allow_nan=False) + "\n"
    except ValueError as error:
        raise BundleInvalid(f"no manifest of {folder} can be written: {error}") from error
    target = folder / MANIFEST
    with tempfile.NamedTemporaryFile("w", dir=folder, delete=False, encoding="utf-8") as handle:
        handle.write(text)
    os.chmod(handle.name, 0o644)  # noqa: PTH101 - the temporary file is private by default
    Path(handle.name).replace(target)
    return target


def _identity(hashes: list[str], calibration: Any) -> str:
    """Return a hash that differs where pages are read otherwise; a network may have several calibrations."""
    told = list(hashes)
    if calibration:
        told.append(json.dumps(calibration, sort_keys=True, separators=(",", ":")))
    return told[0] if len(told) == 1 else hashlib.sha256(" ".join(told).encode()).hexdigest()


def extend_manifest(folder: Path, **sections: dict[str, Any]) -> Path:
    """Add entries to sections of a model folder's manifest, or take some out, and write it anew.

    Parameters
    ----------
    folder : Path
        A model folder.
    **sections : dict
        Such as ``calibration={"accept_confidence": 0.97}``: JSON types only. An entry that is None is taken
        out.

    Returns
    -------
    Path
        Of the manifest, written in one step.
    """
    manifest = _manifest(folder)
    details = {key: value for key, value in manifest.items() if key not in {"format", "id", "files"}}
    for name, entries in sections.items():
        together = {**details.get(name, {}), **entries}
        details[name] = {entry: value for entry, value in together.items() if value is not None}
    return write_manifest(folder, details)
