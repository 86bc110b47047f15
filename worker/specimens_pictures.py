"""Training glyphs from pictures of a single digit: small, stretched, without a margin, light on dark."""

import numpy as np
from numpy.typing import NDArray

from model.glyphs import Glyphs, Sort
from model.synth.pictures import INK_LEVEL, draw_picture
from segmentation.cut_outs import cut_specimen
from segmentation.segment import find_writing

__all__ = ["specimens_from_pictures"]


def specimens_from_pictures(
    rng: np.random.Generator,
    images: NDArray[np.uint8],
    labels: NDArray[np.int64],
    origins: NDArray[np.int64],
) -> Glyphs:
    """Draw a picture of each digit, and cut it out as reading does with a picture that a digit fills.

    Parameters
    ----------
    rng : numpy.random.Generator
        The same state gives the same bytes.
    images : (K, S, S) uint8 ndarray
        Digits, 0 = paper, 255 = ink. Not modified.
    labels, origins : (K,) int64 ndarray
        Of the images.

    Returns
    -------
    Glyphs
        Those in which nothing was found are missing.
    """
    glyphs, kept = [], []
    for k, image in enumerate(images):
        writing = find_writing(draw_picture(rng, image)) if image.max() > INK_LEVEL else None
        if writing is not None and writing.components:
            glyphs.append(cut_specimen(writing.components, writing.labels, writing.ink.strength))
            kept.append(k)
    stacked = np.stack(glyphs) if glyphs else np.zeros((0, 28, 28), np.uint8)
    chosen = np.array(kept, np.int64)
    alone = np.full(len(kept), -1, np.int64)
    sorts = np.full(len(kept), Sort.PICTURE_DIGIT, np.int64)
    return Glyphs(stacked, labels[chosen], alone, sorts, origins[chosen])
