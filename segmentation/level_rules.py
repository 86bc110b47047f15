"""Level rules by their ink: long, thin, straight runs, without the strokes that lie as they do."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from segmentation.frames import Likeness
from segmentation.medians import quantile_of
from segmentation.short_rules import Piece, lying_like_the_long
from segmentation.straight import UNBROKEN, straight_part

__all__ = ["Direction", "Reach", "long_runs", "thin_only", "turned_over"]

Mask = NDArray[np.bool_]
#: Columns and rows of the pixels of a run of ink.
Run = tuple[NDArray[np.int64], NDArray[np.int64]]

#: Ink on a rule is this much darker than the rule, as a factor and in grey levels;
DARKER, DARKER_LEVELS = 1.5, 25.0
#: how dark the rule is by itself is seen on this share of it, the palest.
PRINTED_SHARE = 0.35
#: A bar thicker than rules are is filled to this share of its box.
SOLID = 0.75
#: and this many times longer than thick.
BAR = 6.0
#: A run shorter than this many rule lengths may be what somebody wrote, if it ends on the page,
FREE = 2.2
#: when its component has hardly more ink than this, over its own.
ALONE = 1.3
#: What comes as near to the page's edge as this may go on beyond it, px.
EDGE_PX = 2
#: Straight lines in one run: a rule, and strokes that cross it or run along it.
MOST_LINES = 3
#: A further line is at least this share of the run long; at most this share of the ink lies beside them all.
LONG, BESIDE = 0.5, 0.2
#: What is less probably a rule than this is a row of print or of digits: straight edges lie along those,
#: too. More is asked of what may be a dashed rule, or the feet of letters.
LEAST_LIKE, LEAST_LIKE_BROKEN = 0.2, 0.5
#: Level steps that a sloping rule is made of, as a share of its least length.
STEP_SHARE = 0.55


@dataclass(frozen=True, slots=True)
class Reach:
    """What a rule of a page measures, in px: how long it is, how thick at most, how broken."""

    length: int
    thickest: float
    slack: int
    longest_step: float

    @property
    def free(self) -> float:
        """How long a run is that nobody's stroke can be."""
        return FREE * self.length


@dataclass(frozen=True, slots=True)
class Direction:
    """A page, seen so that the rules that are looked for lie level."""

    mask: Mask
    contrast: NDArray[np.uint8] | None
    whole: NDArray[np.int32]
    areas: NDArray[np.int32]
    likeness: Likeness | None
    reach: Reach

    def turned(self) -> "Direction":
        """Return the page seen so that upright rules lie level."""
        likeness = self.likeness
        return Direction(
            turned_over(self.mask),
            None if self.contrast is None else np.asarray(cv2.transpose(self.contrast), np.uint8),
            self.whole.T,
            self.areas,
            None if likeness is None else lambda x, y: likeness(y, x),
            self.reach,
        )


def turned_over(mask: Mask) -> Mask:
    """Return a mask with rows for columns: a copy, which OpenCV makes far sooner than NumPy does of `.T`."""
    return np.asarray(cv2.transpose(mask.view(np.uint8)), np.uint8).view(np.bool_)


def long_runs(ink: Mask, reach: Reach) -> Iterator[Run]:
    """Yield the columns and rows of the ink on horizontal runs of at least that length, from left to right.

    A sloping rule climbs in steps, each a level run of its own, and what links up is one
    run; so are the dashes of one rule.
    """
    thick = cv2.dilate(ink.view(np.uint8), np.ones((2 * reach.slack + 1, 7), np.uint8))
    step_px = max(9, round(min(STEP_SHARE * reach.length, reach.longest_step)))
    runs = cv2.morphologyEx(thick, cv2.MORPH_OPEN, np.ones((1, step_px), np.uint8))
    # Runs lie on few of a page's rows: only these are looked through.
    held = _rows_held(runs)
    places = np.flatnonzero(runs[held].view(np.bool_) & ink[held])
    if not len(places):
        return
    _, labels = cv2.connectedComponents(runs[held], connectivity=8)
    own = labels.ravel()[places].astype(np.int64)
    rows, columns = np.divmod(places, ink.shape[1])
    rows = held[rows]
    order = np.argsort(own * ink.shape[1] + columns, kind="stable")
    edges = np.flatnonzero(np.diff(own[order])) + 1
    yield from zip(np.split(columns[order], edges), np.split(rows[order], edges), strict=True)


def _rows_held(runs: cv2.typing.MatLike) -> NDArray[np.intp]:
    """Return the rows of a page that hold anything, and empty ones after each group of them to keep it apart.

    Rows come in pairs, as OpenCV labels them, so that it numbers what they hold as on the whole page.
    """
    pairs = np.zeros((len(runs) // 2 + 2, 2), bool)
    pairs.ravel()[: len(runs)] = runs.any(axis=1)
    held = np.asarray(pairs.any(axis=1))
    beside = held | np.append(False, held[:-1])
    return np.flatnonzero(np.repeat(beside, 2)[: len(runs)])


def thin_only(
    runs: Iterable[Run], page: Direction, likeness: Likeness | None
) -> tuple[Mask, Mask, list[float]]:
    """Keep what is straight and thin of each run, or a long solid bar; drop lone strokes.

    A run that is no longer than a stroke may be and makes up its whole component may be a dash or a one
    that somebody wrote: it is left to the reader. What the page's edge cuts off is longer than it looks.
    `likeness` tells rules from what only lies as they do.
    """
    kept, written = np.zeros(page.mask.shape, bool), np.zeros(page.mask.shape, bool)
    length_px, thickest_px, free_px = page.reach.length, page.reach.thickest, page.reach.free
    thicknesses: list[float] = []
    pieces: list[Piece] = []
    for x, y in runs:
        width, height = int(x[-1] - x[0]) + 1, int(np.ptp(y)) + 1
        if width < length_px:
            continue
        alone = bool(page.areas[page.whole[y[0], x[0]]] < ALONE * len(x))
        cut_off = x[0] <= EDGE_PX or x[-1] >= page.mask.shape[1] - 1 - EDGE_PX
        if alone and width < free_px and not cut_off:
            continue
        if len(x) > thickest_px * width and width > BAR * height and len(x) > SOLID * width * height:
            kept[y, x] = True
            continue
        # A long rule may bend, as on a photo: it is followed piece by piece. Specks in a row may be fewer.
        pieces_wanted = min(len(x), max(1, width // (4 * length_px)))
        for part in np.array_split(np.arange(len(x)), pieces_wanted):
            lines = _straight_parts(
                part,
                x,
                y,
                round(thickest_px),
                least_px=round(LONG * width) if alone else width,
                broken=width >= free_px,
            )
            short = width < free_px and not cut_off
            found = (Piece(x[on_rule], y[on_rule], short) for on_rule in lines)
            pieces.extend(piece for piece in found if _is_likely(piece, likeness))
    for piece in lying_like_the_long(pieces):
        x, y = piece.x, piece.y
        kept[y, x] = True
        thicknesses.append(len(x) / np.count_nonzero(np.bincount(x - x[0])))
        if page.contrast is not None:
            depths = page.contrast[y, x]
            own = quantile_of(depths, PRINTED_SHARE)
            dark = depths > max(DARKER * own, own + DARKER_LEVELS)
            written[y[dark], x[dark]] = True
    return kept, written, thicknesses


def _is_likely(piece: Piece, likeness: Likeness | None) -> bool:
    """Tell whether a straight piece of ink is probably a rule."""
    if likeness is None:
        return True
    least = LEAST_LIKE if piece.covered >= UNBROKEN else LEAST_LIKE_BROKEN
    return likeness(piece.x, piece.y) >= least


def _straight_parts(
    part: NDArray[np.intp],
    x: NDArray[np.int64],
    y: NDArray[np.int64],
    thickness_px: int,
    *,
    least_px: int,
    broken: bool,
) -> Iterator[NDArray[np.intp]]:
    """Yield the straight lines in a piece of a run, further ones as long as `least_px` is left.

    A rule may cross the stroke that somebody filled an empty line with; then hardly anything of the
    run lies beside the lines. A printed word has lines in it, too, and much beside them.
    """
    lines, rest = [], part
    for _ in range(MOST_LINES):
        straight = straight_part(x[rest], y[rest], thickness_px=thickness_px, broken=broken)
        if not straight.any():
            break
        lines.append(rest[straight])
        rest = rest[~straight]
        if len(rest) < least_px or np.ptp(x[rest]) < least_px:
            break
    yield from lines if len(rest) <= BESIDE * len(part) else lines[:1]
