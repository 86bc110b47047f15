"""Strips of candidate glyphs to edges of the lattice: shape and size as prior odds."""

from math import log

from model.lattice import Edge
from segmentation.candidates import LEAST_LINE, Strip

__all__ = ["edges_of"]

#: A symbol lower than this share of its line's height is odd.
ODD_HEIGHT = 0.55


def edges_of(strip: Strip, writing_px: float | None = None) -> list[Edge]:
    """Return one edge a candidate, in their order.

    Parameters
    ----------
    strip : Strip
        One line of writing.
    writing_px : float, optional
        Height of the page's writing, in px of the working page: a line of specks has a height,
        too.

    Returns
    -------
    list of Edge
        Fragments far lower than the line are charged for being read as digits, and are
        cheap to leave out.
    """
    edges = []
    height = max(strip.height_px, LEAST_LINE * (writing_px or 0.0))
    for candidate in strip.candidates:
        share = max(candidate.box.height, 0.5 * candidate.box.width) / height
        prior = 0.0 if share >= ODD_HEIGHT else 4.0 * log(max(share, 0.05) / ODD_HEIGHT)
        edges.append(Edge(candidate.start, candidate.stop, prior, min(1.0, share / ODD_HEIGHT)))
    return edges
