"""Connected components of the ink: what can be writing, each with its box and its cell."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from segmentation.cell_walls import part_by_cells
from segmentation.cells import CellMap
from segmentation.clean import Ink
from segmentation.config import DEFAULT, SegmentationConfig
from segmentation.geometry import Box
from segmentation.labelling import labelled
from segmentation.medians import quantile_within
from segmentation.parting import Parting
from segmentation.row_cuts import part_rows
from segmentation.scale import WritingSize
from segmentation.tails import take_off_dashes

__all__ = ["MOST_COMPONENTS", "Component", "label_components"]


#: What touches the page's edge is no writing when it is longer than this many writing heights,
SPRAWL = 6.0
#: this much wider than high or higher than wide,
STRIP_WIDE, STRIP_HIGH = 7.0, 9.0
#: or a sliver narrower than this share of the writing height.
SLIVER = 0.35
#: A block is filled to this share of its box, and this many writing heights wide and high.
BLOCK_FILL, BLOCK_SIDE = 0.8, 0.45
#: No symbol fills this share of the page's height, or is this many writing heights long.
PAGE_SHARE, GIANT = 0.9, 25.0
#: The edge of a sheet, or a rule that was missed, is this many writing heights high and this slim:
#: left in, it would make a giant of the line that it stands in.
POLE, POLE_SLIM = 3.5, 4.0
#: A dash is this much wider than high.
DASH = 12.0
#: No page holds more symbols than this.
MOST_COMPONENTS = 6_000
#: A component whose middle is in no cell is in the one that holds this share of its box.
HELD = 0.4
#: The rim of a rule lies within this many strokes of it, by this share of its ink,
RIM, ALONG = 0.7, 0.7
#: and is at most this many strokes thick.
SLIM = 1.5
# Chosen on noise, bare and ruled paper, where no ink is to be found, and on real pages full of it.
#: How dark a page's dark ink is: this quantile of all of it. Ink is at least so many times as dark as the
#: palest ink that there can be,
DARK_QUANTILE, DARK_FLOORS = 0.75, 3.2
#: this share of it lies in pieces of so many squares of the stroke,
STROKES_SHARE, STROKES = 0.75, 6.0
#: and then what is this share as dark is no grain, however coarse that seems.
PEAK_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class Component:
    """Connected ink (8 neighbours).

    Attributes
    ----------
    label : int
        Its number in the label image.
    box : Box
        Tight box in px of the working page.
    area_px : int
        Ink pixels.
    cell : int
        Index of the cell that holds it, -1 outside of all cells.
    """

    label: int
    box: Box
    area_px: int
    cell: int


def _plausible(
    stats: NDArray[np.int32], shape: tuple[int, ...], size: WritingSize, config: SegmentationConfig
) -> NDArray[np.bool_]:
    """Tell which components can hold writing, by shape alone."""
    left, top, width, height, area = (stats[:, k].astype(np.float64) for k in range(5))
    enough = (area >= max(config.dust_px, 0.5 * size.stroke_px**2)) & (
        np.maximum(width, height) >= config.min_height_px
    )
    page_height, page_width = shape
    border = (left <= 1) | (top <= 1) | (left + width >= page_width - 1) | (top + height >= page_height - 1)
    longest, shortest = np.maximum(width, height), np.minimum(width, height)
    strip = (width > STRIP_WIDE * height) | (height > STRIP_HIGH * width)
    cut_off = (longest > SPRAWL * size.height_px) | strip | (shortest < SLIVER * size.height_px)
    solid = (area > BLOCK_FILL * width * height) & (shortest > BLOCK_SIDE * size.height_px)
    huge = (height > PAGE_SHARE * page_height) | (longest > GIANT * size.height_px)
    pole = (height > POLE * size.height_px) & (height > POLE_SLIM * width)
    dash = width > DASH * height
    return enough & ~(border & cut_off) & ~solid & ~huge & ~pole & ~dash


def _remains(
    labels: NDArray[np.int32],
    stats: NDArray[np.int32],
    mask: NDArray[np.bool_],
    rules: NDArray[np.bool_],
    size: WritingSize,
) -> NDArray[np.bool_]:
    """Tell which components are rims of rules: slim, and lying along what was taken out."""
    reach = 2 * max(1, round(RIM * size.stroke_px)) + 1
    beside = cv2.dilate(rules.view(np.uint8), np.ones((reach, reach), np.uint8)) > 0
    touching = np.bincount(labels[beside & mask], minlength=len(stats))
    slim = np.minimum(stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]) <= size.stroke_px * SLIM
    return np.asarray(slim & (touching >= ALONG * stats[:, cv2.CC_STAT_AREA]))


def _least_peak(ink: Ink, areas: NDArray[np.int32], size: WritingSize, config: SegmentationConfig) -> float:
    """Return the contrast that a component must reach somewhere: more than grain does, and no more than ink.

    Where hardly any of the paper is bare, or it is as white as can be, ink itself is taken for grain. But
    grain is pale, and hangs together in specks; what is dark and hangs together in strokes is ink.
    """
    grain = max(config.contrast_floor, config.peak_sigmas * ink.noise)
    if not ink.mask.any():
        return grain
    dark = quantile_within(ink.contrast, ink.mask, DARK_QUANTILE)
    strokes = areas[areas >= STROKES * size.stroke_px**2].sum()
    is_ink = dark >= DARK_FLOORS * config.contrast_floor and strokes >= STROKES_SHARE * areas.sum()
    return min(grain, PEAK_SHARE * dark) if is_ink else grain


def _drop_the_smallest(keep: NDArray[np.bool_], stats: NDArray[np.int32]) -> int:
    """Give up, in place, what goes beyond any page: sand, weave and halftone, not writing."""
    kept = np.flatnonzero(keep)
    by_size = np.argsort(-stats[kept, cv2.CC_STAT_HEIGHT], kind="stable")
    dropped = kept[by_size[MOST_COMPONENTS:]]
    keep[dropped] = False
    return len(dropped)


def label_components(
    ink: Ink,
    mask: NDArray[np.bool_],
    cells: CellMap,
    size: WritingSize,
    config: SegmentationConfig = DEFAULT,
    *,
    rules: NDArray[np.bool_] | None = None,
) -> tuple[NDArray[np.int32], list[Component], int]:
    """Find the components of `mask` that can be writing.

    Hairline breaks are bridged for the labelling; no pixel is added to the ink.

    Parameters
    ----------
    ink : Ink
        Of the page: gives the contrast that a component must reach somewhere.
    mask : (H, W) bool ndarray
        Ink without rules. Not modified.
    cells : CellMap
        Of the page.
    size : WritingSize
        Of the working page.
    config : SegmentationConfig
        Thresholds.
    rules : (H, W) bool ndarray, optional
        What was taken out: a sliver along it is what was left of it. Not modified.

    Returns
    -------
    labels : (H, W) int32 ndarray
        0 on paper.
    components : list of Component
        The plausible ones, in no particular order.
    dropped : int
        How many more there are than a page can hold.
    """
    bridged = cv2.morphologyEx(mask.view(np.uint8), cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    labels, stats, centres = labelled(bridged.view(np.bool_))
    labels[bridged > mask.view(np.uint8)] = 0
    parting = Parting(labels, stats, centres)
    if cells.cells:
        part_by_cells(parting, cells.labels)
    part_rows(parting, _plausible(parting.stats, mask.shape, size, config), size.stroke_px)
    plausible = _plausible(parting.stats, mask.shape, size, config)
    take_off_dashes(parting, plausible, size.height_px, size.stroke_px)
    labels, stats, centres = parting.labels, parting.stats, parting.centres
    keep = _plausible(stats, mask.shape, size, config)
    if rules is not None and rules.any():
        keep &= ~_remains(labels, stats, mask, rules, size)
    keep[0] = False
    least = _least_peak(ink, stats[1:, cv2.CC_STAT_AREA], size, config)
    keep &= np.bincount(labels[mask & (ink.contrast >= least)], minlength=len(stats)) > 0
    dropped = _drop_the_smallest(keep, stats)
    components = []
    for label in np.flatnonzero(keep):
        left, top, width, height, area = (int(v) for v in stats[label])
        box = Box(left, top, left + width, top + height)
        cell = _cell_of(box, int(centres[label][0]), int(centres[label][1]), cells)
        components.append(Component(int(label), box, area, cell))
    return labels, components, dropped


def _cell_of(box: Box, x: int, y: int, cells: CellMap) -> int:
    """Return the cell that holds the middle of a component, or most of its box where that is no cell's.

    A stroke that was looked at as a rule is in no cell, though the digit stands in one.
    """
    if not cells.cells or cells.labels[y, x] >= 0:
        return int(cells.labels[y, x])
    window = cells.labels[box.top : box.bottom, box.left : box.right]
    inside, counts = np.unique(window[window >= 0], return_counts=True)
    if not len(inside) or counts.max() < HELD * window.size:
        return -1
    return int(inside[counts.argmax()])
