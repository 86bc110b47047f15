"""Components to lines of writing: chains of neighbours, however the line slopes."""

from collections.abc import Sequence

import numpy as np

from segmentation.components import Component
from segmentation.geometry import Box

__all__ = ["chain_lines", "line_height"]


#: A component lower than this share of its neighbour is a fragment or a mark,
FRAGMENT = 0.45
#: which has to lie within the neighbour's height by this share of its own,
WITHIN = 0.6
#: no farther from it than this share of the neighbour's height.
NEAR = 0.6
#: Others stand level with each other by this share of the lower one's height.
LEVEL = 0.45


def line_height(boxes: Sequence[Box]) -> float:
    """Return the height that the tall members of a line agree on, in px.

    Dots, dashes and fragments do not pull it down, one long tail does not pull it up.
    """
    heights = np.sort([box.height for box in boxes])
    tall = heights[heights >= 0.5 * heights[-1]]
    return float(np.median(tall))


def _linked(left: Component, right: Component, reach: float) -> bool:
    if left.cell != right.cell:
        return False
    a, b = left.box, right.box
    taller, lower = max(a.height, b.height), min(a.height, b.height)
    if -a.overlap_x(b) > reach * taller:
        return False
    overlap = a.overlap_y(b)
    if lower < FRAGMENT * taller:
        return overlap > WITHIN * lower and -a.overlap_x(b) < NEAR * taller
    return overlap > LEVEL * lower


def chain_lines(components: Sequence[Component], *, reach: float = 2.5) -> list[list[Component]]:
    """Chain components into lines.

    Two components belong together when they stand side by side, about equally tall and
    less than `reach` of their height apart; a line is what such links connect. Components
    of different cells never link.

    Parameters
    ----------
    components : sequence of Component
        Of one page.
    reach : float
        Widest gap within a line, as a share of the taller neighbour's height.

    Returns
    -------
    list of list of Component
        Lines in no particular order, each from left to right.
    """
    ordered = sorted(components, key=lambda c: c.box.left)
    parent = list(range(len(ordered)))

    def root(k: int) -> int:
        while parent[k] != k:
            parent[k] = parent[parent[k]]
            k = parent[k]
        return k

    lefts = np.array([c.box.left for c in ordered])
    tallest = max((c.box.height for c in ordered), default=0)
    for k, left in enumerate(ordered):
        limit = int(np.searchsorted(lefts, left.box.right + reach * tallest, side="right"))
        links = 0
        for m in range(k + 1, limit):
            if _linked(left, ordered[m], reach):
                parent[root(m)] = root(k)
                links += 1
                # The nearest neighbours decide; farther ones are reached through them.
                if links >= 3 and ordered[m].box.left > left.box.right:
                    break
    lines: dict[int, list[Component]] = {}
    for k, component in enumerate(ordered):
        lines.setdefault(root(k), []).append(component)
    return list(lines.values())
