"""A small copy of the page surveyed: how high the writing is, light on dark, askew; nothing is assumed."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from segmentation.bulk import without_bulk
from segmentation.clean import Contrast, extract_ink, is_inverted
from segmentation.config import SegmentationConfig
from segmentation.resizing import scaled
from segmentation.rules import find_rules, remove_rules
from segmentation.scale import WritingSize, measure_writing
from segmentation.skew import STRAIGHT_DEG, find_skew, straightened
from segmentation.smoothing import Smoothed

__all__ = ["Survey", "survey_page"]

#: Where less of the ink than this stands alone, as a share, its height says nothing of the writing's.
SCANTY_SHARE = 0.03
#: What is as high as this share of the page's shorter side is no writing: rules hold it together.
HUGE_SHARE = 0.5
#: A run this long is a rule whatever the writing's size, as a share of the page's longer side,
LONG_RULE = 0.2
#: and is looked for in level steps of this many px, while the writing's size is not known yet.
SHORT_STEP_PX = 30.0
#: Rules and boxes that slope by more than this, in degrees, are not told from writing: the page is measured
#: as it lies once it is set straight.
STEEP_DEG = 8.0


def _freed_of_rules(
    mask: NDArray[np.bool_], size: WritingSize, config: SegmentationConfig
) -> WritingSize | None:
    """Measure writing that hangs together with rules all over the page; None where there is no rule."""
    long_px = LONG_RULE * max(mask.shape)
    length = max(config.rule_length, long_px / size.height_px)
    rules = find_rules(mask, size, replace(config, rule_length=length), longest_step_px=SHORT_STEP_PX)
    if not rules.mask.any():
        return None
    return replace(measure_writing(remove_rules(mask, rules, longest_px=long_px)), stroke_px=size.stroke_px)


def _measured(mask: NDArray[np.bool_], size: WritingSize, config: SegmentationConfig) -> WritingSize:
    """Measure the writing once more without rules, where what was measured says nothing of it."""
    if size.height_px > HUGE_SHARE * min(mask.shape):
        # Digits that reach from rule to rule hang together as one symbol: its height is no guess, either.
        freed = _freed_of_rules(mask, replace(size, height_px=10.0 * size.stroke_px), config)
        return freed if freed is not None and freed.share >= SCANTY_SHARE else size
    if size.share < SCANTY_SHARE:
        freed = _freed_of_rules(mask, size, config)
        return freed if freed is not None and freed.height_px > size.height_px else size
    return size


@dataclass(frozen=True, slots=True)
class Survey:
    """What the reduced page shows.

    Attributes
    ----------
    scale : float
        At which the page is to be read.
    size : WritingSize
        Of the writing at that scale.
    inverted : bool
        True where the page is written light on dark.
    turn_deg : float
        By how much it has to be turned to lie straight, counter-clockwise.
    askew_deg : float
        The same where that is so little that it is not turned.
    overview : Smoothed
        The reduced page.
    contrast : Contrast
        Of that.
    """

    scale: float
    size: WritingSize
    inverted: bool
    turn_deg: float
    askew_deg: float
    overview: Smoothed
    contrast: Contrast


def survey_page(pixels: NDArray[np.uint8], config: SegmentationConfig) -> Survey:
    """Look at the reduced page.

    Parameters
    ----------
    pixels : (H, W) uint8 ndarray
        The page, 0 = black. Not modified.
    config : SegmentationConfig
        Thresholds.
    """
    overview_scale = min(1.0, (config.overview_px / pixels.size) ** 0.5)
    smoothed = Smoothed.of(scaled(pixels, overview_scale), config)
    overview = smoothed.pixels
    inverted = is_inverted(overview)
    contrast = Contrast.of(overview, inverted=inverted, config=config)
    mask = extract_ink(overview, inverted=inverted, stroke_px=4.0, config=config, contrast=contrast).mask
    askew = find_skew(mask, STRAIGHT_DEG)
    turn = askew if abs(askew) >= config.least_skew_deg else 0.0
    if abs(turn) > STEEP_DEG:
        turned, there, _ = straightened(overview, turn)
        mask = extract_ink(turned, inverted=inverted, stroke_px=4.0, config=config).mask & there
    coarse = measure_writing(mask)
    strokes = without_bulk(mask, coarse)
    if strokes is not mask:
        coarse = measure_writing(strokes)
    coarse = _measured(strokes, coarse, config)
    height = config.height_factor * coarse.height_px / overview_scale
    stroke = coarse.stroke_px / overview_scale
    if height >= config.least_height_px:
        scale = min(1.0, config.working_height_px / height)
    else:
        room = (config.most_working_px / pixels.size) ** 0.5
        scale = max(1.0, min(2.0, config.least_height_px / height, room))
    size = WritingSize(height * scale, stroke * scale)
    return Survey(scale, size, inverted, turn, askew, smoothed, contrast)
