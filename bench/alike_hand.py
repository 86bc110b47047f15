"""A hand for drawn pages whose digits are much alike, as one person's are, and never the same picture twice.

The pages that are drawn otherwise take a few pictures of each digit again and again: to what looks for
repetitions that is half a font.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from model.synth.digits import DigitSource

__all__ = ["AlikeHand"]

#: Among so many pictures of a digit the most alike are looked for, and so many of these are one hand's.
LOOKED_THROUGH, ONE_HAND = 4000, (30, 120)


class AlikeHand(DigitSource):
    """A source whose hands take pictures that are near to one of them, by their correlation."""

    def for_hand(self, rng: np.random.Generator, variants: int = 4) -> DigitSource:
        """Return a source of pictures that one person may have written; how many is asked for in vain."""
        del variants
        count = int(rng.integers(*ONE_HAND))
        kept = np.concatenate([self._near_one(rng, digit, count) for digit in range(10)])
        return _Hand(self.images[kept], self.labels[kept], origins=self.origins[kept])

    def _near_one(self, rng: np.random.Generator, digit: int, count: int) -> npt.NDArray[np.intp]:
        """Pick a picture of a digit by chance, and those that are most like it."""
        places = np.flatnonzero(self.labels == digit)
        places = rng.choice(places, min(LOOKED_THROUGH, len(places)), replace=False)
        rows = self.images[places].reshape(len(places), -1).astype(np.float32)
        rows -= rows.mean(axis=1, keepdims=True)
        rows /= np.linalg.norm(rows, axis=1, keepdims=True) + 1e-6
        return np.asarray(places[np.argsort(-(rows @ rows[0]), kind="stable")[:count]], np.intp)


class _Hand(DigitSource):
    """One of these hands: it takes each picture once before it takes any again."""

    def choose(self, rng: np.random.Generator, labels: Sequence[int]) -> list[int]:
        """Return the place of a picture for each label."""
        left: dict[int, list[int]] = {}
        chosen = []
        for label in labels:
            if not left.get(label):
                left[label] = rng.permutation(np.flatnonzero(self.labels == label)).tolist()
            chosen.append(left[label].pop())
        return chosen
