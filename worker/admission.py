"""How a model comes into the registry: grown or copied beside the others, checked, then given its name."""

import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from model.bundle import MANIFEST, open_bundle, shipped_bundle
from model.errors import BundleInvalid
from model.registry import CURRENT_NAME, SHIPPED_NAME, Change, check_files, is_model_name, manifest_sha256
from worker.durable_folders import make_folder
from worker.errors import ModelRefused, UsageError
from worker.folder_lock import folder_lock
from worker.growing import growing_folder
from worker.model_catalog import model_named
from worker.promotion import Registry, check_reads, checked_model, registry_writable

__all__ = ["admit", "check_name", "free_name", "new_place", "promote_named", "settle"]


def promote_named(registry: Registry, wanted: str, *, reason: str = "") -> Change:
    """Promote a model by name, id or folder; one from outside is copied, once it is known that it can read.

    Parameters
    ----------
    registry : Registry
        Where it is to read.
    wanted : str
        As :func:`worker.model_catalog.model_named` takes it, or ``shipped``.
    reason : str
        Why, for the history.

    Raises
    ------
    ModelRefused
        There is no such model, it is damaged, or cannot read pages.
    OutputNotWritable
        The registry cannot be written.
    """
    if wanted == SHIPPED_NAME:
        return registry.promote(wanted, reason=reason)
    folder = model_named(registry, wanted)
    if folder == shipped_bundle():  # which is the current one, and was named so
        return registry.promote(SHIPPED_NAME, reason=reason)
    if folder.absolute().parent == registry.folder:
        return registry.promote(folder.name, reason=reason)
    check_reads(checked_model(folder), str(folder))
    return registry.promote(admit(registry, folder), reason=reason)


def admit(registry: Registry, folder: Path, name: str | None = None) -> str:
    """Take a copy of a model into the registry: of what its manifest vouches for, and nothing else.

    Parameters
    ----------
    registry : Registry
        Where it goes.
    folder : Path
        A model folder; every file is checked against its manifest.
    name : str, optional
        What it is to be called, by default its id. A number is added where that is taken.

    Returns
    -------
    str
        Its name; that of the same model where it is there already and no name is given. A damaged copy of
        it there is put aside, and makes room for this one.

    Raises
    ------
    ModelRefused
        The model is missing or damaged, or no model can have its id, which would be its name.
    OutputNotWritable
        The registry cannot be written.
    UsageError
        No model can have the name that was given.
    """
    bundle, damaged = checked_model(folder), list[str]()
    if name is None:
        if not is_model_name(bundle.id):
            raise ModelRefused(f"{folder / MANIFEST}: no model can have the id {bundle.id[:100]!r}")
        digest = manifest_sha256(folder)
        same = [known for known in registry.names() if _manifest_of(registry.folder / known) == digest]
        damaged = [known for known in same if not _is_whole(registry.folder / known)]
        if len(damaged) < len(same):
            return next(known for known in same if known not in damaged)
    with new_place(registry) as scratch:
        with registry_writable(registry.folder):
            for file in (MANIFEST, *bundle.manifest["files"]):
                shutil.copyfile(folder / file, scratch / file)
            if damaged:  # whoever promoted that one gets what was promoted, under its name
                _put_aside(registry, damaged[0])
        if damaged:
            return settle(registry, scratch, damaged[0])
        return settle(registry, scratch, name or bundle.id)


def _manifest_of(folder: Path) -> str | None:
    with suppress(BundleInvalid):
        return manifest_sha256(folder)
    return None


def _is_whole(folder: Path) -> bool:
    try:
        check_files(open_bundle(folder))
    except BundleInvalid:
        return False
    return True


def _put_aside(registry: Registry, name: str) -> None:
    with folder_lock(registry.folder):
        (registry.folder / name).rename(registry.folder / free_name(registry, f"{name}-damaged"))


@contextmanager
def new_place(registry: Registry) -> Iterator[Path]:
    """Give an empty folder in which a model can grow, beside the others and seen by nobody.

    Raises
    ------
    OutputNotWritable
        The registry cannot be written.
    """
    with ExitStack() as stack:
        with registry_writable(registry.folder):
            make_folder(registry.folder)
            place = stack.enter_context(growing_folder(registry.folder))
        yield place


def settle(registry: Registry, scratch: Path, name: str) -> str:
    """Give a model that grew in :func:`new_place` its name, or one like it where that is taken.

    Raises
    ------
    ModelRefused
        It is not whole.
    OutputNotWritable
        The registry cannot be written.
    UsageError
        No model can have this name.
    """
    check_name(name)
    checked_model(scratch)
    with registry_writable(registry.folder):
        _force_to_disk(scratch)
        scratch.chmod(0o755)
        with folder_lock(registry.folder):
            place = registry.folder / free_name(registry, name)
            scratch.rename(place)
    return place.name


def free_name(registry: Registry, name: str) -> str:
    """Return what a model would be called now: its name, or one like it where that is taken."""
    found, number = name, 1
    while os.path.lexists(registry.folder / found):
        number += 1
        found = f"{name}-{number}"
    return found


def check_name(name: str) -> None:
    """Refuse what no model of a registry can be called.

    Raises
    ------
    UsageError
        It is no plain name.
    """
    if not is_model_name(name):
        raise UsageError(
            f"no model can be called {name!r}",
            remedy="A name has letters, digits, dots, dashes, begins with a letter or digit, "
            f"and is none of {CURRENT_NAME}, {SHIPPED_NAME}.",
        )


def _force_to_disk(folder: Path) -> None:
    """Force a model's files to the disk before it gets its name, after which it can be promoted."""
    for path in (*folder.iterdir(), folder):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
