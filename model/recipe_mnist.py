"""``mnist``: the network of the project's origin at its best, taught by a wider one on digits drawn anew.

A wider network learns the digits first. What it says of each changed digit, and not the label
alone, is then what the origin's network is trained on: how much a 4 looks like a 9 tells a small
network more than that it is a 4.
"""

import math
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from model.contract import DIGITS, to_batch
from model.distillation import SOFTENED, distilled, label_loss, right, softened, teaching
from model.fitting import STEPS_A_CALL, fit, loaded_keras
from model.parts import in_parts
from model.precision import quick_precision, trained_in
from model.recipe_augment import PENS, REWRITTEN, changed, with_other_pens
from model.recipe_folder import Figures, Training, write_folder
from model.recipe_mnist_network import build_normalized, folded

if TYPE_CHECKING:
    import keras

__all__ = ["EPOCHS", "train_mnist"]

Floats = NDArray[np.float32]
Bytes = NDArray[np.uint8]
Told = Callable[[Bytes], Floats]

#: More gain little: the figures stand in docs/accuracy.md.
EPOCHS = 40
BATCH = 128
#: At its highest, after the first epoch; from there it falls to zero along half a cosine.
LEARNING_RATE = 2e-3
#: The label's share of what the network is trained on; the rest is what the teacher says.
LABEL_SHARE = 0.1


@dataclass(frozen=True, slots=True)
class _Course:
    """How one of the two networks is trained.

    Attributes
    ----------
    epochs : int
        Passes over the digits.
    width : int
        Times the channels of the origin.
    dropout : float
        Share of features dropped before each dense layer.
    last_strength : float
        How far digits are changed in the last epoch, beside the first.
    seed : int
        Of weights, order and drawing.
    """

    epochs: int
    width: int
    dropout: float
    last_strength: float
    seed: int

    @property
    def name(self) -> str:
        """What it is called in what is said."""
        return "" if self.width == 1 else "teacher, "


def train_mnist(training: Training) -> None:
    """Train a wider network, then the origin's by what that one says, both on digits drawn anew each epoch.

    Both have batch normalization while they are trained; it is folded into the weights at the end.

    Parameters
    ----------
    training : Training
        The digits to train on are changed; those to judge by are taken as they are.

    Raises
    ------
    TrainingUnavailable
        TensorFlow is not installed.

    References
    ----------
    .. [1] G. Hinton, O. Vinyals and J. Dean, "Distilling the knowledge in a neural network",
       NIPS Deep Learning Workshop, 2014.
    .. [2] L. Beyer et al., "Knowledge distillation: a good teacher is patient and consistent",
       CVPR, 2022: the same changed image for both, and many epochs.
    """
    keras = loaded_keras(parted=True)
    epochs = EPOCHS if training.epochs is None else training.epochs
    keras.utils.set_random_seed(training.seed)
    precision = quick_precision()
    teacher = _Course(-(-epochs // 2), 2, 0.2, 0.5, training.seed + 1)
    pupil = _Course(epochs, 1, 0.0, 1.0, training.seed)
    # Few epochs do not pay for writing every digit with every pen.
    often = (teacher.epochs + pupil.epochs) * REWRITTEN > PENS
    rng = np.random.default_rng([training.seed, epochs])
    pens = with_other_pens(rng, training.digits.train_images, training.stopped) if often else None
    learned, _ = _trained(training, teacher, precision, pens)
    network, figures = _trained(training, pupil, precision, pens, teaching(learned))
    settings = {
        "batch": min(BATCH, len(training.digits.train_labels)),
        "learning_rate": LEARNING_RATE,
        "precision": precision,
        **asdict(pupil),
        "teacher": asdict(teacher),
        "label_share": LABEL_SHARE,
        "softened": SOFTENED,
    }
    write_folder(training, folded(network), figures, settings)


def _trained(
    training: Training, course: _Course, precision: str, pens: Bytes | None, taught: Told | None = None
) -> "tuple[keras.Model, list[Figures]]":
    """Train one of the networks, by the labels alone or by what a teacher says, too."""
    import keras

    digits, epochs = training.digits, course.epochs
    batch = min(BATCH, len(digits.train_labels))
    steps = len(digits.train_labels) // batch
    with trained_in(precision):
        network = build_normalized(epochs * steps, width=course.width, dropout=course.dropout)
    schedule = keras.optimizers.schedules.CosineDecay(
        LEARNING_RATE / steps, max(1, (epochs - 1) * steps), warmup_target=LEARNING_RATE, warmup_steps=steps
    )
    learner = in_parts(network, batch)
    learner.compile(
        optimizer=keras.optimizers.Adam(schedule),
        loss="categorical_crossentropy" if taught is None else distilled,
        metrics=["categorical_crossentropy", "accuracy"] if taught is None else [label_loss, right],
        steps_per_execution=min(STEPS_A_CALL, steps),
    )
    count = network.count_params() if course.width > 1 else folded(network).count_params()
    training.say(
        f"{course.name}{count:,} parameters, {epochs} epochs of {steps} batches of {batch}, {precision}"
    )
    figures: list[Figures] = []

    def report(epoch: int, logs: dict[str, float]) -> None:
        loss, share = ("categorical_crossentropy", "accuracy") if taught is None else ("label_loss", "right")
        figures.append(Figures(float(logs[loss]), float(logs[share])))
        training.say(f"{course.name}epoch {epoch + 1}/{epochs}: {figures[-1]}")

    fit(
        learner,
        _batches(training, course, pens, taught, batch),
        steps_per_epoch=steps,
        epochs=epochs,
        shuffle=False,
        on_epoch=report,
        stopped=training.stopped,
    )
    return network, figures


def _strength(course: _Course, epoch: int) -> float:
    """Return how far digits are changed: less and less, along half a cosine, as the steps are."""
    done = epoch / max(1, course.epochs - 1)
    last = course.last_strength
    return last + (1 - last) * (1 + math.cos(math.pi * done)) / 2


def _batches(
    training: Training, course: _Course, pens: Bytes | None, taught: Told | None, batch: int
) -> Iterator[tuple[Floats, Floats]]:
    """Give the batches of all epochs; while one is trained on, the next one is drawn beside it.

    What does not fill a batch at the end of an epoch is left out; the order changes each time.
    """
    digits, names = training.digits, np.eye(len(DIGITS), dtype=np.float32)

    def drawn(epoch: int) -> tuple[Bytes, Floats]:
        rng = np.random.default_rng([course.seed, epoch])
        order = rng.permutation(len(digits.train_labels))
        written = None if pens is None else pens[:, order]
        images = changed(rng, digits.train_images[order], written, strength=_strength(course, epoch))
        wanted = names[digits.train_labels[order]]
        if taught is not None:
            mixed = LABEL_SHARE * wanted + (1 - LABEL_SHARE) * softened(taught(images))
            wanted = np.concatenate([mixed, wanted], axis=1)
        return images, wanted

    with ThreadPoolExecutor(1) as painter:
        coming = painter.submit(drawn, 0)
        for epoch in range(course.epochs):
            images, wanted = coming.result()
            if epoch + 1 < course.epochs:
                coming = painter.submit(drawn, epoch + 1)
            for start in range(0, len(images) - batch + 1, batch):
                yield to_batch(images[start : start + batch])[..., None], wanted[start : start + batch]
