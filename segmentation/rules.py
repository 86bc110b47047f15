"""Printed rules: found as long, thin, straight runs; taken out with the strokes that cross them kept."""

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from segmentation.config import DEFAULT, SegmentationConfig
from segmentation.frames import frame_sides
from segmentation.scale import WritingSize

__all__ = ["Rules", "find_rules", "remove_rules"]

Mask = NDArray[np.bool_]

#: A rule without dashes is inked over this share of its length.
UNBROKEN = 0.85


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


def _long_runs(ink: NDArray[np.uint8], length_px: int, slack_px: int) -> NDArray[np.int32]:
    """Number the ink on horizontal runs of at least that length, 0 elsewhere.

    Some slope is allowed for, and the dashes of one rule are one run.
    """
    thick = cv2.dilate(ink, np.ones((2 * slack_px + 1, 7), np.uint8))
    runs = cv2.morphologyEx(thick, cv2.MORPH_OPEN, np.ones((1, length_px), np.uint8))
    _, labels = cv2.connectedComponents(runs, connectivity=8)
    labels[ink == 0] = 0
    return np.asarray(labels, np.int32)


def _extents(labels: NDArray[np.int32], count: int) -> Iterator[tuple[int, tuple[int, int, int, int, int]]]:
    """Yield left, top, width, height and ink of each label."""
    rows, columns = np.nonzero(labels)
    own = labels[rows, columns]
    areas = np.bincount(own, minlength=count)
    first = np.full((2, count), np.iinfo(np.int64).max)
    last = np.full((2, count), -1)
    for axis, places in enumerate((columns, rows)):
        np.minimum.at(first[axis], own, places)
        np.maximum.at(last[axis], own, places)
    for label in np.flatnonzero(areas):
        if label:
            left, top = (int(v) for v in first[:, label])
            width, height = (int(v) + 1 for v in last[:, label] - first[:, label])
            yield int(label), (left, top, width, height, int(areas[label]))


def _thin_only(
    labels: NDArray[np.int32], ink: NDArray[np.uint8], thickest_px: float, length_px: int, free_px: float
) -> tuple[Mask, list[float]]:
    """Keep the runs that are thin for their length, or long solid bars; drop lone strokes.

    A run that is shorter than `free_px` and makes up its whole component may be a dash or a
    one that somebody wrote, and one with gaps the feet of a few digits: they are left to
    the reader.
    """
    count = int(labels.max()) + 1
    keep = np.zeros(count, bool)
    thicknesses: list[float] = []
    if count == 1:
        return labels > 0, thicknesses
    _, whole, whole_stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    for label, (left, top, width, height, area) in _extents(labels, count):
        if width < 0.6 * length_px:
            continue
        thickness = area / width
        if thickness > thickest_px and width < 6 * thickest_px:
            continue
        own = labels[top : top + height, left : left + width] == label
        if width < free_px:
            dashed = float(own.any(axis=0).mean()) < UNBROKEN
            component = whole_stats[int(whole[top : top + height, left : left + width][own][0])]
            if dashed or component[cv2.CC_STAT_AREA] < 1.3 * area:
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
