"""The sheet under the ink, the light on it and the camera over it.

A page is ``reflectance * ink * light``, then blurred, with sensor noise, compressed: in that order, as on a
desk. `Paper` holds the knobs; slow fields are computed small and enlarged.
"""

from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

from model.synth.texture import fibre, noise, security_print, shadow, slow_field

__all__ = ["Paper", "clear_ink", "expose", "random_paper", "rough_paper"]

Bytes = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]

#: Papers seen on desks, as blue, green, red shares of the tone.
_TINTS = (
    (1.0, 1.0, 1.0),
    (1.0, 1.0, 1.0),
    (0.94, 0.98, 1.0),
    (0.86, 0.95, 1.0),
    (1.0, 0.97, 0.94),
    (0.90, 0.88, 1.0),
    (0.93, 1.0, 0.94),
    (1.0, 0.90, 0.84),
)


@dataclass(frozen=True, slots=True)
class Paper:
    """One sheet and the way it was taken.

    Attributes
    ----------
    tone : float
        Grey value of the bare sheet, 0..255.
    tint_bgr : tuple of float
        Shares of the tone in blue, green and red; ignored on grey pages.
    colour : bool
        Whether the page has three channels.
    fibre, noise : float
        Contrast of the sheet's own structure and of the sensor, in grey values.
    gradient, vignette, shadow, crease : float
        Loss of light, 0 = none, 1 = all of it.
    hard_shadow : bool
        Whether the edge of the shadow is sharp.
    stains, pattern, bleed : float
        Darkness of stains, of a printed background, and of the writing that shines through from the back.
    blur_px : float
        Standard deviation of the lens blur.
    jpeg_quality : int or None
        Quality at which the pixels were compressed once; None = never.
    inverted : bool
        White writing on black.
    """

    tone: float = 245.0
    tint_bgr: tuple[float, float, float] = (1.0, 1.0, 1.0)
    colour: bool = False
    fibre: float = 1.0
    noise: float = 1.0
    gradient: float = 0.0
    vignette: float = 0.0
    shadow: float = 0.0
    hard_shadow: bool = False
    crease: float = 0.0
    stains: float = 0.0
    pattern: float = 0.0
    bleed: float = 0.0
    blur_px: float = 0.4
    jpeg_quality: int | None = None
    inverted: bool = False


def random_paper(rng: np.random.Generator, *, colour: bool | None = None) -> Paper:
    """Pick a sheet as a scanner gives it: flat light, little noise."""
    return Paper(
        tone=float(rng.uniform(225, 255)),
        tint_bgr=_TINTS[int(rng.integers(len(_TINTS)))],
        colour=bool(rng.random() < 0.5) if colour is None else colour,
        fibre=float(rng.uniform(0.3, 2.5)),
        noise=float(rng.uniform(0.3, 3.0)),
        gradient=float(rng.uniform(0, 0.06)),
        blur_px=float(rng.uniform(0.0, 0.7)),
    )


def rough_paper(rng: np.random.Generator, *, colour: bool | None = None, strength: float = 1.0) -> Paper:
    """Pick a sheet with trouble: each kind by chance, all of them scaled by `strength`."""

    def sometimes(chance: float, low: float, high: float) -> float:
        """Return a value of the range, or 0 most of the time."""
        value = float(rng.uniform(low, high))
        return strength * value if rng.random() < chance else 0.0

    return replace(
        random_paper(rng, colour=colour),
        tone=float(rng.uniform(160, 250)),
        fibre=float(rng.uniform(0.5, 4.0)),
        noise=float(rng.uniform(1.0, 3.0 + 6.0 * strength)),
        gradient=sometimes(0.6, 0.05, 0.35),
        vignette=sometimes(0.4, 0.05, 0.35),
        shadow=sometimes(0.3, 0.15, 0.5),
        hard_shadow=bool(rng.random() < 0.3),
        crease=sometimes(0.2, 0.05, 0.15),
        stains=sometimes(0.2, 0.05, 0.2),
        pattern=sometimes(0.2, 0.03, 0.10),
        bleed=sometimes(0.2, 0.04, 0.14),
        blur_px=float(rng.uniform(0.3, 0.6 + 0.7 * strength)),
        jpeg_quality=int(rng.integers(45, 92)) if rng.random() < 0.6 else None,
        inverted=bool(rng.random() < 0.05 * strength),
    )


def clear_ink(paper: Paper, shape: tuple[int, int]) -> Bytes:
    """Return an ink layer without ink: what share of the light it lets through, 255 = all."""
    return np.full((*shape, 3) if paper.colour else shape, 255, np.uint8)


def expose(rng: np.random.Generator, paper: Paper, ink: Bytes) -> Bytes:
    """Put an ink layer on the sheet, light it and take the picture.

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of every variation.
    paper : Paper
        The sheet.
    ink : (H, W) or (H, W, 3) uint8 ndarray
        As from `clear_ink`, with the pens' colours multiplied in. Not modified.

    Returns
    -------
    (H, W) or (H, W, 3) uint8 ndarray
        The page, 0 = black.
    """
    height, width = ink.shape[:2]
    light = _light(rng, paper, (height, width))
    if paper.fibre > 0:
        light += fibre(rng, (height, width), paper.fibre / 255)
    if paper.pattern > 0:
        light *= security_print(rng, (height, width), paper.pattern)
    layer = _with_bleed(rng, ink, paper.bleed) if paper.bleed > 0 else ink
    if paper.blur_px > 0.15:
        layer = np.asarray(cv2.GaussianBlur(layer, (0, 0), paper.blur_px), np.uint8)
    pixels = _lit(layer, light, paper, noise(rng, (height, width), paper.noise))
    return compressed(255 - pixels if paper.inverted else pixels, paper.jpeg_quality)


def _lit(layer: Bytes, light: Floats, paper: Paper, grain: Floats) -> Bytes:
    """Multiply ink, light and the paper's own tone, and add the sensor's noise."""
    tints = paper.tint_bgr if layer.ndim == 3 else (1.0,)
    planes = [
        cv2.multiply(plane, light, scale=paper.tone / 255 * tint, dtype=cv2.CV_32F)
        for plane, tint in zip(cv2.split(layer), tints, strict=True)
    ]
    exposed = [cv2.add(plane, grain, dtype=cv2.CV_8U) for plane in planes]
    return np.asarray(cv2.merge(exposed) if layer.ndim == 3 else exposed[0], np.uint8)


def compressed(pixels: Bytes, quality: int | None) -> Bytes:
    """Return the pixels as JPEG of that quality gives them back; unchanged for None."""
    if quality is None:
        return pixels
    _, data = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, quality])
    flag = cv2.IMREAD_COLOR if pixels.ndim == 3 else cv2.IMREAD_GRAYSCALE
    return np.asarray(cv2.imdecode(data, flag), np.uint8)


def _light(rng: np.random.Generator, paper: Paper, shape: tuple[int, int]) -> Floats:
    """Return how much light each pixel of the bare sheet sends back, 0..1, at full size."""
    height, width = shape
    small = (max(8, height // 8), max(8, width // 8))
    down, across = np.mgrid[-1 : 1 : small[0] * 1j, -1 : 1 : small[1] * 1j].astype(np.float32)
    field = np.ones(small, np.float32)
    if paper.gradient > 0:
        turn = rng.uniform(0, 2 * np.pi)
        ramp = 0.5 + 0.35 * (np.cos(turn) * across + np.sin(turn) * down)
        field *= 1 - paper.gradient * np.clip(ramp + 0.15 * slow_field(rng, small, 4), 0, 1)
    if paper.vignette > 0:
        field *= 1 - paper.vignette * 0.5 * (across**2 + down**2)
    if paper.shadow > 0:
        field *= 1 - paper.shadow * shadow(rng, small, hard=paper.hard_shadow)
    if paper.stains > 0:
        field *= 1 - paper.stains * np.clip(1.5 * slow_field(rng, small, 9) - 1.2, 0, 1)
    if paper.crease > 0:
        field *= _creases(rng, small, paper.crease)
    return np.asarray(cv2.resize(field, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)


def _creases(rng: np.random.Generator, shape: tuple[int, int], strength: float) -> Floats:
    """Return the light on a sheet that was folded once or twice: a step along each fold and a fine line."""
    height, width = shape
    down, across = np.mgrid[0:height, 0:width].astype(np.float32)
    field = np.ones(shape, np.float32)
    for _ in range(int(rng.integers(1, 3))):
        turn = float(rng.choice([0.0, np.pi / 2])) + rng.normal(0, 0.05)
        middle = rng.uniform(0.3, 0.7, 2) * (width, height)
        side = np.cos(turn) * (across - middle[0]) + np.sin(turn) * (down - middle[1])
        field *= 1 - 0.5 * strength * np.tanh(side / 2) * np.exp(-np.abs(side) / (0.15 * max(shape)))
        field *= 1 - strength * np.exp(-(side**2) / 0.6)
    return field


def _with_bleed(rng: np.random.Generator, ink: Bytes, strength: float) -> Bytes:
    """Let the writing of a back page, which looks like the front's in the mirror, shine through."""
    back = np.roll(cv2.flip(ink, 1), tuple(int(v) for v in rng.integers(20, 200, 2)), axis=(0, 1))
    faint = cv2.addWeighted(cv2.blur(back, (3, 3)), strength, np.full_like(back, 255), 1 - strength, 0)
    return np.asarray(cv2.multiply(ink, faint, scale=1 / 255), np.uint8)
