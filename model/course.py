"""The course of a reader's training: glyphs bent anew each epoch, and none whose label is not believed."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.contract import to_batch
from model.doubted import believed
from model.fitting import fit, order_of_epoch
from model.glyphs import Glyphs
from model.parts import partable
from model.recipe_augment import bent

__all__ = ["EpochReport", "TrainConfig", "follow_course"]

#: Epochs after which a network that began with nothing knows enough to doubt labels, and has learned none of
#: them by heart.
LEARNING_EPOCHS = 3


@dataclass(frozen=True, slots=True)
class TrainConfig:
    """How a model is trained.

    Attributes
    ----------
    epochs : int
        Passes over the training glyphs.
    batch : int
        Glyphs a step.
    learning_rate : float
        At the start; it falls to zero along half a cosine.
    dropout : float
        Share of features dropped before each dense layer.
    bent : float
        Share of the glyphs that are bent, turned and moved a little in each epoch, each time others.
    seed : int
        Of weights, order and drawing.
    """

    epochs: int = 8
    batch: int = 128
    learning_rate: float = 2e-3
    dropout: float = 0.1
    bent: float = 0.5
    seed: int = 0


@dataclass(frozen=True, slots=True)
class EpochReport:
    """Figures of one finished epoch."""

    epoch: int
    epochs: int
    loss: float
    accuracy: float
    held_out_loss: float
    held_out_accuracy: float

    def __str__(self) -> str:
        return (
            f"epoch {self.epoch}/{self.epochs}: loss {self.loss:.4f}, accuracy {100 * self.accuracy:.2f} %; "
            f"held out: loss {self.held_out_loss:.4f}, accuracy {100 * self.held_out_accuracy:.2f} %"
        )


def follow_course(
    network: Any,
    training: Glyphs,
    held_out: Glyphs,
    config: TrainConfig,
    on_epoch: Callable[[EpochReport], None],
    stopped: Callable[[], bool],
    *,
    knows: bool,
) -> tuple[list[EpochReport], int]:
    """Fit a network, from some epoch on without glyphs whose label it does not believe.

    Parameters
    ----------
    network : keras.Model
        Compiled; trained in place.
    training, held_out : Glyphs
        To fit on, and to watch. Not modified.
    config : TrainConfig
        Of the training.
    on_epoch : callable
        Told the figures of each epoch.
    stopped : callable
        Asked again and again whether the training is to stop; it then ends in KeyboardInterrupt.
    knows : bool
        Whether the network knows digits already: it then says beforehand what it does not believe, otherwise
        after :data:`LEARNING_EPOCHS`.

    Returns
    -------
    list of EpochReport
        What was told.
    int
        How many glyphs were left out.
    """
    reports: list[EpochReport] = []
    watched = (to_batch(held_out.images)[..., None], held_out.labels)

    def report(epoch: int, logs: dict[str, float]) -> None:
        reports.append(
            EpochReport(
                epoch + 1,
                config.epochs,
                logs["loss"],
                logs["accuracy"],
                logs["val_loss"],
                logs["val_accuracy"],
            )
        )
        on_epoch(reports[-1])

    def run(images: NDArray[np.uint8], labels: NDArray[np.int64], epochs: range) -> None:
        for epoch, order, bent_now in _bent_anew(images, epochs, config):
            fit(
                network,
                to_batch(bent_now)[..., None],
                labels[order],
                batch_size=config.batch,
                initial_epoch=epoch,
                epochs=epoch + 1,
                shuffle=False,
                validation_data=watched,
                on_epoch=report,
                stopped=stopped,
            )

    learning = 0 if knows else min(LEARNING_EPOCHS, config.epochs)
    images, labels = training.images, training.labels
    run(images, labels, range(learning))
    if learning == config.epochs:
        return reports, 0
    kept = believed(_answers(network, images), labels, training.sorts)
    run(images[kept], labels[kept], range(learning, config.epochs))
    return reports, int((~kept).sum())


def _bent_anew(
    images: NDArray[np.uint8], epochs: range, config: TrainConfig
) -> Iterator[tuple[int, NDArray[np.int64], NDArray[np.uint8]]]:
    """Give each epoch, its order, and its glyphs in that; the next ones are bent beside the training."""

    def bend(epoch: int) -> tuple[int, NDArray[np.int64], NDArray[np.uint8]]:
        order = order_of_epoch(config.seed, epoch, len(images))[: partable(len(images), config.batch)]
        return (
            epoch,
            order,
            bent(np.random.default_rng([config.seed, epoch]), images[order], share=config.bent),
        )

    with ThreadPoolExecutor(1) as bender:
        coming = [bender.submit(bend, epoch) for epoch in epochs[:1]]
        for epoch in epochs:
            ready = coming.pop().result()
            if epoch + 1 in epochs:
                coming.append(bender.submit(bend, epoch + 1))
            yield ready


def _answers(network: Any, images: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Return what a network says of glyphs, some at a time: as floats all of them take much memory."""
    parts = [
        network.predict(to_batch(images[start : start + 65_536])[..., None], batch_size=512, verbose=0)
        for start in range(0, len(images), 65_536)
    ]
    return np.concatenate(parts).astype(np.float64)
