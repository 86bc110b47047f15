"""Training on two cores: a batch in two parts, each of which goes through the network on a core of its own.

TensorFlow otherwise lends all cores to one operation after the other, by which operations as small as those
of the reader's network gain little; and where several steps are taken in one call it uses one core.
"""

import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import keras

__all__ = ["PARTS", "cores_for_parts", "in_parts", "partable"]

#: Of a batch. Not the number of cores: what comes out would depend on the machine.
PARTS = 2


def cores_for_parts() -> None:
    """Have TensorFlow run the parts beside each other, each operation on its share of the cores.

    TensorFlow is told before its first operation or not at all: what already runs goes on with its own
    choice of threads, to the same end, but slower.
    """
    import tensorflow as tf

    cores = len(os.sched_getaffinity(0))
    try:
        tf.config.threading.set_inter_op_parallelism_threads(min(PARTS, cores))
        tf.config.threading.set_intra_op_parallelism_threads(max(1, cores // PARTS))
    except RuntimeError:
        return


def partable(count: int, batch: int) -> int:
    """Return how many of the examples of an epoch can be trained on in parts.

    Parameters
    ----------
    count : int
        Of examples.
    batch : int
        Examples a step.

    Returns
    -------
    int
        All, but for one that would be left for the last step, which cannot be parted.
    """
    left = count % batch
    return count - left if left < PARTS <= count else count


def in_parts(network: "keras.Model", step: int) -> "keras.Model":
    """Return a network of the same layers and weights whose batches go through it in parts.

    The gradients of the parts add up to those of the whole batch. What looks at the batch as a whole,
    as batch normalization does, looks at each part, and its averages move once for each.

    Parameters
    ----------
    network : keras.Model
        Not compiled. Training what is returned trains its weights.
    step : int
        Examples of the smallest step, see :func:`partable`.

    Returns
    -------
    keras.Model
        Not compiled; `network` itself if a step is too small to be parted.
    """
    if step < PARTS:
        return network
    import keras
    import tensorflow as tf

    class Parted(keras.Model):  # type: ignore[misc]  # Keras comes without types
        def train_step(self, data: Any) -> dict[str, Any]:
            images, wanted, _ = keras.utils.unpack_x_y_sample_weight(data)
            count = tf.shape(images)[0]
            told, losses, gradients = [], [], []
            for seen, its in zip(_parts(images), _parts(wanted), strict=True):
                share = tf.cast(tf.shape(seen)[0], tf.float32) / tf.cast(count, tf.float32)
                with tf.GradientTape() as tape:
                    told.append(self(seen, training=True))
                    losses.append(share * self.compute_loss(y=its, y_pred=told[-1]))
                gradients.append(tape.gradient(losses[-1], self.trainable_variables))
            sums = [tf.add_n(each) for each in zip(*gradients, strict=True)]
            self.optimizer.apply(sums, self.trainable_variables)
            for metric in self.metrics:
                if metric.name == "loss":
                    metric.update_state(tf.add_n(losses), sample_weight=count)
                else:
                    metric.update_state(wanted, tf.concat(told, axis=0))
            return dict(self.get_metrics_result())

    def _parts(whole: Any) -> list[Any]:
        ends = [tf.shape(whole)[0] * part // PARTS for part in range(PARTS + 1)]
        return [whole[ends[part] : ends[part + 1]] for part in range(PARTS)]

    return Parted(network.inputs, network.outputs, name=network.name)
