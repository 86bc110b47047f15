"""Trains the network that tells sorts of ink apart, on pages whose every pixel is known."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from model.errors import DataInvalid, TrainingDiverged
from model.fitting import loaded_keras, never
from model.ink_network import build_ink_network
from model.ink_runtime import PLANES, SORTS, STRIDE_PX

if TYPE_CHECKING:
    import keras

__all__ = ["BLANK", "InkScene", "InkTraining", "confusion", "train_ink"]

#: What a square without ink is marked with: nothing is to be told of it.
BLANK = 255
#: What an error costs, by sort: a number that is lost costs more than a stain that is read.
COSTS = (1.6, 1.6, 1.0, 1.0, 0.7)
#: Ink and darkness are changed by up to these factors, and for this share of the crops the second is only a
#: copy of the first: pens and cameras differ more than drawn pages do.
INK_FACTORS, DARKNESS_FACTORS, COPIED_SHARE, COPIED = (0.8, 1.2), (0.7, 1.4), 0.15, 0.8
#: Crops with less ink than this share of their squares are cut again, so many times.
INKED_SHARE, TRIES = 0.02, 4
#: Batches that count as one pass: scenes are cut anew each time, so that nothing is ever seen twice.
EPOCH_STEPS = 250


@dataclass(frozen=True, slots=True)
class InkScene:
    """A drawn page as the network sees it, and what is true of it.

    Attributes
    ----------
    planes : (H, W, PLANES) uint8 ndarray
        As ``segmentation.sorting.ink_planes`` gives them.
    squares : (H / 4, W / 4) uint8 ndarray
        Which sort most of the ink in each square belongs to; `BLANK` where there is none.
    """

    planes: NDArray[np.uint8]
    squares: NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class InkTraining:
    """How the network is trained.

    Attributes
    ----------
    epochs : int
        Each of `EPOCH_STEPS` batches.
    batch : int
        Crops a batch.
    side_px : int
        Of a crop, divisible by 8.
    learning_rate : float
        At the start; it falls to zero along half a cosine.
    seed : int
        Of weights and crops.
    """

    epochs: int = 20
    batch: int = 24
    side_px: int = 160
    learning_rate: float = 2e-3
    seed: int = 0

    def details(self) -> dict[str, Any]:
        """Return what a manifest says of it."""
        return asdict(self)


def train_ink(
    scenes: Sequence[InkScene],
    config: InkTraining,
    *,
    say: Callable[[str], None],
    stopped: Callable[[], bool] = never,
) -> "tuple[keras.Model, list[float]]":
    """Train the network.

    Parameters
    ----------
    scenes : sequence of InkScene
        To train on.
    config : InkTraining
        Of the training.
    say : callable
        Told the loss now and then.
    stopped : callable
        Asked before each step whether the training is to stop; it then ends in KeyboardInterrupt.

    Returns
    -------
    keras.Model
        Of ``model.ink_network``, trained.
    list of float
        The mean loss of each epoch.

    Raises
    ------
    DataInvalid
        No scene holds ink.
    TrainingDiverged
        The loss was no number.
    TrainingUnavailable
        TensorFlow is not installed.
    """
    keras = loaded_keras()
    weights = np.sqrt([float((scene.squares != BLANK).sum()) for scene in scenes])
    if not len(scenes) or not weights.sum():
        raise DataInvalid("no drawn page holds ink to train on")
    keras.utils.set_random_seed(config.seed)
    rng = np.random.default_rng(config.seed)
    network = build_ink_network()
    step = _step_of(network, config)
    course: list[float] = []
    for epoch in range(1, config.epochs + 1):
        losses = []
        for _ in range(EPOCH_STEPS):
            if stopped():
                raise KeyboardInterrupt
            losses.append(float(step(*_crops(rng, scenes, weights / weights.sum(), config))))
        course.append(float(np.mean(losses)))
        say(f"epoch {epoch}/{config.epochs}: loss {course[-1]:.4f}")
        if not np.isfinite(losses[-1]):
            raise TrainingDiverged(f"the training came apart: its loss was no number in epoch {epoch}")
    return network, course


def confusion(
    tell: Callable[[NDArray[np.uint8]], NDArray[np.float32]], scenes: Sequence[InkScene]
) -> NDArray[np.int64]:
    """Count what a network makes of each sort of ink.

    Parameters
    ----------
    tell : callable
        From planes to probabilities, as ``model.ink_runtime.InkSorter``.
    scenes : sequence of InkScene
        With inks that it was not trained on.

    Returns
    -------
    (SORTS, SORTS) int64 ndarray
        Squares by what they are (row) and what they were taken for (column).
    """
    counts = np.zeros((SORTS, SORTS), np.int64)
    for scene in scenes:
        known = scene.squares != BLANK
        np.add.at(counts, (scene.squares[known], tell(scene.planes).argmax(axis=-1)[known]), 1)
    return counts


def _step_of(network: "keras.Model", config: InkTraining) -> Callable[[Any, Any], Any]:
    """Return the function that takes one step and gives its loss."""
    import keras
    import tensorflow as tf

    schedule = keras.optimizers.schedules.CosineDecay(config.learning_rate, config.epochs * EPOCH_STEPS)
    optimizer = keras.optimizers.Adam(schedule)
    costs = tf.constant(COSTS)

    @tf.function  # type: ignore[untyped-decorator]
    def step(planes: Any, squares: Any) -> Any:
        known = tf.where(squares == BLANK, 0, squares)
        weights = tf.cast(squares != BLANK, tf.float32) * tf.gather(costs, known)
        with tf.GradientTape() as tape:
            told = network(planes, training=True)
            own = tf.nn.sparse_softmax_cross_entropy_with_logits(known, told)
            loss = tf.reduce_sum(own * weights) / (tf.reduce_sum(weights) + 1.0)
        gradients = tape.gradient(loss, network.trainable_variables)
        optimizer.apply_gradients(zip(gradients, network.trainable_variables, strict=True))
        return loss

    return lambda planes, squares: step(tf.constant(planes), tf.constant(squares))


def _crops(
    rng: np.random.Generator, scenes: Sequence[InkScene], shares: NDArray[np.float64], config: InkTraining
) -> tuple[NDArray[np.float32], NDArray[np.int32]]:
    """Cut a batch out of scenes, and vary how much ink there seems to be and how dark it is."""
    side, squares_px = config.side_px, config.side_px // STRIDE_PX
    planes = np.zeros((config.batch, side, side, PLANES), np.uint8)
    squares = np.full((config.batch, squares_px, squares_px), BLANK, np.uint8)
    for k, chosen in enumerate(rng.choice(len(scenes), config.batch, p=shares)):
        scene = scenes[int(chosen)]
        for _ in range(TRIES):
            top, left = (_start(rng, length, squares_px) for length in scene.squares.shape)
            part = scene.squares[top : top + squares_px, left : left + squares_px]
            if (part != BLANK).mean() > INKED_SHARE:
                break
        y, x = (int(rng.integers(0, squares_px - length + 1)) for length in part.shape)
        squares[k, y : y + part.shape[0], x : x + part.shape[1]] = part
        seen = scene.planes[
            top * STRIDE_PX : top * STRIDE_PX + side, left * STRIDE_PX : left * STRIDE_PX + side
        ]
        seen = seen[: side - y * STRIDE_PX, : side - x * STRIDE_PX]
        planes[
            k, y * STRIDE_PX : y * STRIDE_PX + seen.shape[0], x * STRIDE_PX : x * STRIDE_PX + seen.shape[1]
        ] = seen
    return _varied(rng, planes), squares.astype(np.int32)


def _start(rng: np.random.Generator, length: int, window: int) -> int:
    """Pick where a window begins; the edges of a page are seen as often as its middle."""
    if length <= window:
        return 0
    return int(np.clip(rng.integers(-window // 4, length - window + window // 4 + 1), 0, length - window))


def _varied(rng: np.random.Generator, planes: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Scale crops to [0, 1], as other pens, papers and cameras would have given them."""
    seen = planes.astype(np.float32) / 255
    count = (len(planes), 1, 1)
    seen[..., 0] = np.clip(seen[..., 0] * rng.uniform(*INK_FACTORS, count), 0, 1)
    seen[..., 1] = np.clip(seen[..., 1] * rng.uniform(*DARKNESS_FACTORS, count), 0, 1)
    copied = rng.random(len(planes)) < COPIED_SHARE
    seen[copied, ..., 1] = COPIED * seen[copied, ..., 0]
    return np.asarray(seen, np.float32)
