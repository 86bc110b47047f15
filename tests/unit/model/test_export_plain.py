"""A network taken to pieces computes what it computed whole."""

import numpy as np
import pytest

from model.errors import ExportFailed
from model.export.plain import Convolution, Dense, Flattening, Pooling, plain_network
from tests.networks import stirred

pytestmark = [
    pytest.mark.train,
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning"),
]


@pytest.fixture(autouse=True)
def keras():
    return pytest.importorskip("keras", reason="networks need the extra `train`")


@pytest.fixture
def batch():
    return np.random.default_rng(2).random((5, 28, 28), np.float32)


def answers(plain, batch):
    from model.export.tensorflow_graph import tensorflow_function

    return np.asarray(tensorflow_function(plain)(batch[..., None])["probabilities"])


@pytest.mark.parametrize("name", ["build_reader", "build_original"])
def test_pieces_give_what_the_whole_gives(name, batch):
    from model import architecture
    from model.export.trained import called

    network = stirred(getattr(architecture, name)())

    given = answers(plain_network(network, "stirred"), batch)

    # Rounding, and the order in which threads sum up, change the sixth digit.
    assert given == pytest.approx(called(network, batch), abs=1e-5)
    assert np.ptp(given, axis=0).max() > 0.01  # glyphs are told apart at all


def test_normalizations_are_gone():
    from model.architecture import build_reader

    steps = plain_network(stirred(build_reader(dropout=0.3)), "stirred").steps

    kinds = [type(step) for step in steps]
    assert kinds == [
        Convolution,
        Pooling,
        Convolution,
        Pooling,
        Convolution,
        Convolution,
        Flattening,
        Dense,
        Dense,
    ]
    assert {step.activation for step in steps if isinstance(step, Convolution)} == {"relu"}
    assert [step.padding for step in steps if isinstance(step, Convolution)] == [
        "valid",
        "valid",
        "same",
        "valid",
    ]


def test_the_temperature_is_in_the_last_layer(batch):
    from model.architecture import build_original
    from model.export.trained import called, tempered

    network = stirred(build_original())
    plain = plain_network(network, "stirred", temperature=1.7)

    assert plain.classes == 10
    assert answers(plain, batch) == pytest.approx(tempered(called(network, batch), 1.7), abs=1e-5)


def network_of(*layers):
    import keras

    return keras.Sequential([keras.layers.Input((28, 28, 1)), *layers])


def pooled_before_normalization(channels=6):
    from keras import layers

    network = network_of(
        layers.Conv2D(channels, 3, use_bias=False),
        layers.MaxPooling2D(2),
        layers.BatchNormalization(),
        layers.ReLU(),
        layers.Flatten(),
        layers.Dense(3, activation="softmax"),
    )
    return stirred(network)


@pytest.mark.parametrize(
    ("least", "kinds"),
    [
        (0.2, [Convolution, Pooling, Flattening, Dense]),
        # Channels that it turns upside down cannot be pooled afterwards.
        (-0.7, [Convolution, Pooling, Convolution, Flattening, Dense]),
    ],
)
def test_a_normalization_behind_a_pooling_melts_where_it_can(least, kinds, batch):
    from model.export.trained import called

    network = pooled_before_normalization()
    network.layers[2].gamma.assign(np.linspace(least, 1.3, 6))
    plain = plain_network(network, "stirred")

    assert [type(step) for step in plain.steps] == kinds
    assert answers(plain, batch) == pytest.approx(called(network, batch), abs=1e-5)
    assert np.ptp(called(network, batch), axis=0).max() > 0.01


def test_layers_that_no_export_knows_are_named(keras):
    layers = keras.layers

    refused = {
        "average": [
            layers.AveragePooling2D(2, name="average"),
            layers.Flatten(),
            layers.Dense(3, activation="softmax"),
        ],
        "strided": [
            layers.Conv2D(2, 3, strides=2, name="strided"),
            layers.Flatten(),
            layers.Dense(3, activation="softmax"),
        ],
        "leaky": [
            layers.Conv2D(2, 3),
            layers.ReLU(negative_slope=0.1, name="leaky"),
            layers.Flatten(),
            layers.Dense(3, activation="softmax"),
        ],
        "late": [
            layers.Conv2D(2, 3, activation="relu"),
            layers.BatchNormalization(name="late"),
            layers.Dense(3, activation="softmax"),
        ],
        "early": [
            layers.BatchNormalization(name="early"),
            layers.Flatten(),
            layers.Dense(3, activation="softmax"),
        ],
        "oblong": [
            layers.MaxPooling2D((2, 1), name="oblong"),
            layers.Flatten(),
            layers.Dense(3, activation="softmax"),
        ],
        "tanh": [
            layers.Flatten(),
            layers.Dense(3, activation="tanh", name="bent"),
            layers.Dense(3, activation="softmax"),
        ],
        "softmax": [layers.Flatten(), layers.Dense(3)],
    }
    for word, chain in refused.items():
        with pytest.raises(ExportFailed, match=word):
            plain_network(network_of(*chain), "odd")
