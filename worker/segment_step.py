"""What is told of a page besides its numbers: what was measured on it, and what not to expect of it."""

from segmentation.components import MOST_COMPONENTS
from segmentation.config import SegmentationConfig
from segmentation.geometry import Box
from segmentation.page import Page
from segmentation.segment import Segmentation
from worker.records import ProcessingStep, WarningRecord

__all__ = ["segment_step", "segment_warnings"]

#: Code of the warning that a page holds more than can be writing.
_CROWDED = "crowded"
#: Code of the warning that a page has ink and hardly a symbol: rules aside it is this share of the page, in
#: so many pieces at most.
_NO_SYMBOLS, _INKED, _FEW = "no-symbols", 0.005, 3


def segment_warnings(segmentation: Segmentation, numbers: int) -> tuple[WarningRecord, ...]:
    """Say what is not to be expected of the page's numbers, by what was found and how many were read."""
    writing = segmentation.writing
    if writing.dropped:
        message = (
            f"more than {MOST_COMPONENTS:,} separate strokes; "
            f"the {writing.dropped:,} smallest were passed over"
        )
        return (WarningRecord(code=_CROWDED, message=message),)
    few = not numbers and len(writing.components) <= _FEW
    if few and (writing.labels > 0).mean() > _INKED:
        message = (
            "no number was read, and the ink of the page hangs together as if it were one symbol: look at it"
        )
        return (WarningRecord(code=_NO_SYMBOLS, message=message),)
    return ()


def segment_step(segmentation: Segmentation, page: Page, config: SegmentationConfig) -> ProcessingStep:
    """Describe what was measured on the page, and by which thresholds it was looked at."""
    writing = segmentation.writing
    height, width = writing.labels.shape
    # A close-up has a margin, and a page that was turned has corners, beyond the page.
    part = writing.placement.on_page(Box(0, 0, width, height)).clipped(page.width, page.height)
    return ProcessingStep(
        name="segment",
        settings={
            "x": part.left,
            "y": part.top,
            "width": part.width,
            "height": part.height,
            "turn_deg": writing.placement.turn_deg,
            "scale": round(writing.scale, 4),
            "inverted": writing.ink.inverted,
            "noise": round(writing.ink.noise, 2),
            "writing_height_px": round(writing.size.height_px / writing.scale, 1),
            "height_factor": config.height_factor,
            "least_skew_deg": config.least_skew_deg,
            "stroke_px": round(writing.size.stroke_px / writing.scale, 2),
            "cells": len(writing.cells),
            "lines": len(segmentation.strips),
            "candidates": len(segmentation.glyphs),
        },
    )
