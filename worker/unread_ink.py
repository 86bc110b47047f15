"""Ink beside a number that was read as nothing: a stroke, a digit, or only dust."""

from collections.abc import Iterable, Sequence
from statistics import median

import numpy as np
from numpy.typing import NDArray

from segmentation.dashes import is_dash
from segmentation.geometry import Box, union

__all__ = ["ink_at_ends", "unread_ink"]

# Of a sign that may be missing before a number `worker.lost_signs` asks something else, and has distances
# and a dust of its own: it looks for one small shape, which stands a little off its digits, ends near them
# and may be fainter than a point between two of them. Here is measured how much ink there is, of whatever
# shape, which may be a digit that was left out: it begins as near as the next digit would, and goes on for
# that one's width. The confidence was fitted on what is measured here, so that these figures change with a
# new fit only.

#: Beside a number's ends is looked for ink that begins as near as this, over its digits' height,
BESIDE = 0.7
#: and it is measured as far as this,
FAR = 1.6
#: leaving out this share of its height above and below, where other lines reach in.
LEVEL = 0.1
#: A dash at least this long over the digits' height fills the line or is a rest of its rule, and is no digit.
FILLER_LENGTH = 0.5
#: Before a number it has to be longer, over the digits' height, as far as it is measured: what is shorter may
#: be a minus.
FILLER_BEFORE = 1.2


def unread_ink(digits: Iterable[Box], labels: NDArray[np.int32]) -> NDArray[np.int32]:
    """Return a page's pieces of ink without those in the boxes of what was read."""
    rest = labels.copy()
    for box in digits:
        rest[box.top : box.bottom, box.left : box.right] = 0
    return rest


def ink_at_ends(digits: Sequence[Box], unread: NDArray[np.int32], stroke_px: float) -> float:
    """Return how large the largest piece of unread ink is beside the ends of a number.

    Parameters
    ----------
    digits : sequence of Box
        The digits of one number, in px of the working page; at least one.
    unread : (H, W) int32 ndarray
        As :func:`unread_ink` gives it. Not modified.
    stroke_px : float
        Width of a typical stroke.

    Returns
    -------
    float
        In squares of the stroke's width; 0 where none begins there.
    """
    whole = union(digits)
    height = float(median(box.height for box in digits))
    near, far = round(BESIDE * height), round(FAR * height)
    margin = round(LEVEL * whole.height)
    rows = unread[whole.top + margin : whole.bottom - margin]
    before = rows[:, max(0, whole.left - far) : whole.left][:, ::-1]
    after = rows[:, whole.right : whole.right + far]
    sides = ((before, FILLER_BEFORE * height), (after, FILLER_LENGTH * height))
    return max(_largest(side, near, shortest, stroke_px) for side, shortest in sides) / stroke_px**2


def _largest(pieces: NDArray[np.int32], near: int, shortest_px: float, stroke_px: float) -> int:
    """Return the size of the largest piece that begins in the first columns and fills no line, in px."""
    first = pieces[:, :near]
    sizes = np.bincount(pieces[pieces > 0])
    # The largest first: hardly ever is a second one looked at.
    for label in sorted(np.unique(first[first > 0]), key=sizes.__getitem__, reverse=True):
        if not is_dash(pieces == label, shortest_px, stroke_px):
            return int(sizes[label])
    return 0
