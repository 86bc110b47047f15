"""``mnist``: the network of the project's origin at its best, by drawing, schedule and averaged weights."""

import math
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.architecture import build_original
from model.contract import DIGITS, to_batch
from model.dataset import Digits
from model.fitting import fit, loaded_keras, never
from model.precision import quick_precision, trained_in
from model.recipe_augment import PENS, REWRITTEN, changed, with_other_pens
from model.recipe_folder import Figures, write_folder

__all__ = ["EPOCHS", "train_mnist"]

Floats = NDArray[np.float32]

#: More gain little: the figures stand in docs/accuracy.md.
EPOCHS = 60
BATCH = 128
#: At its highest, after the first epoch; from there it falls to zero along half a cosine.
LEARNING_RATE = 2e-3
#: Steps that are taken in one call: Python's share of each is saved.
STEPS_A_CALL = 16
#: How far digits are changed in the last epoch, beside the first: a small network that is busy with
#: what nobody writes has less left for what people do.
LAST_STRENGTH = 0.3
#: Epochs that the average of the weights reaches back.
AVERAGED_EPOCHS = 2


def train_mnist(
    folder: Path,
    digits: Digits,
    *,
    epochs: int | None,
    seed: int,
    details: dict[str, Any],
    say: Callable[[str], None],
    stopped: Callable[[], bool] = never,
) -> Path:
    """Train on digits that are drawn anew each epoch, and keep the average of the weights.

    Parameters
    ----------
    folder : Path
        Exists; is given what a model folder holds.
    digits : Digits
        Those to train on are changed; those to judge by are taken as they are.
    epochs : int or None
        Instead of :data:`EPOCHS`.
    seed : int
        Of weights, order and drawing.
    details : dict
        What else the manifest should tell: recipe, data.
    say : callable
        Told the figures of each epoch, over changed digits, and of the test.
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
    """
    keras = loaded_keras()
    epochs = EPOCHS if epochs is None else epochs
    batch = min(BATCH, len(digits.train_labels))
    steps = len(digits.train_labels) // batch
    keras.utils.set_random_seed(seed)
    precision = quick_precision()
    with trained_in(precision):
        network = build_original(len(DIGITS))
    schedule = keras.optimizers.schedules.CosineDecay(
        LEARNING_RATE / steps, max(1, (epochs - 1) * steps), warmup_target=LEARNING_RATE, warmup_steps=steps
    )
    kept = 1 - 1 / (AVERAGED_EPOCHS * steps)
    optimizer = keras.optimizers.Adam(schedule, use_ema=True, ema_momentum=kept)
    network.compile(
        optimizer=optimizer,
        loss="categorical_crossentropy",
        metrics=["accuracy"],
        steps_per_execution=min(STEPS_A_CALL, steps),
    )
    say(f"{network.count_params():,} parameters, {epochs} epochs of {steps} batches of {batch}, {precision}")
    # Few epochs do not pay for writing every digit with every pen.
    often = epochs * REWRITTEN > PENS
    pens = (
        with_other_pens(np.random.default_rng([seed, epochs]), digits.train_images, stopped)
        if often
        else None
    )
    course: list[Figures] = []

    def report(epoch: int, logs: dict[str, float]) -> None:
        course.append(Figures(float(logs["loss"]), float(logs["accuracy"])))
        say(f"epoch {epoch + 1}/{epochs}: {course[-1]}")

    # fit() puts the averaged weights in the place of the last ones when it ends.
    fit(
        network,
        _batches(digits, pens, epochs=epochs, batch=batch, seed=seed),
        steps_per_epoch=steps,
        epochs=epochs,
        shuffle=False,
        on_epoch=report,
        stopped=stopped,
    )
    training = {
        "epochs": epochs,
        "batch": batch,
        "learning_rate": LEARNING_RATE,
        "averaged_epochs": AVERAGED_EPOCHS,
        "precision": precision,
        "last_strength": LAST_STRENGTH,
        "seed": seed,
    }
    return write_folder(folder, network, digits, course, details={**details, "training": training}, say=say)


def _strength(epoch: int, epochs: int) -> float:
    """Return how far digits are changed: less and less, along half a cosine, as the steps are."""
    done = epoch / max(1, epochs - 1)
    return LAST_STRENGTH + (1 - LAST_STRENGTH) * (1 + math.cos(math.pi * done)) / 2


def _batches(
    digits: Digits, pens: NDArray[np.uint8] | None, *, epochs: int, batch: int, seed: int
) -> Iterator[tuple[Floats, Floats]]:
    """Give the batches of all epochs; while one is trained on, the next one is drawn beside it.

    What does not fill a batch at the end of an epoch is left out; the order changes each time.
    """
    wanted = np.eye(len(DIGITS), dtype=np.float32)

    def drawn(epoch: int) -> tuple[NDArray[np.uint8], NDArray[np.intp]]:
        rng = np.random.default_rng([seed, epoch])
        order = rng.permutation(len(digits.train_labels))
        written = None if pens is None else pens[:, order]
        return changed(rng, digits.train_images[order], written, strength=_strength(epoch, epochs)), order

    with ThreadPoolExecutor(1) as painter:
        coming = painter.submit(drawn, 0)
        for epoch in range(epochs):
            images, order = coming.result()
            if epoch + 1 < epochs:
                coming = painter.submit(drawn, epoch + 1)
            for start in range(0, len(order) - batch + 1, batch):
                labels = digits.train_labels[order[start : start + batch]]
                yield to_batch(images[start : start + batch])[..., None], wanted[labels]
