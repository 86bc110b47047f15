"""The trained network of a model folder, as Keras has it."""

import hashlib
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from model.architecture import ReaderWidths, build_original, build_reader
from model.bundle import MANIFEST, WEIGHTS, Bundle, regular_bytes
from model.calibration import Calibration
from model.contract import CLASSES, DIGITS
from model.errors import BundleInvalid

if TYPE_CHECKING:
    import keras

__all__ = ["Trained", "called", "load_trained", "tempered"]

#: Glyphs a call.
CHUNK = 250


@dataclass(frozen=True, slots=True)
class Trained:
    """A model to export.

    Attributes
    ----------
    network : keras.Model
        As it was trained, batch normalization and all.
    temperature : float
        By which its logits are divided, above 0.
    model_id : str
        Of its manifest.
    """

    network: "keras.Model"
    temperature: float
    model_id: str

    def probabilities(self, batch: NDArray[np.float32]) -> NDArray[np.float32]:
        """Classify ``(N, 28, 28)`` glyphs by Keras: what every export is compared with."""
        return tempered(called(self.network, batch), self.temperature)


def called(network: "keras.Model", batch: NDArray[np.float32]) -> NDArray[np.float32]:
    """Call a network on ``(N, 28, 28)`` glyphs, some at a time; `predict` would trace it for each size."""
    parts = [
        np.asarray(network(batch[start : start + CHUNK, ..., None], training=False))
        for start in range(0, len(batch), CHUNK)
    ]
    return np.concatenate(parts)


def tempered(probabilities: NDArray[np.float32], temperature: float) -> NDArray[np.float32]:
    """Divide the logarithms of rows of probabilities by a temperature, and normalize them again."""
    logits = np.log(np.maximum(probabilities.astype(np.float64), 1e-300)) / temperature
    logits -= logits.max(axis=1, keepdims=True)
    scaled = np.exp(logits)
    return np.asarray(scaled / scaled.sum(axis=1, keepdims=True), np.float32)


def load_trained(bundle: Bundle) -> Trained:
    """Load the weights of a model folder into the network that they are of.

    Parameters
    ----------
    bundle : Bundle
        As opened and checked.

    Returns
    -------
    Trained
        The reader's network, or that of the project's origin with ten outputs or eleven.

    Raises
    ------
    BundleInvalid
        The weights are missing, are not what the manifest vouches for, or fit none of the networks.
    """
    weights = _vouched_for(bundle)
    try:
        widths = ReaderWidths.from_manifest(bundle.manifest)
    except BundleInvalid as error:
        raise BundleInvalid(f"{bundle.folder / MANIFEST}: {error}") from error
    try:
        temperature = Calibration.from_manifest(bundle.manifest.get("calibration", {})).temperature
    except ValueError as error:
        raise BundleInvalid(f"{bundle.folder}: calibration: {error}") from error
    with tempfile.TemporaryDirectory() as scratch:
        # What was hashed is what is parsed.
        copy = Path(scratch) / WEIGHTS
        copy.write_bytes(weights)
        network = _network_of(copy, widths)
    if network is None:
        raise BundleInvalid(
            f"{bundle.folder / WEIGHTS} fits none of the networks: the reader's, "
            f"or the original with {len(DIGITS)} or {CLASSES} outputs"
        )
    return Trained(network, temperature, bundle.id)


def _vouched_for(bundle: Bundle) -> bytes:
    """Return the weights, if they are those that the manifest has the hash of."""
    path = bundle.folder / WEIGHTS
    try:
        weights = regular_bytes(path)
        expected = bundle.manifest["files"][WEIGHTS]["sha256"]
    except OSError as error:
        raise BundleInvalid(f"{path} cannot be read: {error.strerror}") from error
    except (KeyError, TypeError):
        raise BundleInvalid(f"{bundle.folder}: its manifest names no hash of {WEIGHTS}") from None
    if hashlib.sha256(weights).hexdigest() != expected:
        raise BundleInvalid(f"{path} is damaged: its sha256 is not the one in the manifest")
    return weights


def _network_of(path: Path, widths: ReaderWidths) -> "keras.Model | None":
    for network in (build_reader(widths), build_original(), build_original(CLASSES)):
        try:
            network.load_weights(path)
        except (ValueError, OSError, KeyError):  # of another network, or no weights at all
            continue
        return network
    return None
