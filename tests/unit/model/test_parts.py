"""A batch that is trained on in parts teaches what it would teach as a whole."""

from typing import Any

import numpy as np
import pytest

from model.parts import PARTS, cores_for_parts, in_parts, partable

keras = pytest.importorskip("keras", reason="training needs TensorFlow")
pytestmark = pytest.mark.train
BATCH = 9


def network() -> Any:
    """Return a small network with random weights, always the same."""
    keras.utils.set_random_seed(3)
    layers = keras.layers
    return keras.Sequential([layers.Input((6,)), layers.Dense(5, "relu"), layers.Dense(3, "softmax")])


def examples(count: int = BATCH) -> tuple[Any, Any]:
    rng = np.random.default_rng(1)
    return rng.random((count, 6), np.float32), rng.integers(0, 3, count)


def fitted(learner: Any, count: int = BATCH) -> dict[str, float]:
    """Take one pass in batches, and return loss and accuracy."""
    learner.compile(
        optimizer=keras.optimizers.SGD(0.5), loss="sparse_categorical_crossentropy", metrics=["accuracy"]
    )
    history = learner.fit(*examples(count), batch_size=BATCH, epochs=1, shuffle=False, verbose=0).history
    return {name: values[-1] for name, values in history.items()}


@pytest.mark.parametrize("count", [BATCH, 3 * BATCH, 2 * BATCH + PARTS])
def test_parts_teach_what_the_whole_teaches(count: int) -> None:
    whole, beneath = network(), network()
    told, parted = fitted(whole, count), fitted(in_parts(beneath, PARTS), count)
    for one, other in zip(whole.get_weights(), beneath.get_weights(), strict=True):
        np.testing.assert_allclose(one, other, atol=1e-6)
    assert not np.allclose(beneath.get_weights()[0], network().get_weights()[0], atol=1e-3)
    assert parted == pytest.approx(told, abs=1e-5)


def test_the_same_seed_gives_the_same_weights() -> None:
    weights = []
    for _ in range(2):
        beneath = network()
        fitted(in_parts(beneath, PARTS), 4 * BATCH)
        weights.append(beneath.get_weights())
    for one, other in zip(*weights, strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_step_that_cannot_be_parted_is_taken_whole() -> None:
    whole = network()
    assert in_parts(whole, PARTS - 1) is whole


def test_normalization_looks_at_each_part_and_its_averages_move_once_for_each() -> None:
    layers = keras.layers
    beneath = keras.Sequential(
        [layers.Input((6,)), layers.BatchNormalization(momentum=0.9), layers.Dense(3, "softmax")]
    )
    fitted(in_parts(beneath, PARTS))
    images, _ = examples()
    expected = np.zeros(6)
    for part in (images[: BATCH // 2], images[BATCH // 2 :]):
        expected = 0.9 * expected + 0.1 * part.mean(axis=0)
    np.testing.assert_allclose(beneath.layers[0].moving_mean.numpy(), expected, atol=1e-6)


def test_threads_are_left_alone_once_tensorflow_runs() -> None:
    keras.ops.ones(2)
    cores_for_parts()


@pytest.mark.parametrize(
    ("count", "batch", "expected"), [(100, 10, 100), (101, 10, 100), (102, 10, 102), (1, 10, 1), (11, 1, 11)]
)
def test_one_example_is_not_left_for_the_last_step(count: int, batch: int, expected: int) -> None:
    assert partable(count, batch) == expected
