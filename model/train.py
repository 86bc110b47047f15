"""Glyphs to a model folder: fit, calibrate, convert, and write the manifest."""

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.architecture import READER_WIDTHS, ReaderWidths, build_reader
from model.balance import balancing, shift_not_a_digit
from model.bundle import RUNTIME, WEIGHTS, write_manifest
from model.chatter import native_chatter_hidden
from model.contract import CLASSES, NOT_A_DIGIT, to_batch
from model.course import EpochReport, TrainConfig, follow_course
from model.curves import PICTURE, Curve, draw_curves
from model.errors import DataInvalid
from model.export.litert import converted, quantized
from model.fitting import STEPS_A_CALL, loaded_keras, never
from model.glyphs import Glyphs
from model.makes import fit_makes
from model.parts import in_parts
from model.precision import quick_precision, trained_in
from model.runtime_choice import RuntimeChoice, choose_runtime
from model.train_state import (
    load_optimizer,
    load_weights,
    load_widths,
    save_optimizer,
    save_weights,
    shortened,
)
from model.train_watch import LossWatch
from model.versions import versions_of_training

__all__ = ["EpochReport", "TrainConfig", "train_bundle"]


#: Training glyphs that tell how large values become inside the network, for eight bits.
SAMPLES = 1000
#: In the seed of how a network is widened.
WIDENED = 1


def train_bundle(
    folder: Path,
    training: Glyphs,
    held_out: Glyphs,
    test: Glyphs,
    config: TrainConfig,
    *,
    details: dict[str, Any],
    on_epoch: Callable[[EpochReport], None],
    start: Path | None = None,
    wider: float = 1.0,
    optimizer: Path | None = None,
    keep_optimizer: Path | None = None,
    stopped: Callable[[], bool] = never,
) -> Path:
    """Train a network and write it as a model folder.

    Parameters
    ----------
    folder : Path
        Exists; is given the runtime file, the weights, a figure and the manifest.
    training, held_out, test : Glyphs
        To fit on, to calibrate by, and to judge by. No digit image stands behind two of them.
    config : TrainConfig
        Of the training.
    details : dict
        What else the manifest should tell: recipe, data.
    on_epoch : callable
        Told the figures of each epoch.
    start : Path, optional
        A model folder to go on from, instead of weights by chance.
    wider : float
        How many times as wide as that of `start` the network is to be, from 1.
    optimizer : Path, optional
        The optimizer's state to go on with, as `keep_optimizer` wrote it.
    keep_optimizer : Path, optional
        Where to write the optimizer's state at the end.
    stopped : callable
        Asked again and again whether the training is to stop; it then ends in KeyboardInterrupt.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    TrainingUnavailable
        TensorFlow is not installed.
    DataInvalid
        There is nothing to fit on.
    BundleInvalid
        `start` or `optimizer` do not fit the network.
    TrainingDiverged
        The loss was no number.
    """
    keras = loaded_keras(parted=True)
    counts = [len(glyphs.images) for glyphs in (training, held_out, test)]
    if not all(counts):
        raise DataInvalid("{} glyphs to train on, {} to calibrate and {} to judge by".format(*counts))
    before = None if start is None else _said_by(start, held_out)
    keras.utils.set_random_seed(config.seed)
    widths = READER_WIDTHS if start is None else load_widths(start).wider(wider)
    precision = quick_precision()
    with trained_in(precision):
        network = build_reader(widths, dropout=config.dropout)
    if start is not None:
        load_weights(network, start, widths, np.random.default_rng([config.seed, WIDENED]))
    learner = in_parts(network, min(config.batch, len(training.images)))
    _compile(learner, config, len(training.images))
    if optimizer is not None:
        load_optimizer(learner.optimizer, network, optimizer)
    watch = LossWatch(on_epoch, stopped)
    with watch.told():
        reports, left_out = follow_course(
            learner, training, held_out, config, watch.on_epoch, watch.stopped, knows=start is not None
        )
    if keep_optimizer is not None:
        save_optimizer(learner.optimizer, keep_optimizer)
    network = _as_read(network, widths)
    balance = 0.0
    if before is not None:
        balance = balancing(before, _predict(network, held_out), held_out.labels)
        shift_not_a_digit(network, balance)
    network.set_weights(shortened(network.get_weights()))
    save_weights(network, folder / WEIGHTS)
    calibration = _calibration(network, held_out)
    choice = _runtime(network, training, held_out, calibration["temperature"])
    (folder / RUNTIME).write_bytes(choice.runtime)
    _draw_curves(folder / PICTURE, reports)
    course = {**asdict(config), "precision": precision, "left_out": left_out, "balance": balance}
    found = {
        "architecture": widths.as_manifest(),
        "training": course,
        "calibration": calibration,
        "runtime": choice.details(),
        "metrics": {**_metrics(network, test), "epochs": [asdict(report) for report in reports]},
        "versions": versions_of_training(),
    }
    write_manifest(folder, {**details, **found})
    return folder


def _runtime(network: Any, training: Glyphs, held_out: Glyphs, temperature: float) -> RuntimeChoice:
    """Convert the network in float and in eight bits, and choose by the held-out glyphs."""
    samples = to_batch(training.images[:: max(1, len(training.images) // SAMPLES)])
    with native_chatter_hidden():
        return choose_runtime(
            converted(network),
            quantized(network, samples),
            to_batch(held_out.images),
            held_out.labels,
            temperature=temperature,
        )


def _compile(network: Any, config: TrainConfig, count: int) -> None:
    import keras

    steps = max(1, -(-count // config.batch))
    schedule = keras.optimizers.schedules.CosineDecay(config.learning_rate, config.epochs * steps)
    network.compile(
        optimizer=keras.optimizers.Adam(schedule),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
        steps_per_execution=min(STEPS_A_CALL, steps),
    )


def _as_read(network: Any, widths: ReaderWidths) -> Any:
    """Return the network in float32, without what is there for training alone.

    It is not compiled: the optimizer's state is twice the size of the weights and no use to readers.
    """
    bare = build_reader(widths)
    bare.set_weights(network.get_weights())
    return bare


def _said_by(model: Path, glyphs: Glyphs) -> NDArray[np.float64]:
    """Return what a model says as it is read by: neither widened, nor in the precision of a training."""
    widths = load_widths(model)
    network = build_reader(widths)
    load_weights(network, model, widths)
    return _predict(network, glyphs)


def _predict(network: Any, glyphs: Glyphs) -> NDArray[np.float64]:
    predicted = network.predict(to_batch(glyphs.images)[..., None], batch_size=512, verbose=0)
    return np.asarray(predicted, np.float64)


def _calibration(network: Any, held_out: Glyphs) -> dict[str, Any]:
    """Fit the temperature that makes held-out glyphs likeliest (Guo et al., 2017), and count makes."""
    logits = np.log(np.maximum(_predict(network, held_out), 1e-12))
    best, chosen = np.inf, 1.0
    for temperature in np.geomspace(0.5, 3.0, 61):
        scaled = logits / temperature
        scaled -= scaled.max(axis=1, keepdims=True)
        own = scaled[np.arange(len(scaled)), held_out.labels]
        loss = float((np.log(np.exp(scaled).sum(axis=1)) - own).mean())
        if loss < best:
            best, chosen = loss, float(temperature)
    makes = fit_makes(held_out.labels, held_out.makes, CLASSES)
    return {"temperature": round(chosen, 4), "makes": makes.round(5).tolist()}


def _metrics(network: Any, test: Glyphs) -> dict[str, float]:
    predicted = _predict(network, test).argmax(axis=1)
    digit = test.labels != NOT_A_DIGIT
    right = predicted == test.labels
    return {
        "glyphs": len(right),
        "digit_accuracy": float(right[digit].mean()) if digit.any() else 0.0,
        "digits_rejected": float((predicted[digit] == NOT_A_DIGIT).mean()) if digit.any() else 0.0,
        "not_a_digit_rejected": float(right[~digit].mean()) if (~digit).any() else 0.0,
    }


def _draw_curves(path: Path, reports: list[EpochReport]) -> None:
    """Draw the course; figures of bent glyphs beside those of held-out ones, which are not bent."""
    loss = [Curve("training", [each.loss for each in reports])]
    loss.append(Curve("held out", [each.held_out_loss for each in reports]))
    accuracy = [Curve("training", [100 * each.accuracy for each in reports])]
    accuracy.append(Curve("held out", [100 * each.held_out_accuracy for each in reports]))
    draw_curves(path, {"loss": loss, "accuracy, %": accuracy})
