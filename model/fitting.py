"""Keras' ``fit`` for runs that take minutes: told epoch by epoch, and stopped between two calls of the graph.

An exception that is raised in the middle of ``fit``, as that of Ctrl-C is, leaves TensorFlow's
threads waiting for a Python that is going away, and the program hangs at its end.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from model.chatter import native_chatter_hidden
from model.errors import TrainingUnavailable
from model.parts import cores_for_parts

if TYPE_CHECKING:
    import keras

__all__ = ["STEPS_A_CALL", "fit", "loaded_keras", "never", "order_of_epoch"]

#: Steps of a training that are taken in one call: Python's share of each is saved.
STEPS_A_CALL = 16


def loaded_keras(*, parted: bool = False) -> Any:
    """Import Keras, without what TensorFlow has to say while it is loaded.

    Parameters
    ----------
    parted : bool
        Whether batches are going to be trained on in parts, see :mod:`model.parts`.

    Raises
    ------
    TrainingUnavailable
        It is not installed.
    """
    try:
        with native_chatter_hidden():
            import keras
            import tensorflow as tf  # which says it once it is used

            if parted:
                cores_for_parts()
            tf.constant(0)
    except ImportError as error:
        raise TrainingUnavailable("training needs TensorFlow, which is not installed") from error
    return keras


def order_of_epoch(seed: int, epoch: int, count: int) -> NDArray[np.int64]:
    """Return the order in which an epoch takes what it is trained on, another one for each.

    Keras' own ``shuffle`` takes the same order in every epoch once a seed is set.

    Parameters
    ----------
    seed : int
        Of the training.
    epoch : int
        From 0.
    count : int
        Of what is trained on.

    Returns
    -------
    (count,) int64 ndarray
        Each place once.
    """
    return np.random.default_rng([seed, epoch]).permutation(count)


def never() -> bool:
    """Return False: nobody wants the training to stop."""
    return False


def fit(
    network: "keras.Model",
    *data: Any,
    on_epoch: Callable[[int, dict[str, float]], None],
    stopped: Callable[[], bool],
    **settings: Any,
) -> None:
    """Fit a compiled network.

    Parameters
    ----------
    network : keras.Model
        Trained in place.
    *data, **settings
        For ``keras.Model.fit``.
    on_epoch : callable
        Told number, from 0, and figures of each epoch.
    stopped : callable
        Asked again and again whether somebody wants the training to stop.

    Raises
    ------
    KeyboardInterrupt
        Somebody did; ``fit`` has ended in order.
    """
    import keras

    # Keras gives the figures by their name.
    def ask(batch: int, logs: object = None) -> None:
        if stopped():
            network.stop_training = True

    def tell(epoch: int, logs: dict[str, float]) -> None:
        if not stopped():
            on_epoch(epoch, logs)

    callback = keras.callbacks.LambdaCallback(on_epoch_end=tell, on_train_batch_end=ask)
    network.fit(*data, callbacks=[callback], verbose=0, **settings)
    if stopped():
        raise KeyboardInterrupt
