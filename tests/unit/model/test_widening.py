"""A wider network that goes on from a narrower one: says the same at first, and has room."""

import numpy as np
import pytest

from model.architecture import READER_WIDTHS, ReaderWidths
from model.errors import DataInvalid
from model.widening import widened

_NARROW, _WIDE = ReaderWidths((3, 4, 5, 6), 7), ReaderWidths((5, 9, 5, 8), 16)


def _weights(widths: ReaderWidths, rng: np.random.Generator) -> list[np.ndarray]:
    """Return weights such as a trained network has."""
    first, second, third, fourth = widths.convolutions
    found = []
    for inputs, outputs in ((1, first), (first, second), (second, third), (third, fourth)):
        found.append(rng.normal(0, 0.3, (3, 3, inputs, outputs)).astype(np.float32))
        found += [rng.uniform(0.5, 1.5, outputs).astype(np.float32) for _ in range(4)]
    found.append(rng.normal(0, 0.1, (9 * fourth, widths.dense)).astype(np.float32))
    found.append(rng.normal(0, 0.1, widths.dense).astype(np.float32))
    found.append(rng.normal(0, 0.5, (widths.dense, 11)).astype(np.float32))
    return [*found, rng.normal(0, 0.5, 11).astype(np.float32)]


def _layer(values: np.ndarray, weights: list[np.ndarray], layer: int) -> np.ndarray:
    """Send three by three pixels through a convolution whose surroundings are empty."""
    kernel, scale, shift, mean, variance = weights[5 * layer : 5 * layer + 5]
    padded = np.pad(values, ((1, 1), (1, 1), (0, 0)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), axis=(0, 1))
    seen = np.einsum("yxcij,ijco->yxo", windows, kernel)
    return np.asarray(np.maximum(0, (seen - mean) / np.sqrt(variance) * scale + shift))


def _said(pixels: np.ndarray, weights: list[np.ndarray]) -> np.ndarray:
    values = pixels[..., None]
    for layer in range(4):
        values = _layer(values, weights, layer)
    kernel, bias, last_kernel, last_bias = weights[20:]
    return np.asarray(np.maximum(0, values.reshape(-1) @ kernel + bias) @ last_kernel + last_bias)


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(3)


@pytest.mark.parametrize("after", [_WIDE, _NARROW, ReaderWidths((9, 12, 15, 18), 21)])
def test_it_says_what_the_narrower_one_says(
    after: ReaderWidths, rng: np.random.Generator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("model.widening.STIRRED", 0.0)
    weights, pixels = _weights(_NARROW, rng), rng.random((3, 3)).astype(np.float32)

    wider = widened(weights, _NARROW, after, rng)

    assert [each.shape for each in wider] == [each.shape for each in _weights(after, rng)]
    assert np.allclose(_said(pixels, wider), _said(pixels, weights), rtol=1e-4, atol=1e-5)


def test_copies_are_stirred_so_that_they_do_not_learn_alike(rng: np.random.Generator) -> None:
    weights, pixels = _weights(_NARROW, rng), rng.random((3, 3)).astype(np.float32)

    wider = widened(weights, _NARROW, _WIDE, rng)

    kernel = wider[0].reshape(9, -1)
    assert all(
        not np.array_equal(kernel[:, k], kernel[:, j]) for k in range(kernel.shape[1]) for j in range(k)
    )
    assert np.array_equal(wider[0][..., :3], weights[0])
    assert np.abs(_said(pixels, wider) - _said(pixels, weights)).max() < 0.5


def test_the_same_seed_widens_alike(rng: np.random.Generator) -> None:
    weights = _weights(_NARROW, rng)
    one, same, other = (widened(weights, _NARROW, _WIDE, np.random.default_rng(k)) for k in (1, 1, 2))

    assert all(np.array_equal(a, b) for a, b in zip(one, same, strict=True))
    assert not all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


def test_no_layer_becomes_narrower(rng: np.random.Generator) -> None:
    with pytest.raises(DataInvalid, match="grow only"):
        widened(_weights(_WIDE, rng), _WIDE, _NARROW, rng)


def test_widths_are_multiplied_up_to_a_limit() -> None:
    assert READER_WIDTHS.wider(1.5) == ReaderWidths((48, 96, 144, 144), 144)
    assert READER_WIDTHS.wider(1.0) == READER_WIDTHS
    assert max(ReaderWidths((900, 64, 96, 96), 96).wider(4).convolutions) == 1024
