"""The model that training goes on from: its weights, and where it was kept the state of its optimizer."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from model.architecture import ReaderWidths
from model.bundle import WEIGHTS, Bundle
from model.errors import BundleInvalid
from model.train import TrainConfig
from worker.errors import ModelRefused
from worker.promotion import checked_model
from worker.recipes import DIGITS_ALONE, DIGITS_ALONE_REASON

__all__ = ["OPTIMIZER", "Parent", "open_parent"]

#: The state of the optimizer, in a model's folder: kept where it is asked for, twice the size of the weights.
OPTIMIZER = "optimizer.npz"
#: What is known already needs no more than to be kept: a few passes,
EPOCHS = 4
#: in steps of a quarter of those of a new network, which would take it far from where it stands before
#: they become small.
LEARNING_RATE_SHARE = 0.25


@dataclass(frozen=True, slots=True)
class Parent:
    """A model that another one is to go on from.

    Attributes
    ----------
    bundle : Bundle
        As opened, every file checked.
    optimizer : Path or None
        The state of its optimizer; None where it was not kept.
    """

    bundle: Bundle
    optimizer: Path | None

    @property
    def folder(self) -> Path:
        """Where the model lies."""
        return self.bundle.folder

    def config(self, usual: TrainConfig) -> TrainConfig:
        """Return how training goes on, where a new network is trained as usual."""
        return replace(
            usual,
            epochs=min(EPOCHS, usual.epochs),
            learning_rate=LEARNING_RATE_SHARE * usual.learning_rate,
        )

    def described(self) -> dict[str, str | bool]:
        """Return what the manifest of the new model says of this one."""
        return {
            "id": self.bundle.id,
            "sha256": self.bundle.sha256,
            "optimizer": self.optimizer is not None,
        }

    def rounds(self) -> list[dict[str, Any]]:
        """Return what the new model's manifest says of all trainings that it goes on from, in their order.

        Of those of a model from before it was written down, only the last is known.
        """
        manifest = self.bundle.manifest
        sources = [
            {name: source[name] for name in ("name", "weight") if name in source}
            for source in manifest.get("sources", [])
        ]
        last = {
            "id": self.bundle.id,
            "sources": sources,
            "training": manifest.get("training", {}),
            "drawing": manifest.get("drawing", {}),
            "architecture": ReaderWidths.from_manifest(manifest).as_manifest(),
        }
        return [*manifest.get("rounds", []), last]


def open_parent(folder: Path) -> Parent:
    """Open a model to go on from.

    Parameters
    ----------
    folder : Path
        Of the model.

    Raises
    ------
    ModelRefused
        It is missing or damaged, has no weights, knows digits alone, or is of impossible widths.
    """
    bundle = checked_model(folder)
    if bundle.manifest.get("recipe") in DIGITS_ALONE:
        raise ModelRefused(f"training cannot go on from {folder}: {DIGITS_ALONE_REASON}")
    if WEIGHTS not in bundle.manifest["files"]:
        raise ModelRefused(f"training cannot go on from {folder}: it has no {WEIGHTS}")
    try:
        ReaderWidths.from_manifest(bundle.manifest)
    except BundleInvalid as error:
        raise ModelRefused(f"training cannot go on from {folder}: {error}") from error
    return Parent(bundle, folder / OPTIMIZER if OPTIMIZER in bundle.manifest["files"] else None)
