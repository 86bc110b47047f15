"""A trained network of ten outputs becomes a model folder: judged on the test digits, with its curves."""

import platform
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from model.architecture import build_original
from model.bundle import RUNTIME, WEIGHTS, write_manifest
from model.chatter import native_chatter_hidden
from model.contract import DIGITS, to_batch
from model.dataset import Digits
from model.export.litert import converted
from model.train_state import save_weights

if TYPE_CHECKING:
    import keras

__all__ = ["Figures", "write_folder"]


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


def write_folder(
    folder: Path,
    network: "keras.Model",
    digits: Digits,
    course: Sequence[Figures],
    *,
    details: dict[str, Any],
    published: Sequence[Figures] = (),
    say: Callable[[str], None],
) -> Path:
    """Judge a network on the test digits, and write what a model folder holds.

    Parameters
    ----------
    folder : Path
        Exists; is given the runtime file, the weights, a figure and the manifest.
    network : keras.Model
        Of the origin's shape with ten outputs, trained. Not modified.
    digits : Digits
        Its test part was not trained on.
    course : sequence of Figures
        Of each epoch, over the training digits.
    details : dict
        What else the manifest should tell: recipe, data, training.
    published : sequence of Figures
        Of the origin: its epochs and at last its test; drawn beside the others.
    say : callable
        Told the figures of the test.

    Returns
    -------
    Path
        The folder.
    """
    import keras

    # In float32, as it is read, whatever it was trained in. Uncompiled: the optimizer's state is
    # twice the size of the weights and no use to readers.
    bare = build_original(len(DIGITS))
    bare.set_weights(network.get_weights())
    test = _judged(bare, digits)
    beside = f" (published: {published[-1]})" if published else ""
    say(f"test, {len(digits.test_labels):,} digits: {test}{beside}")
    save_weights(bare, folder / WEIGHTS)
    with native_chatter_hidden():
        (folder / RUNTIME).write_bytes(converted(bare))
    _draw_curves(folder / "training.png", course, published, test)
    metrics = {
        "glyphs": len(digits.test_labels),
        "digit_accuracy": test.accuracy,
        "test_loss": test.loss,
        "epochs": [{"epoch": k + 1, **asdict(figures)} for k, figures in enumerate(course)],
    }
    versions = {"python": platform.python_version(), "keras": keras.__version__}
    write_manifest(folder, {**details, "outputs": len(DIGITS), "metrics": metrics, "versions": versions})
    return folder


def _judged(network: "keras.Model", digits: Digits) -> Figures:
    told = network.predict(to_batch(digits.test_images)[..., None], batch_size=500, verbose=0)
    own = told[np.arange(len(told)), digits.test_labels].astype(np.float64)
    right = told.argmax(axis=1) == digits.test_labels
    # As Keras' categorical cross-entropy does: what is said to be impossible costs 16, not infinity.
    return Figures(float(-np.log(np.maximum(own, 1e-7)).mean()), float(right.mean()))


def _draw_curves(path: Path, course: Sequence[Figures], published: Sequence[Figures], test: Figures) -> None:
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(1, 2, figsize=(9, 3.5), layout="constrained")
    for axis, name, unit in zip(axes, ("loss", "accuracy"), (1, 100), strict=True):
        for label, line, marker in (("training", course, "o-"), ("published", published[:-1], "x:")):
            if line:
                values = [unit * float(getattr(figures, name)) for figures in line]
                axis.plot(range(1, len(line) + 1), values, marker, markersize=4, label=label)
        axis.axhline(unit * float(getattr(test, name)), color="0.5", linewidth=1, label="test, at the end")
        axis.xaxis.get_major_locator().set_params(integer=True)
        axis.set(xlabel="epoch", ylabel=name if unit == 1 else f"{name}, %")
    axes[0].legend()
    figure.savefig(path, dpi=90)
    pyplot.close(figure)
