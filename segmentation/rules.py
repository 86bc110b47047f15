"""Printed rules: found as long, thin, straight runs; taken out with the strokes that cross them kept."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from segmentation.config import DEFAULT, SegmentationConfig
from segmentation.frames import frame_sides
from segmentation.scale import WritingSize

__all__ = ["Rules", "find_rules", "remove_rules"]

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Rules:
    """Where the rules of a page lie.

    Attributes
    ----------
    horizontal, vertical : (H, W) bool ndarray
        The ink that belongs to rules of that direction.
    thickness_px : float
        Typical thickness of a rule, 0.0 where there are none.
    """

    horizontal: Mask
    vertical: Mask
    thickness_px: float

    @property
    def mask(self) -> Mask:
        """All ink that belongs to rules."""
        return self.horizontal | self.vertical


def _long_runs(ink: NDArray[np.uint8], length_px: int, slack_px: int) -> NDArray[np.uint8]:
    """Return the ink on horizontal runs of at least that length, allowing for some slope."""
    thick = cv2.dilate(ink, np.ones((2 * slack_px + 1, 7), np.uint8))
    runs = cv2.morphologyEx(thick, cv2.MORPH_OPEN, np.ones((1, length_px), np.uint8))
    return np.asarray(cv2.bitwise_and(runs, ink), dtype=np.uint8)


def _thin_only(
    runs: NDArray[np.uint8], ink: NDArray[np.uint8], thickest_px: float, length_px: int, free_px: float
) -> tuple[Mask, list[float]]:
    """Keep the runs that are thin for their length, or long solid bars; drop lone strokes.

    A run that makes up its whole component and is shorter than `free_px` may be a dash or
    a one that somebody wrote: it is left to the reader.
    """
    count, labels, stats, _ = cv2.connectedComponentsWithStats(runs, connectivity=8)
    keep = np.zeros(count, bool)
    thicknesses = []
    if count > 1:
        _, whole, whole_stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    for label in range(1, count):
        left, top, width, height, area = (int(v) for v in stats[label])
        if width < 0.6 * length_px:
            continue
        thickness = area / width
        if thickness > thickest_px and width < 6 * thickest_px:
            continue
        here = whole[top : top + height, left : left + width][
            labels[top : top + height, left : left + width] == label
        ]
        component = whole_stats[int(here[0])]
        if component[cv2.CC_STAT_AREA] < 1.3 * area and width < free_px:
            continue
        keep[label] = True
        if thickness <= thickest_px:
            thicknesses.append(thickness)
    return keep[labels], thicknesses


def find_rules(mask: Mask, size: WritingSize, config: SegmentationConfig = DEFAULT) -> Rules:
    """Find the rules of a page, straight up to a slope of about four degrees.

    Parameters
    ----------
    mask : (H, W) bool ndarray
        True = ink. Not modified.
    size : WritingSize
        Of the writing on this page, which tells a rule from a long stroke.
    config : SegmentationConfig
        Length and thickness of a rule in writing heights.

    Returns
    -------
    Rules
        Masks of the page's size.
    """
    ink = mask.view(np.uint8)
    length = max(12, round(max(config.rule_length * size.height_px, 12 * size.stroke_px)))
    thickest = max(config.rule_thickness * size.height_px, 1.8 * size.stroke_px, 3.0)
    slack = max(1, round(0.5 * size.stroke_px))
    free = 2.2 * length
    horizontal, across = _thin_only(_long_runs(ink, length, slack), ink, thickest, length, free)
    turned = np.ascontiguousarray(ink.T)
    vertical, down = _thin_only(_long_runs(turned, length, slack), turned, thickest, length, free)
    upper, sides = frame_sides(mask, size.stroke_px)
    horizontal, standing = horizontal | upper, np.ascontiguousarray(vertical.T) | sides
    thicknesses = across + down + ([size.stroke_px] if upper.any() else [])
    typical = float(np.median(thicknesses)) if thicknesses else 0.0
    return Rules(horizontal, standing, typical)


def _without(mask: Mask, rule: Mask, reach_px: int) -> Mask:
    """Take a horizontal rule out of `mask`, keeping what goes on above and below it."""
    grown = cv2.dilate(rule.view(np.uint8), np.ones((3, 1), np.uint8)).astype(bool) & mask
    rest = mask & ~grown
    bridge = cv2.morphologyEx(rest.view(np.uint8), cv2.MORPH_CLOSE, np.ones((reach_px, 3), np.uint8))
    return rest | (bridge.astype(bool) & grown)


def remove_rules(mask: Mask, rules: Rules) -> Mask:
    """Take the rules out of the ink and mend the strokes that cross them.

    Parameters
    ----------
    mask : (H, W) bool ndarray
        True = ink. Not modified.
    rules : Rules
        As found on the same mask.

    Returns
    -------
    (H, W) bool ndarray
        Ink without rules.
    """
    if not rules.thickness_px and not rules.mask.any():
        return mask.copy()
    reach = round(2 * rules.thickness_px) + 5
    cleaned = _without(mask, rules.horizontal, reach) if rules.horizontal.any() else mask
    if rules.vertical.any():
        cleaned = _without(cleaned.T, rules.vertical.T, reach).T
    return np.ascontiguousarray(cleaned)
