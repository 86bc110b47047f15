"""Strips of candidate glyphs to edges of the lattice: shape and size as prior odds."""

from math import log

from model.lattice import Edge
from segmentation.candidates import Strip

__all__ = ["edges_of"]

#: A symbol lower than this share of its line's height is odd.
ODD_HEIGHT = 0.55


def edges_of(strip: Strip) -> list[Edge]:
    """Return one edge a candidate, in their order.

    Parameters
    ----------
    strip : Strip
        One line of writing.

    Returns
    -------
    list of Edge
        Fragments far lower than the line are charged for being read as digits, and are
        cheap to leave out.
    """
    edges = []
    for candidate in strip.candidates:
        share = max(candidate.box.height, 0.5 * candidate.box.width) / strip.height_px
        prior = 0.0 if share >= ODD_HEIGHT else 4.0 * log(max(share, 0.05) / ODD_HEIGHT)
        edges.append(Edge(candidate.start, candidate.stop, prior, min(1.0, share / ODD_HEIGHT)))
    return edges
