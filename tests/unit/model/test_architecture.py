"""The networks have the layers that they are described by."""

import pytest

pytestmark = [
    pytest.mark.train,
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning"),
]


@pytest.fixture(autouse=True)
def keras():
    return pytest.importorskip("keras", reason="networks need the extra `train`")


def test_the_original_is_the_original():
    from model.architecture import build_original

    network = build_original()
    assert network.count_params() == 93_322
    assert network.output_shape == (None, 10)
    assert [layer.__class__.__name__ for layer in network.layers] == [
        "Conv2D",
        "MaxPooling2D",
        "Conv2D",
        "MaxPooling2D",
        "Conv2D",
        "Flatten",
        "Dense",
        "Dense",
    ]


def test_the_reader_is_as_large_as_it_says_and_drops_nothing_when_it_reads():
    import numpy as np

    from model.architecture import build_reader

    plain, dropping = build_reader(), build_reader(dropout=0.5)
    assert plain.count_params() == dropping.count_params() == 242_219
    dropping.set_weights(plain.get_weights())
    batch = np.random.default_rng(1).random((4, 28, 28, 1), np.float32)
    assert np.asarray(dropping(batch, training=False)) == pytest.approx(np.asarray(plain(batch)), abs=1e-6)
    assert np.asarray(plain(batch)).shape == (4, 11)
