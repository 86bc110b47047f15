"""The network of ink goes from one model to the next: a reader that is trained anew keeps it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from model.bundle import (
    INK,
    INK_WEIGHTS,
    MOST_MODEL_BYTES,
    Bundle,
    extend_manifest,
    open_bundle,
    regular_bytes,
)
from model.errors import BundleInvalid

__all__ = ["CarriedInk", "found_ink", "give_ink"]


@dataclass(frozen=True, slots=True)
class CarriedInk:
    """A network of ink, as it was found before an hour of training: whatever becomes of its model meanwhile.

    Attributes
    ----------
    network : bytes
        What is run of it.
    weights : bytes or None
        Its weights, where they were kept.
    details : dict
        What its model's manifest says of it.
    """

    network: bytes
    weights: bytes | None
    details: dict[str, Any]


def found_ink(sources: Sequence[Path]) -> CarriedInk | None:
    """Return the network of ink of the first model that has one, as it is.

    Parameters
    ----------
    sources : sequence of Path
        Folders of models, the nearest first.

    Raises
    ------
    BundleInvalid
        One of `sources` is damaged or no model.
    """
    for source in sources:
        bundle = open_bundle(source)
        if bundle.ink is not None:
            return CarriedInk(bundle.ink, _weights(bundle), bundle.manifest.get("ink", {}))
    return None


def _weights(bundle: Bundle) -> bytes | None:
    if INK_WEIGHTS not in bundle.manifest["files"]:
        return None
    path = bundle.folder / INK_WEIGHTS
    try:
        return regular_bytes(path, most_bytes=MOST_MODEL_BYTES)
    except OSError as error:
        raise BundleInvalid(f"{path} cannot be read: {error.strerror}") from error


def give_ink(ink: CarriedInk | None, made: Path) -> None:
    """Give a new model a network of ink; where there is none, nothing is done.

    Parameters
    ----------
    ink : CarriedInk or None
        From :func:`found_ink`.
    made : Path
        Folder of the new model, with its manifest.
    """
    if ink is None:
        return
    (made / INK).write_bytes(ink.network)
    if ink.weights is not None:
        (made / INK_WEIGHTS).write_bytes(ink.weights)
    extend_manifest(made, ink=ink.details)
