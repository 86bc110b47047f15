"""Folding the normalization into the weights changes nothing that the network says."""

import numpy as np
import pytest

pytest.importorskip("keras", reason="training is not installed")
pytestmark = pytest.mark.train


def _used(seed):
    """Return a normalized network whose statistics are not those of a new one."""
    from model.recipe_mnist_network import build_normalized

    network = build_normalized(100)
    rng = np.random.default_rng(seed)
    for layer in network.layers:
        if type(layer).__name__ == "BatchNormalization":
            gamma, beta, mean, variance = layer.get_weights()
            least = 0.0 if layer.gamma_constraint is not None else -1.5
            layer.set_weights(
                [
                    rng.uniform(least, 1.5, gamma.shape),
                    rng.normal(0, 0.5, beta.shape),
                    rng.normal(0, 0.5, mean.shape),
                    rng.uniform(0.1, 3, variance.shape),
                ]
            )
    return network


@pytest.mark.parametrize("seed", [0, 1])
def test_the_folded_network_says_the_same(seed):
    from model.architecture import build_original
    from model.recipe_mnist_network import folded

    network = _used(seed)
    glyphs = np.random.default_rng(7).random((64, 28, 28, 1)).astype(np.float32)
    found = folded(network)
    np.testing.assert_allclose(found(glyphs), network(glyphs, training=False), atol=2e-6)
    assert [w.shape for w in found.get_weights()] == [w.shape for w in build_original().get_weights()]


def test_a_scale_behind_a_pooling_never_turns_round():
    from model.recipe_mnist_network import build_normalized

    layers = build_normalized(100).layers
    behind = {
        layers[k + 1].name: type(layers[k]).__name__ == "MaxPooling2D"
        for k in range(len(layers) - 1)
        if type(layers[k + 1]).__name__ == "BatchNormalization"
    }
    held = {
        layer.name: layer.gamma_constraint is not None
        and float(np.min(layer.gamma_constraint(np.array([-1.0, 2.0], np.float32)))) == 0.0
        for layer in layers
        if layer.name in behind
    }
    assert held == behind
    assert sum(behind.values()) == 2
