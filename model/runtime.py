"""The runtime file at work: LiteRT, on one thread, whatever the network calculates in."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.contract import GLYPH_SIDE

__all__ = ["CHUNK", "Answers", "LiteRtNetwork", "only_tensor"]

Floats = NDArray[np.float32]

#: Glyphs a call. Memory is planned once, for so many. What the first convolution gives for these
#: stays in a core's own cache; a page of one glyph waits for seven blank ones and not for 47.
CHUNK = 8


@dataclass(frozen=True, slots=True)
class Answers:
    """What a network says of glyphs.

    Attributes
    ----------
    probabilities : (N, classes) float32 ndarray
        Of each class.
    embeddings : (N, E) float32 ndarray or None
        What the last layer decides by: glyphs of one shape lie in one direction. None where the file does
        not give it.
    """

    probabilities: Floats
    embeddings: Floats | None


class LiteRtNetwork:
    """A loaded LiteRT file, in float or in eight bits; it takes and gives float32 in any case.

    Of two outputs the second has the probabilities: the converter puts them in the order of their names.

    Not thread-safe: one a process.

    Parameters
    ----------
    content : bytes
        Of the file.

    Raises
    ------
    ValueError
        It is no network from glyphs to probabilities.
    """

    def __init__(self, content: bytes) -> None:
        from ai_edge_litert.interpreter import Interpreter

        self._interpreter = Interpreter(model_content=content, num_threads=1)
        self._input = only_tensor(self._interpreter.get_input_details())["index"]
        self._interpreter.resize_tensor_input(self._input, [CHUNK, GLYPH_SIDE, GLYPH_SIDE, 1])
        self._interpreter.allocate_tensors()
        outputs = sorted(self._interpreter.get_output_details(), key=lambda output: str(output["name"]))
        output = only_tensor(outputs[-1:])
        self._output = output["index"]
        self.classes = _width(output)
        self._embedding = only_tensor(outputs[:-1]) if len(outputs) > 1 else None
        #: Numbers in an embedding, 0 where the file gives none.
        self.embedding_width = 0 if self._embedding is None else _width(self._embedding)

    def probabilities(self, batch: Floats) -> Floats:
        """Classify glyphs.

        Parameters
        ----------
        batch : (N, 28, 28) float32 ndarray
            In [0, 1], ink = 1; N may be 0. Not modified.

        Returns
        -------
        (N, classes) float32 ndarray
            As the network gives them.
        """
        return self.answers(batch).probabilities

    def answers(self, batch: Floats) -> Answers:
        """Classify glyphs as :meth:`probabilities` does, and tell what that was decided by."""
        result = np.empty((len(batch), self.classes), np.float32)
        inner = self._embedding
        embeddings = None if inner is None else np.empty((len(batch), self.embedding_width), np.float32)
        buffer = np.zeros((CHUNK, GLYPH_SIDE, GLYPH_SIDE, 1), np.float32)
        for start in range(0, len(batch), CHUNK):
            part = batch[start : start + CHUNK]
            buffer[: len(part), :, :, 0] = part
            self._interpreter.set_tensor(self._input, buffer)
            self._interpreter.invoke()
            result[start : start + len(part)] = self._interpreter.get_tensor(self._output)[: len(part)]
            if inner is not None and embeddings is not None:
                told = self._interpreter.get_tensor(inner["index"])
                embeddings[start : start + len(part)] = told[: len(part)]
        return Answers(result, embeddings)


def _width(output: dict[str, Any]) -> int:
    """Return how many numbers an output gives for each glyph."""
    if len(output["shape"]) != 2 or output["shape"][-1] < 1:
        raise ValueError(f"it gives something of the shape {list(output['shape'])}, and not a row a glyph")
    return int(output["shape"][-1])


def only_tensor(details: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the only tensor that goes in, or comes out, if it is one of float32."""
    if len(details) != 1 or details[0]["dtype"] is not np.float32:
        kinds = ", ".join(one["dtype"].__name__ for one in details)
        raise ValueError(f"it takes or gives {kinds or 'nothing'}, not one tensor of float32")
    return details[0]
