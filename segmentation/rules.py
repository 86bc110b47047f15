"""Printed rules: found as long, thin, straight runs; taken out with the strokes that cross them kept."""

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from segmentation.config import DEFAULT, SegmentationConfig
from segmentation.frames import frame_sides
from segmentation.scale import WritingSize
from segmentation.straight import straight_part

__all__ = ["Rules", "find_rules", "remove_rules"]

Mask = NDArray[np.bool_]

#: Ink on a rule is this much darker than the rule, as a factor and in grey levels;
DARKER, DARKER_LEVELS = 1.5, 25.0
#: how dark the rule is by itself is seen on this share of it, the palest.
PRINTED_SHARE = 0.35
#: A bar thicker than rules are is filled to this share of its box.
SOLID = 0.75
#: and this many times longer than thick.
BAR = 6.0
#: A rule is at least this many strokes long, at most this many thick.
LEAST_STROKES, THICKEST_STROKES = 12.0, 1.8
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
#: Level steps that a sloping rule is made of, as a share of its least length.
STEP_SHARE = 0.55


@dataclass(frozen=True, slots=True)
class Rules:
    """Where the rules of a page lie.

    Attributes
    ----------
    horizontal, vertical : (H, W) bool ndarray
        The ink that belongs to rules of that direction.
    written : (H, W) bool ndarray
        Ink on rules that is darker than they are: strokes that run along or across them.
    thickness_px : float
        Typical thickness of a rule, 0.0 where there are none.
    """

    horizontal: Mask
    vertical: Mask
    written: Mask
    thickness_px: float

    @property
    def mask(self) -> Mask:
        """All ink that belongs to rules."""
        return self.horizontal | self.vertical


def _long_runs(
    ink: NDArray[np.uint8], length_px: int, slack_px: int, longest_step_px: float
) -> NDArray[np.int32]:
    """Return the ink on horizontal runs of at least that length, numbered; 0 elsewhere.

    A sloping rule climbs in steps, each a level run of its own, and what links up is one
    run; so are the dashes of one rule.
    """
    thick = cv2.dilate(ink, np.ones((2 * slack_px + 1, 7), np.uint8))
    step_px = max(9, round(min(STEP_SHARE * length_px, longest_step_px)))
    runs = cv2.morphologyEx(thick, cv2.MORPH_OPEN, np.ones((1, step_px), np.uint8))
    _, labels = cv2.connectedComponents(runs, connectivity=8)
    labels[ink == 0] = 0
    return np.asarray(labels, np.int32)


def _runs(labels: NDArray[np.int32]) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Yield the columns and rows of the pixels of each run, from left to right."""
    rows, columns = np.divmod(np.flatnonzero(labels), labels.shape[1])
    own = labels[rows, columns].astype(np.int64)
    order = np.argsort(own * labels.shape[1] + columns, kind="stable")
    edges = np.flatnonzero(np.diff(own[order])) + 1
    if not len(own):
        return
    yield from zip(np.split(columns[order], edges), np.split(rows[order], edges), strict=True)


def _thin_only(
    labels: NDArray[np.int32],
    whole: NDArray[np.int32],
    areas: NDArray[np.int32],
    contrast: NDArray[np.uint8] | None,
    thickest_px: float,
    length_px: int,
    free_px: float,
) -> tuple[Mask, Mask, list[float]]:
    """Keep what is straight and thin of each run, or a long solid bar; drop lone strokes.

    A run that is shorter than `free_px` and makes up its whole component (numbered in
    `whole`, its ink in `areas`) may be a dash or a one that somebody wrote: it is left to
    the reader. What the page's edge cuts off is longer than it looks.
    """
    kept, written = np.zeros(labels.shape, bool), np.zeros(labels.shape, bool)
    thicknesses: list[float] = []
    for x, y in _runs(labels):
        width, height = int(x[-1] - x[0]) + 1, int(np.ptp(y)) + 1
        if width < length_px:
            continue
        alone = bool(areas[whole[y[0], x[0]]] < ALONE * len(x))
        cut_off = x[0] <= EDGE_PX or x[-1] >= labels.shape[1] - 1 - EDGE_PX
        if alone and width < free_px and not cut_off:
            continue
        if len(x) > thickest_px * width and width > BAR * height and len(x) > SOLID * width * height:
            kept[y, x] = True
            continue
        # A long rule may bend, as on a photo: it is followed piece by piece.
        for part in np.array_split(np.arange(len(x)), max(1, width // (4 * length_px))):
            for on_rule in _straight_parts(
                part,
                x,
                y,
                round(thickest_px),
                least_px=round(LONG * width) if alone else width,
                broken=width >= free_px,
            ):
                kept[y[on_rule], x[on_rule]] = True
                thicknesses.append(len(on_rule) / len(np.unique(x[on_rule])))
                if contrast is not None:
                    depths = contrast[y[on_rule], x[on_rule]].astype(np.float32)
                    own = float(np.quantile(depths, PRINTED_SHARE))
                    dark = on_rule[depths > max(DARKER * own, own + DARKER_LEVELS)]
                    written[y[dark], x[dark]] = True
    return kept, written, thicknesses


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


def find_rules(
    mask: Mask,
    size: WritingSize,
    config: SegmentationConfig = DEFAULT,
    *,
    contrast: NDArray[np.uint8] | None = None,
    longest_step_px: float = float("inf"),
) -> Rules:
    """Find the rules of a page: nearly straight, and within about eight degrees of level or upright.

    Parameters
    ----------
    mask : (H, W) bool ndarray
        True = ink. Not modified.
    size : WritingSize
        Of the writing on this page, which tells a rule from a long stroke.
    config : SegmentationConfig
        Length and thickness of a rule in writing heights.
    contrast : (H, W) uint8 ndarray, optional
        Darkness against the paper: tells ink on a rule from a paler rule. Not modified.
    longest_step_px : float
        Level steps that a sloping rule is made of are looked for at up to this length.

    Returns
    -------
    Rules
        Masks of the page's size.
    """
    ink = mask.view(np.uint8)
    length = max(12, round(max(config.rule_length * size.height_px, LEAST_STROKES * size.stroke_px)))
    thickest = max(config.rule_thickness * size.height_px, THICKEST_STROKES * size.stroke_px, 3.0)
    slack = max(1, round(0.5 * size.stroke_px))
    free = FREE * length
    _, found, figures, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    whole, stats = np.asarray(found, np.int32), np.asarray(figures, np.int32)
    areas = stats[:, cv2.CC_STAT_AREA]
    limits = (thickest, length, free)
    horizontal, on_lying, across = _thin_only(
        _long_runs(ink, length, slack, longest_step_px), whole, areas, contrast, *limits
    )
    turned = np.ascontiguousarray(ink.T)
    depth = None if contrast is None else contrast.T
    vertical, on_standing, down = _thin_only(
        _long_runs(turned, length, slack, longest_step_px), whole.T, areas, depth, *limits
    )
    upper, sides = frame_sides(whole, stats, size.stroke_px)
    horizontal, standing = horizontal | upper, np.ascontiguousarray(vertical.T) | sides
    thicknesses = across + down + ([size.stroke_px] if upper.any() else [])
    typical = float(np.median(thicknesses)) if thicknesses else 0.0
    return Rules(horizontal, standing, on_lying | on_standing.T, typical)


def _without(mask: Mask, rule: Mask, written: Mask, reach_px: int) -> Mask:
    """Take a horizontal rule out of `mask`, keeping what is written on it or goes on above and below."""
    grown = cv2.dilate(rule.view(np.uint8), np.ones((3, 1), np.uint8)).astype(bool) & mask & ~written
    rest = mask & ~grown
    bridge = cv2.morphologyEx(rest.view(np.uint8), cv2.MORPH_CLOSE, np.ones((reach_px, 3), np.uint8))
    return rest | (bridge.astype(bool) & grown)


def _joined(written: Mask, rest: Mask, longest_px: float) -> Mask:
    """Keep the darker ink on rules that goes on beside the rule, and is no longer than a stroke."""
    if not written.any():
        return written
    _, labels, stats, _ = cv2.connectedComponentsWithStats(written.view(np.uint8), connectivity=8)
    near = cv2.dilate(rest.view(np.uint8), np.ones((3, 3), np.uint8)) > 0
    keep = np.zeros(len(stats), bool)
    keep[np.unique(labels[near & written])] = True
    keep &= np.maximum(stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]) <= longest_px
    keep[0] = False
    return np.asarray(keep[labels], bool)


def remove_rules(mask: Mask, rules: Rules, *, longest_px: float = float("inf")) -> Mask:
    """Take the rules out of the ink and mend the strokes that cross them.

    Parameters
    ----------
    mask : (H, W) bool ndarray
        True = ink. Not modified.
    rules : Rules
        As found on the same mask.
    longest_px : float
        Longest stroke that may run along a rule.

    Returns
    -------
    (H, W) bool ndarray
        Ink without rules.
    """
    if not rules.thickness_px and not rules.mask.any():
        return mask.copy()
    reach = round(2 * rules.thickness_px) + 5
    written = _joined(rules.written, mask & ~rules.mask, longest_px)
    cleaned = _without(mask, rules.horizontal, written, reach) if rules.horizontal.any() else mask
    if rules.vertical.any():
        cleaned = _without(cleaned.T, rules.vertical.T, written.T, reach).T
    return np.ascontiguousarray(cleaned)
