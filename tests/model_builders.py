"""Model folders without a network, for tests of everything that only moves them around."""

from pathlib import Path

from model.bundle import RUNTIME, write_manifest


def stand_in(folder: Path, runtime: bytes = b"a network", **details: object) -> Path:
    """Write a model folder whose hashes are right; what it is called follows from its bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / RUNTIME).write_bytes(runtime)
    (folder / "notes.md").write_bytes(b"of " + runtime)
    write_manifest(folder, {"recipe": "stand-in", **details})
    return folder
