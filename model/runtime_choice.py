"""In what a model reads, float or eight bits: decided by glyphs that were held out of its training."""

from dataclasses import dataclass
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.classify import tempered
from model.errors import DataInvalid
from model.runtime import LiteRtNetwork

__all__ = ["ACCURACY_TOLERANCE", "LOSS_TOLERANCE", "RuntimeChoice", "choose_runtime"]

Floats = NDArray[np.float32]

#: Share of the glyphs that eight bits may cost.
ACCURACY_TOLERANCE = 0.0005
#: By what share of its value the log-loss may rise in eight bits.
LOSS_TOLERANCE = 0.01
#: No probability counts as smaller than this, as in reading.
_LEAST = 1e-9
#: A share of glyphs that lies on the limit is not refused for its rounding.
_ROUNDING = 1e-9
#: Turns in which the two are timed one after the other; the quickest of each counts, because other
#: programs only ever make one slower.
_TURNS = 5
#: Glyphs that are timed: some pages' worth.
_TIMED = 2048


@dataclass(frozen=True, slots=True)
class RuntimeChoice:
    """What a model reads with, and what that was decided by.

    Attributes
    ----------
    runtime : bytes
        The runtime file: one of the two.
    precision : str
        ``"float32"`` or ``"int8"``.
    glyphs : int
        Held-out glyphs that both were given.
    accuracy_float, accuracy_int8 : float
        Share of these that either reads right, 0..1.
    log_loss_float, log_loss_int8 : float
        Mean negative log-probability of what they are.
    speed_ratio : float
        Time of float over time of eight bits, on one thread.
    """

    runtime: bytes
    precision: str
    glyphs: int
    accuracy_float: float
    accuracy_int8: float
    log_loss_float: float
    log_loss_int8: float
    speed_ratio: float

    def details(self) -> dict[str, Any]:
        """Return what a manifest says of it, under ``runtime``: all but the file."""
        return {
            "precision": self.precision,
            "glyphs": self.glyphs,
            "accuracy_float": round(self.accuracy_float, 6),
            "accuracy_int8": round(self.accuracy_int8, 6),
            "log_loss_float": round(self.log_loss_float, 6),
            "log_loss_int8": round(self.log_loss_int8, 6),
            "speed_ratio": round(self.speed_ratio, 2),
        }


def choose_runtime(
    float_bytes: bytes,
    int8_bytes: bytes,
    batch: Floats,
    labels: NDArray[np.int64],
    *,
    temperature: float = 1.0,
) -> RuntimeChoice:
    """Choose eight bits where they are quicker and read no worse, else float.

    Parameters
    ----------
    float_bytes, int8_bytes : bytes
        The same network as LiteRT files.
    batch : (N, 28, 28) float32 ndarray
        Held-out glyphs, N > 0, in [0, 1], ink = 1.
    labels : (N,) int64 ndarray
        Class indices.
    temperature : float
        By which both are tempered, as in reading.

    Returns
    -------
    RuntimeChoice
        Eight bits, if their accuracy is at most 0.05 points lower, their log-loss at most 1 % higher,
        and they are quicker. The figures are always the same; what is quicker, the machine says.

    Raises
    ------
    DataInvalid
        There is nothing to decide by.
    ValueError
        One of the files is no network from glyphs to probabilities.
    """
    if not len(batch):
        raise DataInvalid("there are no held-out glyphs to choose between float and eight bits by")
    in_float, in_int8 = LiteRtNetwork(float_bytes), LiteRtNetwork(int8_bytes)
    right, loss = _judged(tempered(in_float.probabilities(batch), temperature), labels)
    right_int8, loss_int8 = _judged(tempered(in_int8.probabilities(batch), temperature), labels)
    ratio = _speed_ratio(in_float, in_int8, batch[:_TIMED])
    as_right = right_int8 >= right - ACCURACY_TOLERANCE - _ROUNDING
    as_sure = loss_int8 <= loss * (1 + LOSS_TOLERANCE)
    chosen, precision = (
        (int8_bytes, "int8") if as_right and as_sure and ratio > 1 else (float_bytes, "float32")
    )
    return RuntimeChoice(chosen, precision, len(batch), right, right_int8, loss, loss_int8, ratio)


def _judged(probabilities: Floats, labels: NDArray[np.int64]) -> tuple[float, float]:
    """Return accuracy and log-loss."""
    own = np.maximum(probabilities[np.arange(len(labels)), labels], _LEAST)
    return float((probabilities.argmax(axis=1) == labels).mean()), float(-np.log(own).mean())


def _speed_ratio(slow: LiteRtNetwork, quick: LiteRtNetwork, batch: Floats) -> float:
    times = [(_seconds(slow, batch), _seconds(quick, batch)) for _ in range(_TURNS)]
    return min(one for one, _ in times) / min(other for _, other in times)


def _seconds(network: LiteRtNetwork, batch: Floats) -> float:
    start = perf_counter()
    network.probabilities(batch)
    return perf_counter() - start
