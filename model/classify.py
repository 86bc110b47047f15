"""Glyphs to probabilities, by LiteRT: no TensorFlow, hundreds at a time."""

from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from model.bundle import MANIFEST, Bundle, open_bundle, shipped_bundle
from model.calibration import Calibration
from model.contract import CLASSES, GLYPH_SIDE, check_batch
from model.errors import BundleInvalid
from model.ink_runtime import PLANES, SORTS, TILE_PX, InkSorter
from model.runtime import CHUNK, Answers, LiteRtNetwork

__all__ = ["Classifier", "tempered"]

#: By how much the sum of a row of probabilities may miss 1: eleven steps of 1/256, rounded, miss it by less.
_SUM_TOLERANCE = 0.03


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
        answers = self._network.answers(_probes())
        _check_answers(answers.probabilities)
        if answers.embeddings is not None and not np.isfinite(answers.embeddings).all():
            raise ValueError("what it decides by is not finite")
        #: Tells sorts of ink apart; None in models that have no network for it.
        self.ink = None if bundle.ink is None else InkSorter(bundle.ink)
        if self.ink is not None:
            _check_answers(self.ink(_ink_probe()).reshape(-1, SORTS))

    @classmethod
    def load(cls, folder: Path | None = None) -> "Classifier":
        """Load a model folder, the shipped one when none is named.

        Raises
        ------
        BundleInvalid
            The folder is missing, damaged or no model of this kind.
        """
        return cls.of(open_bundle(folder or shipped_bundle()))

    @classmethod
    def of(cls, bundle: Bundle) -> "Classifier":
        """Load a model folder that is opened already.

        Raises
        ------
        BundleInvalid
            It is no model of this kind.
        """
        try:
            calibration = Calibration.from_manifest(bundle.manifest.get("calibration", {}))
        except (TypeError, ValueError) as error:
            raise BundleInvalid(f"{bundle.folder / MANIFEST}: calibration: {error}") from error
        try:
            return cls(bundle, calibration)
        except (ValueError, RuntimeError) as error:
            # The runtime says why in several lines.
            raise BundleInvalid(f"{bundle.folder} does not load: {' '.join(str(error).split())}") from error

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
        return self.look(batch).probabilities

    def look(self, batch: NDArray[np.float32]) -> Answers:
        """Classify glyphs as :meth:`predict` does, and tell what that was decided by, where the model can.

        Raises
        ------
        BatchInvalid
            Wrong shape, dtype or range.
        """
        check_batch(batch)
        answers = self._network.answers(batch)
        return replace(answers, probabilities=tempered(answers.probabilities, self.calibration.temperature))


@cache
def _probes() -> NDArray[np.float32]:
    """Return one call's worth of glyphs that a network has to have an answer to: blank, full, and between."""
    grey = np.linspace(0, 1, CHUNK, dtype=np.float32)[:, None, None]
    ramp = np.linspace(0, 1, GLYPH_SIDE, dtype=np.float32)
    return np.minimum(np.float32(1), grey * (ramp + ramp[:, None]))


@cache
def _ink_probe() -> NDArray[np.uint8]:
    """Return a tile of ink from none to full."""
    ramp = np.linspace(0, 255, TILE_PX, dtype=np.uint8)
    return np.repeat(np.minimum(ramp, ramp[:, None])[..., None], PLANES, axis=-1)


def _check_answers(rows: NDArray[np.float32]) -> None:
    """Raise ValueError unless these are probabilities: else each page would fail, and not the model."""
    if not np.isfinite(rows).all():
        raise ValueError("its answers are not finite")
    if rows.min() < 0 or np.abs(rows.sum(axis=1) - 1).max() > _SUM_TOLERANCE:
        raise ValueError("its answers are no probabilities: a row of them does not sum to 1")


def tempered(probabilities: NDArray[np.float32], temperature: float) -> NDArray[np.float32]:
    """Soften (or sharpen) rows of probabilities by a temperature: their logarithms are divided by it."""
    if temperature == 1.0 or not len(probabilities):
        return probabilities
    logits = np.log(np.maximum(probabilities, 1e-12)) / temperature
    logits -= logits.max(axis=1, keepdims=True)
    scaled = np.exp(logits)
    return np.asarray(scaled / scaled.sum(axis=1, keepdims=True), np.float32)
