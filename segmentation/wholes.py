"""Components that surely are one digit as they are, and need not be cut: told by a network handed over.

Most wide digits stand alone, and cutting each wherever it might be two gives several times as many candidates
as there are digits, all of which lose. The whole is asked first, and only what it leaves open is cut.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from segmentation.candidates import Strip
from segmentation.components import Component
from segmentation.cut_outs import cut_wholes

__all__ = ["SURE", "DigitNetwork", "Wholes", "ask_wholes"]

#: A component is not cut where it is one digit with this probability.
SURE = 0.97

#: Columns of an answer that are the probabilities of digits.
_DIGITS = 10
#: From (N, 28, 28) uint8 glyphs, ink = 255, to (N, C) answers: the probabilities of the ten digits and of no
#: digit, and what else the network tells of each, which goes with it.
DigitNetwork = Callable[[NDArray[np.uint8]], NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class Wholes:
    """Components that were asked about as they are.

    Attributes
    ----------
    glyphs : mapping of int to (28, 28) uint8 ndarray
        By their numbers in the label image.
    told : mapping of int to (C,) float32 ndarray
        What the network says of each.
    sure : frozenset of int
        Those that surely are one digit.
    """

    glyphs: Mapping[int, NDArray[np.uint8]]
    told: Mapping[int, NDArray[np.float32]]
    sure: frozenset[int]

    @classmethod
    def none(cls) -> "Wholes":
        """Return that nothing was asked."""
        return cls({}, {}, frozenset())

    def completed(
        self, strips: Iterable[Strip], glyphs: NDArray[np.uint8], network: DigitNetwork
    ) -> NDArray[np.float32]:
        """Return what the network says of all candidates of a page; it is asked for those that are left.

        Parameters
        ----------
        strips : iterable of Strip
            All of the page.
        glyphs : (N, 28, 28) uint8 ndarray
            Their candidates, strip after strip. Not modified.
        network : callable
            The one that was asked before.

        Returns
        -------
        (N, C) float32 ndarray
            In the order of the glyphs.
        """
        owners = [strip.whole(candidate) for strip in strips for candidate in strip.candidates]
        known = np.array([owner in self.told for owner in owners], bool)
        rest = network(glyphs[~known])
        if not known.any():
            return rest
        found = np.empty((len(glyphs), rest.shape[1]), np.float32)
        found[~known] = rest
        found[known] = [self.told[owner] for owner in owners if owner in self.told]
        return found


def ask_wholes(
    lines: Sequence[Sequence[Component]],
    labels: NDArray[np.int32],
    strength: NDArray[np.uint8],
    network: DigitNetwork,
) -> Wholes:
    """Ask about all components of a page that may be cut.

    Parameters
    ----------
    lines : sequence of sequence of Component
        Each from left to right.
    labels : (H, W) int32 ndarray
        Label image of the page. Not modified.
    strength : (H, W) uint8 ndarray
        Soft ink of the page. Not modified.
    network : callable
        Tells digits apart.

    Returns
    -------
    Wholes
        Empty where no component is wide enough.
    """
    glyphs: dict[int, NDArray[np.uint8]] = {}
    for line in lines:
        glyphs.update(cut_wholes(line, labels, strength))
    if not glyphs:
        return Wholes.none()
    answers = network(np.stack(list(glyphs.values())))
    told = dict(zip(glyphs, answers, strict=True))
    sure = (label for label, answer in told.items() if answer[:_DIGITS].max() >= SURE)
    return Wholes(glyphs, told, frozenset(sure))
