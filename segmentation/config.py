"""The thresholds that the way from page to glyphs is tuned by, each with its unit.

What only one module knows about stands as a constant at that module's top.
"""

from dataclasses import dataclass

__all__ = ["DEFAULT", "SegmentationConfig"]


@dataclass(frozen=True, slots=True)
class SegmentationConfig:
    """What the stages of segmentation lean on.

    Lengths without ``_px`` are fractions of the writing height unless said otherwise.
    """

    #: Pixels of the reduced page on which the size of the writing is estimated.
    overview_px: int = 1_000_000
    #: The writing is taken to be so many times as high as it was measured.
    height_factor: float = 1.0
    #: A page that lies less askew than this, in degrees, is read as it lies: what follows copes with that,
    #: while turning blurs, and cuts rules off from the page's edge.
    least_skew_deg: float = 3.0
    #: Writing taller than this is scaled down to it before anything is cut, in px.
    working_height_px: float = 48.0
    #: Writing lower than this is scaled up, at most twofold, in px.
    least_height_px: float = 24.0
    #: Strokes that are thinner than this on the working page are widened first, in px.
    least_stroke_px: float = 2.0
    #: The page is never scaled up beyond this many pixels.
    most_working_px: int = 4_000_000
    #: Side of the background window, as a fraction of the page's longer side.
    background_window: float = 0.06
    #: Weakest contrast that can be ink, in grey levels of 255 after flattening.
    contrast_floor: float = 14.0
    #: Weakest contrast that can be ink, in standard deviations of the paper's noise.
    contrast_sigmas: float = 3.5
    #: A stroke ends where its contrast falls below this share of its local peak.
    edge_share: float = 0.45
    #: A component must reach this many noise deviations somewhere.
    peak_sigmas: float = 6.0
    #: Grain coarser than this, in grey levels, is smoothed before thresholding.
    coarse_grain: float = 4.0
    #: Standard deviation of that smoothing, in px, and as a share of a stroke's width at most.
    smoothing_px: float = 1.2
    smoothing_strokes: float = 0.3
    #: Components with less ink than this, in px, are dust at any size.
    dust_px: int = 6
    #: Smallest component worth looking at, as height in px of the working page.
    min_height_px: int = 7
    #: A run of ink at least this long and straight is a rule.
    rule_length: float = 2.2
    #: A rule is at most this thick.
    rule_thickness: float = 0.22
    #: Most pieces that one component is cut into.
    max_pieces: int = 16
    #: Most neighbouring pieces that one candidate glyph joins.
    max_join: int = 7
    #: Widest candidate glyph, as width over the height of its line.
    max_glyph_width: float = 1.4


#: The settings that pages are read with, and that training glyphs are cut with.
DEFAULT = SegmentationConfig()
