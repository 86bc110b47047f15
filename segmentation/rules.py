"""Printed rules: found by their ink, followed where it fades, taken out without what crosses them."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from segmentation.config import DEFAULT, SegmentationConfig
from segmentation.faint_rules import faint_lines
from segmentation.frames import Likeness, frame_sides
from segmentation.geometry import Box
from segmentation.labelling import labelled
from segmentation.level_rules import Direction, Reach, long_runs, thin_only, turned_over
from segmentation.rule_ends import follow_rules
from segmentation.scale import WritingSize

__all__ = ["Rules", "find_rules", "remove_rules"]

Mask = NDArray[np.bool_]

#: A rule is at least this many strokes long, at most this many thick.
LEAST_STROKES, THICKEST_STROKES = 12.0, 1.8
#: A rule is followed from its ends in steps of so many writing heights.
STEP_HEIGHTS = 1.0


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
    lying, standing : (H, W) bool ndarray, optional
        Where rules of that direction run without ink: they are walls, and nothing to take out.
    combs : tuple of Box
        Frames that ticks part into places for digits.
    """

    horizontal: Mask
    vertical: Mask
    written: Mask
    thickness_px: float
    lying: Mask | None = None
    standing: Mask | None = None
    combs: tuple[Box, ...] = ()

    @property
    def mask(self) -> Mask:
        """All ink that belongs to rules."""
        return self.horizontal | self.vertical


@dataclass(frozen=True, slots=True)
class _Lines:
    """Rules that were found in one direction: their ink, what is written on it, where they run, how thick."""

    ink: Mask
    written: Mask
    course: Mask
    thicknesses: list[float]


def find_rules(
    mask: Mask,
    size: WritingSize,
    config: SegmentationConfig = DEFAULT,
    *,
    contrast: NDArray[np.uint8] | None = None,
    longest_step_px: float = float("inf"),
    likeness: Likeness | None = None,
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
    likeness : callable, optional
        From columns and rows of ink to how probably it is a rule; without it, shape alone decides.

    Returns
    -------
    Rules
        Masks of the page's size.
    """
    whole, stats, _ = labelled(mask)
    reach = Reach(
        length=max(12, round(max(config.rule_length * size.height_px, LEAST_STROKES * size.stroke_px))),
        thickest=max(config.rule_thickness * size.height_px, THICKEST_STROKES * size.stroke_px, 3.0),
        slack=max(1, round(0.5 * size.stroke_px)),
        longest_step=longest_step_px,
    )
    page = Direction(mask, contrast, whole, stats[:, cv2.CC_STAT_AREA], likeness, reach)
    lying, standing = _lines(page, page.turned(), size)
    frames = frame_sides(whole, stats, size.stroke_px, likeness)
    thicknesses = lying.thicknesses + standing.thicknesses
    thicknesses += [size.stroke_px] if frames.horizontal.any() else []
    return Rules(
        lying.ink | frames.horizontal,
        turned_over(standing.ink) | frames.vertical,
        lying.written | turned_over(standing.written),
        float(np.median(thicknesses)) if thicknesses else 0.0,
        None if contrast is None else lying.course,
        None if contrast is None else turned_over(standing.course),
        frames.combs,
    )


def _lines(page: Direction, turned: Direction, size: WritingSize) -> tuple[_Lines, _Lines]:
    """Find the rules of both directions: by their ink, then from their ends on, then what is too pale."""
    lying, standing = (
        thin_only(long_runs(seen.mask, seen.reach), seen, seen.likeness) for seen in (page, turned)
    )
    found = []
    for seen, own, across in ((page, lying, standing), (turned, standing, lying)):
        ink, written, thicknesses = own
        course = np.zeros(ink.shape, bool)
        if seen.contrast is not None:
            trails = follow_rules(
                seen.mask, seen.contrast, ink, across[0].T, round(STEP_HEIGHTS * size.height_px)
            )
            ink, course = ink | trails.ink, trails.course
        found.append(_Lines(ink, written, course, thicknesses))
    # Where nothing is ruled, nothing is looked for either: a page of numbers has no pale walls alone.
    if any(lines.ink.any() for lines in found):
        found = [_with_faint(seen, lines, size) for seen, lines in zip((page, turned), found, strict=True)]
    return found[0], found[1]


def _with_faint(page: Direction, lines: _Lines, size: WritingSize) -> _Lines:
    """Add the rules that are too pale, or too broken, to be found by their ink."""
    if page.contrast is None:
        return lines
    known = cv2.dilate(
        (lines.ink | lines.course).view(np.uint8), np.ones((2 * round(size.stroke_px) + 3, 1), np.uint8)
    )
    pale = faint_lines(page.contrast, page.mask, size) & (known == 0)
    course, written, _ = thin_only(long_runs(pale, page.reach), page, None)
    return _Lines(
        lines.ink | (course & page.mask),
        lines.written | (written & page.mask),
        lines.course | course,
        lines.thicknesses,
    )


def _without(mask: Mask, rule: Mask, written: Mask, across: tuple[int, int]) -> Mask:
    """Take rules out of `mask`, keeping what is written on them or goes on to both sides of them.

    `across` is how far to their sides is looked for that: rows and columns of a kernel.
    """
    beside = np.ones((3, 1) if across[0] > across[1] else (1, 3), np.uint8)
    grown = cv2.dilate(rule.view(np.uint8), beside).view(np.bool_) & mask & ~written
    rest = mask & ~grown
    bridge = cv2.morphologyEx(rest.view(np.uint8), cv2.MORPH_CLOSE, np.ones(across, np.uint8))
    return rest | (bridge.view(np.bool_) & grown)


def _joined(written: Mask, rest: Mask, longest_px: float) -> Mask:
    """Keep the darker ink on rules that goes on beside the rule, and is no longer than a stroke."""
    if not written.any():
        return written
    labels, stats, _ = labelled(written)
    near = cv2.dilate(rest.view(np.uint8), np.ones((3, 3), np.uint8)).ravel()
    places = np.flatnonzero(written)
    own = labels.ravel()[places]
    keep = np.zeros(len(stats), bool)
    keep[own[near[places] > 0]] = True
    keep &= np.maximum(stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]) <= longest_px
    joined = np.zeros(written.shape, bool)
    joined.ravel()[places[keep[own]]] = True
    return joined


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
    lying, standing = rules.horizontal.any(), rules.vertical.any()
    if not lying and not standing:
        return mask.copy()
    reach = round(2 * rules.thickness_px) + 5
    written = _joined(rules.written, mask & ~rules.mask, longest_px)
    cleaned = _without(mask, rules.horizontal, written, (reach, 3)) if lying else mask
    return _without(cleaned, rules.vertical, written, (3, reach)) if standing else cleaned
