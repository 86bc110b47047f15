"""Glyphs to probabilities, by LiteRT: no TensorFlow, one call a page."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from model.bundle import MANIFEST, Bundle, open_bundle, shipped_bundle
from model.calibration import Calibration
from model.contract import CLASSES, check_batch
from model.errors import BundleInvalid
from model.runtime import LiteRtNetwork

__all__ = ["Classifier", "tempered"]


class Classifier:
    """A loaded model.

    Use :meth:`load`. Not thread-safe: one a process.

    Parameters
    ----------
    bundle : Bundle
        As opened and checked.
    calibration : Calibration
        As its manifest has it.
    """

    def __init__(self, bundle: Bundle, calibration: Calibration) -> None:
        self.bundle = bundle
        self.calibration = calibration
        self._network = LiteRtNetwork(bundle.runtime)
        if self._network.classes != CLASSES:
            raise ValueError(f"it has {self._network.classes} outputs, not {CLASSES}")

    @classmethod
    def load(cls, folder: Path | None = None) -> "Classifier":
        """Load a model folder, the shipped one when none is named.

        Raises
        ------
        BundleInvalid
            The folder is missing, damaged or no model of this kind.
        """
        bundle = open_bundle(folder or shipped_bundle())
        try:
            calibration = Calibration.from_manifest(bundle.manifest.get("calibration", {}))
        except (TypeError, ValueError) as error:
            raise BundleInvalid(f"{bundle.folder / MANIFEST}: calibration: {error}") from error
        try:
            return cls(bundle, calibration)
        except (ValueError, RuntimeError) as error:
            raise BundleInvalid(f"{bundle.folder} does not load: {error}") from error

    def predict(self, batch: NDArray[np.float32]) -> NDArray[np.float32]:
        """Classify glyphs.

        Parameters
        ----------
        batch : (N, 28, 28) float32 ndarray
            In [0, 1], ink = 1; N may be 0. Not modified.

        Returns
        -------
        (N, C) float32 ndarray
            Calibrated probabilities; rows sum to 1.

        Raises
        ------
        BatchInvalid
            Wrong shape, dtype or range.
        """
        check_batch(batch)
        return tempered(self._network.probabilities(batch), self.calibration.temperature)


def tempered(probabilities: NDArray[np.float32], temperature: float) -> NDArray[np.float32]:
    """Soften (or sharpen) rows of probabilities by a temperature: their logarithms are divided by it."""
    if temperature == 1.0 or not len(probabilities):
        return probabilities
    logits = np.log(np.maximum(probabilities, 1e-12)) / temperature
    logits -= logits.max(axis=1, keepdims=True)
    scaled = np.exp(logits)
    return np.asarray(scaled / scaled.sum(axis=1, keepdims=True), np.float32)
