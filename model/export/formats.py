"""One model, seven formats: each is written, loaded back by its own runtime, and compared with Keras."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from model.errors import ExportFailed, RuntimeMissing
from model.export.browser import find_browser
from model.export.keras_files import read_keras, write_keras
from model.export.litert import LiteRtReader, write_litert, write_litert_int8
from model.export.onnx_graph import read_onnx, write_onnx
from model.export.plain import PlainNetwork, plain_network
from model.export.specimens import Specimens
from model.export.tensorflow_graph import read_saved_model, write_saved_model
from model.export.tfjs import read_tfjs, write_tfjs
from model.export.trained import Trained

__all__ = ["FLOAT_TOLERANCE", "FORMATS", "INT8_TOLERANCE", "ExportReport", "export_model"]

Floats = NDArray[np.float32]

#: The largest difference of any probability of a float format from Keras's.
FLOAT_TOLERANCE = 1e-4
#: Share of digits that eight bits may cost.
INT8_TOLERANCE = 0.001
#: Rounding of a share of digits must not refuse what lies on the limit.
_ROUNDING = 1e-9
#: Runs of which the fastest counts: other programs only ever make one slower.
_TIMED_RUNS = 3


@dataclass(frozen=True, slots=True)
class ExportReport:
    """What the comparison with Keras gave.

    Attributes
    ----------
    format : str
        As it was asked for.
    model : str
        Id of the model.
    digits : int
        How many were compared.
    data : str
        Which these were, for people.
    largest_difference : float
        Of any probability from Keras's.
    accuracy, keras_accuracy : float
        Share of the digits that are read right by the export and by Keras, 0..1.
    us_per_digit : float or None
        Time of one thread for a digit, in microseconds; measured for LiteRT only.
    float_us_per_digit : float or None
        The same of the float model, measured beside that in eight bits.
    """

    format: str
    model: str
    digits: int
    data: str
    largest_difference: float
    accuracy: float
    keras_accuracy: float
    us_per_digit: float | None = None
    float_us_per_digit: float | None = None


@dataclass(frozen=True, slots=True)
class _Export:
    """Everything that a format may need to be written and to be loaded back."""

    trained: Trained
    plain: PlainNetwork
    specimens: Specimens
    path: Path
    tfjs: Path | None


@dataclass(frozen=True, slots=True)
class _Format:
    """How a format is written and loaded back, and what has to be installed for that."""

    write: Callable[[_Export], None]
    read: Callable[[_Export, Floats], Floats]
    needs: tuple[str, ...] = ()


def _read_tfjs(export: _Export, batch: Floats) -> Floats:
    if export.tfjs is None or not export.tfjs.is_file():
        raise RuntimeMissing(
            f"there is no TensorFlow.js to load the export with: {export.tfjs}",
            remedy="`make tfjs` fetches it; --tfjs names a tf.min.js of npm's @tensorflow/tfjs.",
        )
    return read_tfjs(export.path, batch, library=export.tfjs, browser=find_browser())


def _read_litert(export: _Export, batch: Floats) -> Floats:
    return LiteRtReader(export.path).probabilities(batch)


_KERAS = _Format(
    lambda export: write_keras(export.trained, export.path),
    lambda export, batch: read_keras(export.path, batch),
)
#: By name; `worker.export_formats` has the names for those who must not load any of this.
FORMATS: dict[str, _Format] = {
    "keras": _KERAS,
    "h5": _KERAS,
    "savedmodel": _Format(
        lambda export: write_saved_model(export.plain, export.path),
        lambda export, batch: read_saved_model(export.path, batch),
    ),
    "tflite": _Format(lambda export: write_litert(export.plain, export.path), _read_litert),
    "tflite-int8": _Format(
        lambda export: write_litert_int8(export.plain, export.path, export.specimens.representative),
        _read_litert,
    ),
    "onnx": _Format(
        lambda export: write_onnx(export.plain, export.path),
        lambda export, batch: read_onnx(export.path, batch),
        needs=("onnx", "onnxruntime"),
    ),
    "tfjs": _Format(lambda export: write_tfjs(export.plain, export.path), _read_tfjs),
}


def export_model(
    trained: Trained, name: str, path: Path, specimens: Specimens, *, tfjs: Path | None = None
) -> ExportReport:
    """Write a model in another format, load it back and compare it with Keras.

    Parameters
    ----------
    trained : Trained
        The model. Not modified.
    name : str
        One of :data:`FORMATS`.
    path : Path
        Of the file or folder; it must not exist. Whoever calls removes it when this raises.
    specimens : Specimens
        Digits to compare on.
    tfjs : Path, optional
        TensorFlow.js, to load an export for it with.

    Returns
    -------
    ExportReport
        What the comparison gave: it was passed.

    Raises
    ------
    RuntimeMissing
        Something that has to be installed is not.
    ExportFailed
        The export does not load, or does not give what the model gives.
    """
    kind = FORMATS[name]
    if missing := [module for module in kind.needs if find_spec(module) is None]:
        raise RuntimeMissing(
            f"the format {name} needs {' and '.join(missing)}, not installed here",
            remedy="In the clone: `pip install '.[train,export]'`, or `make train-env`.",
        )
    plain = plain_network(trained.network, trained.model_id, temperature=trained.temperature)
    export = _Export(trained, plain, specimens, path, tfjs)
    kind.write(export)
    answers = kind.read(export, specimens.batch)
    report = _compared(name, trained, specimens, answers)
    return _timed(report, export) if name.startswith("tflite") else report


def _compared(name: str, trained: Trained, specimens: Specimens, answers: Floats) -> ExportReport:
    """Hold the answers against Keras's, and raise when they are others."""
    expected = trained.probabilities(specimens.batch)
    if answers.shape != expected.shape or not np.isfinite(answers).all():
        raise ExportFailed(f"the export to {name} gives no probabilities of {expected.shape[1]} classes")
    report = ExportReport(
        name,
        trained.model_id,
        len(specimens.labels),
        specimens.data,
        float(np.abs(answers - expected).max()),
        _accuracy(answers, specimens),
        _accuracy(expected, specimens),
    )
    lost = report.keras_accuracy - report.accuracy
    if name == "tflite-int8":
        if lost > INT8_TOLERANCE + _ROUNDING:
            raise ExportFailed(
                f"in eight bits {100 * report.accuracy:.2f} % of {report.digits} digits are read, in float "
                f"{100 * report.keras_accuracy:.2f} %: more than {100 * INT8_TOLERANCE:g} points are lost"
            )
    elif report.largest_difference > FLOAT_TOLERANCE:
        raise ExportFailed(
            f"the export to {name} differs from Keras by {report.largest_difference:.2g} "
            f"on {report.digits} digits; {FLOAT_TOLERANCE:g} is allowed"
        )
    return report


def _accuracy(answers: Floats, specimens: Specimens) -> float:
    return float((answers.argmax(axis=1) == specimens.labels).mean())


def _timed(report: ExportReport, export: _Export) -> ExportReport:
    """Measure LiteRT on one thread, and beside eight bits the float model in the same run."""
    batch = export.specimens.batch
    own = _us_per_digit(partial(LiteRtReader(export.path).probabilities, batch), len(batch))
    if report.format == "tflite":
        return replace(report, us_per_digit=own)
    beside = export.path.with_name("float.tflite")
    write_litert(export.plain, beside)
    other = _us_per_digit(partial(LiteRtReader(beside).probabilities, batch), len(batch))
    beside.unlink()
    return replace(report, us_per_digit=own, float_us_per_digit=other)


def _us_per_digit(read: Callable[[], object], digits: int) -> float:
    times = []
    for _ in range(_TIMED_RUNS):
        start = perf_counter()
        read()
        times.append(perf_counter() - start)
    return 1e6 * min(times) / digits
