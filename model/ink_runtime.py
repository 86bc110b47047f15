"""The network that tells sorts of ink apart, at work: tile by tile, and only where there is ink."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from model.runtime import only_tensor

__all__ = ["CORE_PX", "HALO_PX", "PLANES", "SORTS", "STRIDE_PX", "TILE_PX", "InkSorter"]

#: Planes that the network sees: how much of a pixel is ink, and how dark it is.
PLANES = 2
#: Sorts that it tells apart, in the order of ``model.synth.ink_sorts.InkSort``.
SORTS = 5

#: Side of the squares that get an answer each, px.
STRIDE_PX = 4
#: Side of the tile that is looked at in one call, px. Memory is planned once, for one of them.
TILE_PX = 256
#: What is seen around the part that is answered for, px: words and rules are told by what they go on to.
HALO_PX = 24
#: Side of that part, px.
CORE_PX = TILE_PX - 2 * HALO_PX


class InkSorter:
    """A loaded LiteRT file that tells sorts of ink apart.

    Not thread-safe: one a process.

    Parameters
    ----------
    content : bytes
        Of the file.

    Raises
    ------
    ValueError
        It is no network from planes to sorts of ink.
    """

    def __init__(self, content: bytes) -> None:
        from ai_edge_litert.interpreter import Interpreter

        self._interpreter = Interpreter(model_content=content, num_threads=1)
        given = only_tensor(self._interpreter.get_input_details())
        if given["shape"].tolist() != [1, TILE_PX, TILE_PX, PLANES]:
            raise ValueError(f"it takes {given['shape'].tolist()}, not a tile of {TILE_PX} px")
        told = only_tensor(self._interpreter.get_output_details())
        self._interpreter.allocate_tensors()
        self._input, self._output = given["index"], told["index"]
        side = TILE_PX // STRIDE_PX
        if told["shape"].tolist() != [1, side, side, SORTS]:
            raise ValueError(f"it gives {told['shape'].tolist()}, not an answer for each {STRIDE_PX} px")

    def __call__(self, planes: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Tell sorts of ink apart.

        Parameters
        ----------
        planes : (H, W, PLANES) uint8 ndarray
            As ``segmentation.sorting.ink_planes`` gives them; sides are divisible by 4. Not modified.

        Returns
        -------
        (H / 4, W / 4, SORTS) float32 ndarray
            Probabilities of the sorts; all the same where no ink is near.
        """
        down, across = planes.shape[0] // STRIDE_PX, planes.shape[1] // STRIDE_PX
        answers = np.full((down, across, SORTS), 1 / SORTS, np.float32)
        padded = np.pad(planes, ((HALO_PX, TILE_PX), (HALO_PX, TILE_PX), (0, 0)))
        halo, core = HALO_PX // STRIDE_PX, CORE_PX // STRIDE_PX
        given = np.empty((1, TILE_PX, TILE_PX, PLANES), np.float32)
        for top, left in _inked_cores(planes):
            tile = padded[top : top + TILE_PX, left : left + TILE_PX]
            np.divide(tile, np.float32(255), out=given[0])
            self._interpreter.set_tensor(self._input, given)
            self._interpreter.invoke()
            told = self._interpreter.get_tensor(self._output)[0, halo : halo + core, halo : halo + core]
            y, x = top // STRIDE_PX, left // STRIDE_PX
            place = answers[y : y + core, x : x + core]
            place[...] = told[: place.shape[0], : place.shape[1]]
        return answers


def _inked_cores(planes: NDArray[np.uint8]) -> Iterator[tuple[int, int]]:
    """Yield top and left of each part of the page that holds ink."""
    for top in range(0, planes.shape[0], CORE_PX):
        for left in range(0, planes.shape[1], CORE_PX):
            if planes[top : top + CORE_PX, left : left + CORE_PX, 0].any():
                yield top, left
