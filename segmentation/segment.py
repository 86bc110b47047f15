"""The way from a page to its candidate glyphs, on one screen."""

from dataclasses import dataclass, replace
from functools import partial

import cv2
import numpy as np
from numpy.typing import NDArray

from segmentation.blocks import without_blocks
from segmentation.bulk import without_bulk
from segmentation.candidates import Strip, build_strip
from segmentation.cells import Cell, find_cells, with_walls
from segmentation.clean import Ink, extract_ink
from segmentation.close_up import find_close_up
from segmentation.components import Component, label_components
from segmentation.config import DEFAULT, SegmentationConfig
from segmentation.digit_ink import LEAST_DIGIT, digit_ink
from segmentation.geometry import Placement, QuarterTurn
from segmentation.lines import chain_lines
from segmentation.missing_boxes import completed_rows
from segmentation.printed_cells import with_print
from segmentation.resizing import scaled
from segmentation.rules import find_rules, remove_rules
from segmentation.scale import WritingSize
from segmentation.sheet import cut_to_sheet
from segmentation.skew import straightened
from segmentation.smoothing import Smoothed
from segmentation.sorting import InkNetwork, SortedInk, sort_ink
from segmentation.survey import Survey, survey_page
from segmentation.wholes import DigitNetwork, Wholes, ask_wholes

__all__ = ["Segmentation", "Writing", "find_writing", "segment_page"]

#: So far from a cell's area its wall may lie, in heights of the writing: areas end where gaps were closed.
WALL_REACH = 0.2
#: Up to so many heights of the writing what is left of a rule is taken out with it.
LONGEST_REST = 1.2


@dataclass(frozen=True, slots=True)
class Writing:
    """The ink of a page that can be writing, in px of the working page.

    Attributes
    ----------
    placement : Placement
        Where the working page lies on the original page.
    size : WritingSize
        Of the writing on the working page.
    ink : Ink
        Before rules were taken out.
    labels : (H, W) int32 ndarray
        Which component a pixel belongs to, 0 on paper.
    components : tuple of Component
        The plausible ones.
    cells : tuple of Cell
        Areas enclosed by rules.
    dropped : int
        Components passed over because there are more than a page can hold.
    sorted_ink : SortedInk, optional
        What the page's ink belongs to; None where nobody was there to tell.
    left_out : (H, W) bool ndarray, optional
        Ink of no rule that surely belongs to no digit by that; it is in no component.
    close_up : bool
        Whether a symbol or two fill the whole picture, as `find_close_up` recognizes them.
    askew_deg : float
        By how much the page was found to lie askew, whether it was turned for that or not.
    """

    placement: Placement
    size: WritingSize
    ink: Ink
    labels: NDArray[np.int32]
    components: tuple[Component, ...]
    cells: tuple[Cell, ...]
    dropped: int = 0
    sorted_ink: SortedInk | None = None
    left_out: NDArray[np.bool_] | None = None
    close_up: bool = False
    askew_deg: float = 0.0

    @property
    def scale(self) -> float:
        """Working page over original page; divide a length by it to get px of the original."""
        return self.placement.scale


@dataclass(frozen=True, slots=True)
class Segmentation:
    """All candidate glyphs of a page.

    Attributes
    ----------
    writing : Writing
        What they were cut from.
    strips : tuple of Strip
        The lines, over-segmented, in no particular order.
    glyphs : (N, 28, 28) uint8 ndarray
        All candidates of all strips, strip after strip, ink = 255.
    told : (N, C) float32 ndarray, optional
        What the network of digits says of them; None where there was none to ask.
    """

    writing: Writing
    strips: tuple[Strip, ...]
    glyphs: NDArray[np.uint8]
    told: NDArray[np.float32] | None = None


def _widened(
    pixels: NDArray[np.uint8], scale: float, stroke_px: float, inverted: bool, config: SegmentationConfig
) -> NDArray[np.uint8]:
    """Widen strokes that would vanish when a page is scaled down: large writing with a thin pen."""
    missing = config.least_stroke_px - stroke_px
    if scale >= 1 or missing <= 0:
        return pixels
    reach = max(1, round(missing / scale))
    kernel = np.ones((reach, reach), np.uint8)
    widen = cv2.dilate if inverted else cv2.erode
    return np.asarray(widen(pixels, kernel), np.uint8)


def find_writing(
    pixels: NDArray[np.uint8],
    config: SegmentationConfig = DEFAULT,
    *,
    quarters: int = 0,
    network: InkNetwork | None = None,
) -> Writing:
    """Find the ink of a page that can be writing: surroundings, light, grain and rules taken out.

    Parameters
    ----------
    pixels : (H, W) uint8 ndarray
        The page, 0 = black. Not modified.
    config : SegmentationConfig
        Thresholds.
    quarters : int
        By how many quarters the page is turned before, counter-clockwise, 0 to 3.
    network : callable, optional
        Tells sorts of ink apart: what is surely no digit is left out. Without it, shape alone decides.

    Returns
    -------
    Writing
        In px of the working page.
    """
    upright = None
    if quarters:
        upright = QuarterTurn(quarters, width=pixels.shape[1], height=pixels.shape[0])
        pixels = np.ascontiguousarray(np.rot90(pixels, quarters))
    pixels, left, top = cut_to_sheet(without_blocks(pixels))
    close_up = find_close_up(pixels)
    if close_up is None:
        return _find_writing(pixels, Placement(1.0, left, top, upright=upright), config, network)
    margin = close_up.margin_px
    wide = replace(config, background_window=max(config.background_window, close_up.window))
    placement = Placement(close_up.scale, left - margin, top - margin, upright=upright)
    writing = _find_writing(close_up.pixels, placement, wide, network)
    return replace(writing, ink=replace(writing.ink, inverted=close_up.inverted), close_up=True)


def _find_writing(
    pixels: NDArray[np.uint8],
    placement: Placement,
    config: SegmentationConfig,
    network: InkNetwork | None,
) -> Writing:
    """Find the writing on a sheet that lies there on the page."""
    survey = survey_page(pixels, config)
    size = WritingSize(survey.size.height_px, max(config.least_stroke_px, survey.size.stroke_px))
    page = _working_page(pixels, survey, size.stroke_px, config)
    ink, placement = _ink_in_place(page, survey, size.stroke_px, placement, config)
    strokes = without_bulk(ink.mask, size)
    sorted_ink = None if network is None else sort_ink(ink, size.height_px, network)
    likeness = None if sorted_ink is None else sorted_ink.ruled_share
    rules = find_rules(strokes, size, config, contrast=ink.contrast, likeness=likeness)
    mask = remove_rules(strokes, rules, longest_px=LONGEST_REST * size.height_px)
    cells, walls = completed_rows(find_cells(rules, size.height_px), strokes, rules.combs)
    drawn = rules.mask if walls is None else rules.mask | (walls & strokes)
    cells = with_walls(cells, drawn, round(WALL_REACH * size.height_px))
    left_out = None
    if sorted_ink is not None:
        cells = with_print(cells, mask, sorted_ink, size)
        # Rules that were found have left already; here goes what was no rule, or only half of one.
        kept = digit_ink(mask, sorted_ink, size)
        left_out, mask = mask & ~kept, kept
    gone = rules.mask if walls is None else rules.mask | walls
    labels, components, dropped = label_components(ink, mask, cells, size, config, rules=gone)
    if sorted_ink is not None and components:
        shares = sorted_ink.digit_shares([component.box for component in components])
        components = [c for c, share in zip(components, shares, strict=True) if share >= LEAST_DIGIT]
    return Writing(
        placement,
        size,
        ink,
        labels,
        tuple(components),
        cells.cells,
        dropped,
        sorted_ink,
        left_out,
        askew_deg=survey.askew_deg,
    )


def _working_page(
    pixels: NDArray[np.uint8], survey: Survey, stroke_px: float, config: SegmentationConfig
) -> NDArray[np.uint8]:
    """Return a sheet at the size at which its writing is read, smoothed where it is grained."""
    pixels = _widened(pixels, survey.scale, survey.size.stroke_px, survey.inverted, config)
    # Grain is one pixel wide where the camera made it: smooth before enlarging, after reducing.
    if survey.scale > 1:
        smooth = Smoothed.of(pixels, config, stroke_px / survey.scale, survey.overview)
        return scaled(smooth.pixels, survey.scale)
    return Smoothed.of(scaled(pixels, survey.scale), config, stroke_px, survey.overview).pixels


def _ink_in_place(
    page: NDArray[np.uint8],
    survey: Survey,
    stroke_px: float,
    placement: Placement,
    config: SegmentationConfig,
) -> tuple[Ink, Placement]:
    """Return the ink of a working page, set straight, and where that lies on the page."""
    placement = replace(placement, scale=survey.scale * placement.scale)
    extract = partial(extract_ink, inverted=survey.inverted, stroke_px=stroke_px, config=config)
    if not survey.turn_deg:
        # A page that is read as it was surveyed is not flattened twice.
        return extract(page, contrast=survey.contrast if page is survey.overview.pixels else None), placement
    page, there, matrix = straightened(page, survey.turn_deg)
    shift = (float(matrix[0, 2]), float(matrix[1, 2]))
    return extract(page).within(there), replace(placement, turn_deg=survey.turn_deg, shift_px=shift)


def segment_page(
    pixels: NDArray[np.uint8],
    config: SegmentationConfig = DEFAULT,
    *,
    quarters: int = 0,
    network: InkNetwork | None = None,
    digits: DigitNetwork | None = None,
) -> Segmentation:
    """Find everything on a page that could be a written symbol.

    Parameters
    ----------
    pixels : (H, W) uint8 ndarray
        The page, 0 = black. Not modified.
    config : SegmentationConfig
        Thresholds.
    quarters : int
        By how many quarters the page is turned before, counter-clockwise, 0 to 3.
    network : callable, optional
        Tells sorts of ink apart: what is surely no digit is left out. Without it, shape alone decides.
    digits : callable, optional
        Tells digits apart: components that surely are one are not cut. Without it, all are cut.

    Returns
    -------
    Segmentation
        Without strips for a blank page.
    """
    writing = find_writing(pixels, config, quarters=quarters, network=network)
    lines = chain_lines(writing.components, writing_px=writing.size.height_px)
    wholes = (
        Wholes.none() if digits is None else ask_wholes(lines, writing.labels, writing.ink.strength, digits)
    )
    strips, glyphs = [], []
    for line in lines:
        strip, batch = build_strip(
            line,
            writing.labels,
            writing.ink.strength,
            stroke_px=writing.size.stroke_px,
            writing_px=writing.size.height_px,
            config=config,
            uncut=wholes.sure,
            known=wholes.glyphs,
        )
        strips.append(strip)
        glyphs.extend(batch)
    stacked = np.stack(glyphs) if glyphs else np.zeros((0, 28, 28), np.uint8)
    found = Segmentation(writing, tuple(strips), stacked)
    return found if digits is None else replace(found, told=wholes.completed(strips, stacked, digits))
