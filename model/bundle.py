"""A model is a folder: runtime file, weights and a manifest that vouches for both by hash."""

import errno
import hashlib
import json
import os
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from model.errors import BundleInvalid

__all__ = [
    "MANIFEST",
    "RUNTIME",
    "WEIGHTS",
    "Bundle",
    "extend_manifest",
    "open_bundle",
    "regular_bytes",
    "shipped_bundle",
    "write_manifest",
]

MANIFEST = "manifest.json"
RUNTIME = "model.tflite"
WEIGHTS = "model.weights.h5"
#: Version of the manifest's layout.
FORMAT = 1


@dataclass(frozen=True, slots=True)
class Bundle:
    """An opened model folder whose runtime file is what the manifest says.

    Attributes
    ----------
    folder : Path
        Where it lies.
    id : str
        Name and short hash, for people.
    sha256 : str
        Of the runtime file.
    runtime : bytes
        The LiteRT model that was hashed: what is run is what was checked.
    manifest : dict
        As parsed.
    """

    folder: Path
    id: str
    sha256: str
    runtime: bytes
    manifest: dict[str, Any]


def shipped_bundle() -> Path:
    """Return the folder of the model that comes with the program."""
    return Path(__file__).parent / "shipped"


def regular_bytes(path: Path) -> bytes:
    """Read a file as a whole; whoever opened a pipe would wait for ever.

    Raises
    ------
    OSError
        It cannot be read, or is no regular file.
    """
    if not stat.S_ISREG(path.stat().st_mode):
        raise OSError(errno.EINVAL, "not a regular file", str(path))
    return path.read_bytes()


def _manifest(folder: Path) -> dict[str, Any]:
    try:
        manifest = json.loads(regular_bytes(folder / MANIFEST))
    except FileNotFoundError:
        raise BundleInvalid(f"{folder} is no model folder: it has no {MANIFEST}") from None
    except (OSError, ValueError, RecursionError) as error:
        raise BundleInvalid(f"{folder / MANIFEST} cannot be read: {error}") from error
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise BundleInvalid(f"{folder / MANIFEST} is not a manifest of format {FORMAT}")
    return manifest


def open_bundle(folder: Path) -> Bundle:
    """Open a model folder and check its runtime file against the manifest.

    Parameters
    ----------
    folder : Path
        Holds ``manifest.json`` and ``model.tflite``.

    Returns
    -------
    Bundle
        With the runtime file's bytes.

    Raises
    ------
    BundleInvalid
        Something is missing, or a hash differs from the manifest's.
    """
    manifest = _manifest(folder)
    try:
        runtime = regular_bytes(folder / RUNTIME)
        expected = manifest["files"][RUNTIME]["sha256"]
        name = str(manifest["id"])
    except OSError as error:
        raise BundleInvalid(f"{folder / RUNTIME} cannot be read: {error.strerror}") from error
    except (KeyError, TypeError):
        raise BundleInvalid(f"{folder / MANIFEST} names no hash of {RUNTIME}") from None
    found = hashlib.sha256(runtime).hexdigest()
    if found != expected:
        raise BundleInvalid(f"{folder / RUNTIME} is damaged: its sha256 is not the one in {MANIFEST}")
    return Bundle(folder, name, found, runtime, manifest)


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
    """
    files = {
        path.name: {"sha256": hashlib.sha256(path.read_bytes()).hexdigest(), "bytes": path.stat().st_size}
        for path in sorted(folder.iterdir())
        if path.is_file() and path.name != MANIFEST
    }
    if RUNTIME not in files:
        raise BundleInvalid(f"{folder} holds no {RUNTIME}")
    short = str(files[RUNTIME]["sha256"])[:8]
    manifest = {
        "format": FORMAT,
        "id": f"{details.get('recipe', 'model')}-{short}",
        **details,
        "files": files,
    }
    target = folder / MANIFEST
    with tempfile.NamedTemporaryFile("w", dir=folder, delete=False, encoding="utf-8") as handle:
        json.dump(manifest, handle, indent=1, sort_keys=True)
        handle.write("\n")
    os.chmod(handle.name, 0o644)  # noqa: PTH101 - the temporary file is private by default
    Path(handle.name).replace(target)
    return target


def extend_manifest(folder: Path, **sections: dict[str, Any]) -> Path:
    """Add entries to sections of a model folder's manifest, and write it anew.

    Parameters
    ----------
    folder : Path
        A model folder.
    **sections : dict
        Such as ``calibration={"accept_confidence": 0.97}``: JSON types only.

    Returns
    -------
    Path
        Of the manifest, written in one step.
    """
    manifest = _manifest(folder)
    details = {key: value for key, value in manifest.items() if key not in {"format", "id", "files"}}
    for name, entries in sections.items():
        details[name] = {**details.get(name, {}), **entries}
    return write_manifest(folder, details)
