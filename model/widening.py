"""Going on from a model with a wider network that starts where the narrower one ended.

Each channel that is new begins as a copy of one that was there, and what was given on from that one is shared
out among its copies: the wider network says of every glyph what the narrower one said, and has room to learn.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from model.architecture import ReaderWidths
from model.errors import DataInvalid

__all__ = ["widened"]

Floats = NDArray[np.float32]

#: Copies that were all alike would learn alike: each gives on a share of its own,
LEAST_SHARE = 0.5
#: and what comes into the new ones is changed by so much of how far it is spread.
STIRRED = 0.05
#: Arrays of a convolution: its kernel, and four of the normalization behind it.
_CONVOLUTIONS, _OF_CONVOLUTION = 4, 5


def widened(
    weights: Sequence[Floats], before: ReaderWidths, after: ReaderWidths, rng: np.random.Generator
) -> list[Floats]:
    """Return the weights of a wider network that says what the narrower one does.

    Parameters
    ----------
    weights : sequence of ndarray
        Of the reader's network, as Keras orders them: of each convolution the kernel, and scale, shift, mean
        and variance of the normalization behind it; then kernel and bias of both dense layers.
    before, after : ReaderWidths
        Of the network that they are from, and of the one that they are for.
    rng : Generator
        Chooses what is copied, and stirs it.

    Returns
    -------
    list of ndarray
        In the same order.

    Raises
    ------
    DataInvalid
        A layer is to be narrower than it was.

    References
    ----------
    .. [1] T. Chen, I. Goodfellow and J. Shlens, "Net2Net: accelerating learning via knowledge transfer",
       ICLR, 2016.
    """
    old, new = (*before.convolutions, before.dense), (*after.convolutions, after.dense)
    if any(wide < narrow for narrow, wide in zip(old, new, strict=True)):
        raise DataInvalid(f"the layers of a network grow only: {list(old)} cannot become {list(new)}")
    found: list[Floats] = []
    origins, shares = np.zeros(1, int), np.ones(1, np.float32)
    for layer in range(_CONVOLUTIONS):
        kernel, *normalization = weights[layer * _OF_CONVOLUTION : (layer + 1) * _OF_CONVOLUTION]
        kernel = kernel[:, :, origins] * shares[:, None]
        origins, shares = _copies(old[layer], new[layer], rng)
        found.append(_stirred(kernel[..., origins], old[layer], rng))
        found.extend(values[origins] for values in normalization)
    kernel, bias, last_kernel, last_bias = weights[_CONVOLUTIONS * _OF_CONVOLUTION :]
    # Flattened with the channels last.
    kernel = kernel.reshape(-1, old[-2], old[-1])[:, origins] * shares[:, None]
    kernel = kernel.reshape(-1, old[-1])
    origins, shares = _copies(old[-1], new[-1], rng)
    found += [_stirred(kernel[:, origins], old[-1], rng), bias[origins]]
    return [*found, last_kernel[origins] * shares[:, None], last_bias]


def _copies(narrow: int, wide: int, rng: np.random.Generator) -> tuple[NDArray[np.intp], Floats]:
    """Choose which channel each of the wide layer is a copy of, and which share of it that copy gives on."""
    # As even as can be: a channel has a second copy only where all have a first.
    rounds = [rng.permutation(narrow) for _ in range(-(-(wide - narrow) // narrow))]
    origins = np.concatenate([np.arange(narrow), *rounds])[:wide]
    parts = rng.uniform(LEAST_SHARE, 1.0, wide)
    whole = np.bincount(origins, weights=parts, minlength=narrow)
    return origins, (parts / whole[origins]).astype(np.float32)


def _stirred(kernel: Floats, narrow: int, rng: np.random.Generator) -> Floats:
    """Change what comes into the channels that are new."""
    new = kernel[..., narrow:]
    stirred = new + rng.normal(0.0, STIRRED * float(kernel.std()), new.shape)
    return np.concatenate([kernel[..., :narrow], stirred], axis=-1).astype(np.float32)
