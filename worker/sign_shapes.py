"""What a piece of ink beside digits is by its shape: a point, comma, dash, slash, colon, plus, or none.

Each sign is a normal density over a few measures, each for itself; what is none may look like anything,
specks more often than others. How often each stands on a page is taken from the page itself: on a price list
the fortieth comma is no surprise, and a lone dot on a page without any may be dust.
"""

from collections.abc import Sequence
from math import exp, log, pi, sqrt

from worker.sign_pieces import Frame, Piece, is_cross, is_leaning_stroke

__all__ = ["ALL_SIGNS", "NO_SIGN", "densities", "weighed_by_page"]

#: Signs that are told apart, and the text of what is none.
ALL_SIGNS = (".", ",", "-", "/", ":", "+")
NO_SIGN = ""

Normal = tuple[float, float]

#: Mean and spread of: logarithm of width and of height, both over the digits' height; height of the middle
#: above the baseline, over the same; share of the box that is ink. Measured on drawn pages, the spreads made
#: wider by half: people write less alike than what is drawn.
_SHAPES: dict[str, tuple[Normal, Normal, Normal, Normal]] = {
    ".": ((-1.95, 0.33), (-2.05, 0.36), (0.03, 0.055), (0.80, 0.17)),
    ",": ((-1.62, 0.36), (-1.06, 0.31), (-0.10, 0.075), (0.66, 0.18)),
    "-": ((-0.66, 0.35), (-1.85, 0.40), (0.53, 0.14), (0.77, 0.18)),
    "/": ((-0.85, 0.33), (0.12, 0.12), (0.50, 0.09), (0.30, 0.10)),
    "+": ((-0.50, 0.27), (-0.50, 0.36), (0.50, 0.12), (0.33, 0.10)),
}
#: The dots of a colon: size, and levels of the lower and the upper.
_DOT = _SHAPES["."][:2]
_LOWER, _UPPER = (0.18, 0.13), (0.70, 0.14)
#: How far apart the middles of its dots are sideways.
_ASIDE = (0.0, 0.12)
#: Range of the measures, as far as what is none spreads evenly.
_SPREAD = 3.8 * 3.8 * 1.7
#: Half of what is none are specks: spread of their size.
_SPECK = ((-1.95, 0.7), (-2.05, 0.7))
#: A dash is at most this long, over the digits' height,
LONGEST_DASH = 0.8
#: and so many times as long as it is high: what is shorter is a bullet or a blot.
FLAT_DASH = 1.3
#: How much less likely are a longer dash, a plus that is no cross, and a slash that is no leaning stroke;
_OTHER_STROKES = 0.01
#: what is less likely than this anyhow is not looked at.
LEAST_DENSITY = 1e-6
#: How often ink beside digits is no sign, and each sign, before anything of the page is known: in pieces.
_NONE_BEFORE, _SIGN_BEFORE = 6.0, 0.25
#: Signs that ink beside numbers, about as wide as the space in them, may look like.
_BETWEEN_DIGITS = (".", ",", ":")
#: Rounds in which a page's own shares settle.
_ROUNDS = 6


def densities(pieces: Sequence[Piece], frame: Frame) -> dict[str, float]:
    """Return how likely each sign, and none, would look like this.

    Parameters
    ----------
    pieces : sequence of Piece
        One, or two that would be one sign together.
    frame : Frame
        The digits beside it.

    Returns
    -------
    dict of str to float
        By the text of the sign, on one scale.
    """
    if len(pieces) == 2:
        return _two(pieces, frame)
    width, height, level, fill = _measures(pieces[0], frame)
    found = {
        sign: _normal(width, shape[0])
        * _normal(height, shape[1])
        * _normal(level, shape[2])
        * _normal(fill, shape[3])
        for sign, shape in _SHAPES.items()
    }
    strokes = {"+": is_cross, "/": is_leaning_stroke}
    for sign, is_one in strokes.items():
        if found[sign] > LEAST_DENSITY and not is_one(pieces[0].mask, frame.stroke_px):
            found[sign] *= _OTHER_STROKES
    if width > log(LONGEST_DASH) or width - height < log(FLAT_DASH):
        found["-"] *= _OTHER_STROKES
    return found | {NO_SIGN: _none(width, height)}


def weighed_by_page(
    found: Sequence[dict[str, float]], outside: Sequence[dict[str, float]] = ()
) -> list[dict[str, float]]:
    """Return the probabilities of each sign at each place of a page, by shape and by what else stands there.

    Parameters
    ----------
    found : sequence of dict of str to float
        As :func:`densities` gives them, of all places of the page. Not modified.
    outside : sequence of dict of str to float
        The same of ink beside numbers, where no signs are: remains of a dotted rule look like points, and
        where there are as many of them beside numbers as in them, those are none. Not modified.

    Returns
    -------
    list of dict of str to float
        For each place of `found`; each sums up to 1.
    """
    before = {NO_SIGN: _NONE_BEFORE} | dict.fromkeys(ALL_SIGNS, _SIGN_BEFORE)
    shares = before
    weighed: list[dict[str, float]] = []
    for _ in range(_ROUNDS):
        weighed = [_posterior(place, shares) for place in found]
        shares = {sign: count + sum(w.get(sign, 0.0) for w in weighed) for sign, count in before.items()}
    alike = [_posterior(place, shares) for place in outside]
    real = {
        sign: max(0.0, 1 - sum(w.get(sign, 0.0) for w in alike) / max(shares[sign], 1e-9))
        for sign in _BETWEEN_DIGITS
    }
    return [_doubted(place, real) for place in weighed]


def _doubted(place: dict[str, float], real: dict[str, float]) -> dict[str, float]:
    """Return probabilities of which only a share of each sign's is kept; what is left is none."""
    kept = {sign: share * real.get(sign, 1.0) for sign, share in place.items() if sign != NO_SIGN}
    return kept | {NO_SIGN: max(0.0, 1 - sum(kept.values()))}


def _posterior(place: dict[str, float], shares: dict[str, float]) -> dict[str, float]:
    odds = {sign: density * shares[sign] for sign, density in place.items()}
    total = sum(odds.values())
    return {sign: value / total for sign, value in odds.items()}


def _measures(piece: Piece, frame: Frame) -> tuple[float, float, float, float]:
    box = piece.box
    return (
        log(box.width / frame.height_px),
        log(box.height / frame.height_px),
        (frame.baseline_px - box.centre[1]) / frame.height_px,
        piece.area_px / (box.width * box.height),
    )


def _two(pieces: Sequence[Piece], frame: Frame) -> dict[str, float]:
    """Return how likely two pieces are a colon."""
    upper, lower = sorted(pieces, key=lambda piece: piece.box.centre[1])
    likely = _normal((upper.box.centre[0] - lower.box.centre[0]) / frame.height_px, _ASIDE)
    nothing = 1.0
    for piece, place in ((upper, _UPPER), (lower, _LOWER)):
        width, height, level, _ = _measures(piece, frame)
        likely *= _normal(width, _DOT[0]) * _normal(height, _DOT[1]) * _normal(level, place)
        nothing *= _none(width, height)
    return {":": likely, NO_SIGN: nothing}


def _none(width: float, height: float) -> float:
    speck = _normal(width, _SPECK[0]) * _normal(height, _SPECK[1]) / 1.7
    return 0.5 / _SPREAD + 0.5 * speck


def _normal(value: float, of: Normal) -> float:
    mean, spread = of
    return exp(-0.5 * ((value - mean) / spread) ** 2) / (spread * sqrt(2 * pi))
