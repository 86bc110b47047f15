"""A trained network of ten outputs becomes a model folder: judged on the test digits, with its curves."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from model.architecture import build_original
from model.bundle import RUNTIME, WEIGHTS, write_manifest
from model.chatter import native_chatter_hidden
from model.contract import DIGITS, to_batch
from model.curves import PICTURE, Curve, Level, draw_curves
from model.dataset import Digits
from model.export.litert import converted
from model.fitting import never
from model.train_state import save_weights
from model.versions import versions_of_training

if TYPE_CHECKING:
    import keras

__all__ = ["Figures", "Training", "write_folder"]


@dataclass(frozen=True, slots=True)
class Figures:
    """What is printed of an epoch, or of the test.

    Attributes
    ----------
    loss : float
        Categorical cross-entropy, mean over the digits.
    accuracy : float
        Share of the digits that are right, 0..1.
    """

    loss: float
    accuracy: float

    def __str__(self) -> str:
        return f"loss {self.loss:.4f}, accuracy {100 * self.accuracy:.2f} %"


@dataclass(frozen=True, slots=True)
class Training:
    """What somebody wants of a recipe.

    Attributes
    ----------
    folder : Path
        Exists; is given what a model folder holds.
    digits : Digits
        To train on, and to judge by at the end.
    epochs : int or None
        Instead of the recipe's own.
    seed : int
        Of weights, order and drawing.
    details : dict
        What else the manifest should tell: recipe, data.
    say : callable
        Told the figures of each epoch, and of the test.
    stopped : callable
        Asked again and again whether the training is to stop; it then ends in KeyboardInterrupt.
    """

    folder: Path
    digits: Digits
    epochs: int | None
    seed: int
    details: dict[str, Any]
    say: Callable[[str], None]
    stopped: Callable[[], bool] = never


def write_folder(
    training: Training,
    network: "keras.Model",
    course: Sequence[Figures],
    settings: dict[str, Any],
    *,
    published: Sequence[Figures] = (),
) -> None:
    """Judge a network on the test digits, and write what a model folder holds.

    Parameters
    ----------
    training : Training
        What it was trained for.
    network : keras.Model
        Of the origin's shape with ten outputs, trained. Not modified.
    course : sequence of Figures
        Of each epoch, over the training digits.
    settings : dict
        Of the training, for the manifest.
    published : sequence of Figures
        Of the origin: its epochs and at last its test; drawn beside the others.
    """
    folder, digits = training.folder, training.digits

    # In float32, as it is read, whatever it was trained in. Uncompiled: the optimizer's state is
    # twice the size of the weights and no use to readers.
    bare = build_original(len(DIGITS))
    bare.set_weights(network.get_weights())
    test = _judged(bare, digits)
    beside = f" (published: {published[-1]})" if published else ""
    training.say(f"test, {len(digits.test_labels):,} digits: {test}{beside}")
    save_weights(bare, folder / WEIGHTS)
    with native_chatter_hidden():
        (folder / RUNTIME).write_bytes(converted(bare))
    _draw_curves(folder / PICTURE, course, published, test)
    metrics = {
        "glyphs": len(digits.test_labels),
        "digit_accuracy": test.accuracy,
        "test_loss": test.loss,
        "epochs": [{"epoch": k + 1, **asdict(figures)} for k, figures in enumerate(course)],
    }
    write_manifest(
        folder,
        {
            **training.details,
            "training": settings,
            "outputs": len(DIGITS),
            "metrics": metrics,
            "versions": versions_of_training(),
        },
    )


def _judged(network: "keras.Model", digits: Digits) -> Figures:
    told = network.predict(to_batch(digits.test_images)[..., None], batch_size=500, verbose=0)
    own = told[np.arange(len(told)), digits.test_labels].astype(np.float64)
    right = told.argmax(axis=1) == digits.test_labels
    # As Keras' categorical cross-entropy does: what is said to be impossible costs 16, not infinity.
    return Figures(float(-np.log(np.maximum(own, 1e-7)).mean()), float(right.mean()))


def _draw_curves(path: Path, course: Sequence[Figures], published: Sequence[Figures], test: Figures) -> None:
    panels, levels = {}, {}
    for axis, measured, unit in (("loss", "loss", 1), ("accuracy, %", "accuracy", 100)):
        own, others, (last,) = (
            [unit * float(getattr(figures, measured)) for figures in line]
            for line in (course, published[:-1], [test])
        )
        panels[axis] = [Curve("training", own, "o-"), Curve("published", others, "x:")]
        levels[axis] = Level("test, at the end", last)
    draw_curves(path, panels, levels=levels)
