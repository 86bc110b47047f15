"""Fields of noise, fibre, shadow and print that make paper look like paper."""

from statistics import NormalDist

import cv2
import numpy as np
import numpy.typing as npt

__all__ = ["fibre", "noise", "security_print", "shadow", "slow_field"]

Floats = npt.NDArray[np.float32]
Shape = tuple[int, int]

#: Standard normal quantiles of a byte: turns cheap even bytes into normal noise by one look-up.
_NORMAL = np.array([NormalDist().inv_cdf((i + 0.5) / 256) for i in range(256)], np.float32)


def noise(rng: np.random.Generator, shape: Shape, deviation: float) -> Floats:
    """Return normal noise of the given standard deviation."""
    raw = np.frombuffer(rng.bytes(shape[0] * shape[1]), np.uint8).reshape(shape)
    return np.asarray(cv2.LUT(raw, _NORMAL * np.float32(deviation)), np.float32)


def fibre(rng: np.random.Generator, shape: Shape, deviation: float) -> Floats:
    """Return the cloudy, slightly streaky structure of paper, around 0."""
    small = (max(2, shape[0] // 2), max(2, shape[1] // 2))
    streaks = cv2.GaussianBlur(noise(rng, small, 1.0), (0, 0), sigmaX=1.6, sigmaY=0.7)
    scaled = streaks * np.float32(deviation / max(float(streaks.std()), 1e-6))
    return np.asarray(cv2.resize(scaled, shape[::-1], interpolation=cv2.INTER_LINEAR), np.float32)


def slow_field(rng: np.random.Generator, shape: Shape, nodes: int) -> Floats:
    """Return a smooth random field with about `nodes` hills a side, mean 0, deviation 1."""
    coarse = rng.standard_normal((nodes, nodes), dtype=np.float32)
    field = cv2.resize(coarse, shape[::-1], interpolation=cv2.INTER_CUBIC)
    return np.asarray((field - field.mean()) / max(float(field.std()), 1e-6), np.float32)


def shadow(rng: np.random.Generator, shape: Shape, *, hard: bool) -> Floats:
    """Return where a hand, a phone or a book keeps the light away: 0 = lit, 1 = in the shadow."""
    height, width = shape
    if not hard and rng.random() < 0.5:
        return np.asarray(np.clip(0.5 + 0.6 * slow_field(rng, shape, 4), 0, 1), np.float32)
    mask = np.zeros(shape, np.float32)
    corner = rng.integers(0, 2, 2) * (width, height)
    count = int(rng.integers(4, 8))
    angles = np.sort(rng.uniform(0, 2 * np.pi, count))
    radii = rng.uniform(0.35, 0.75, count) * max(shape)
    points = corner + np.stack([np.cos(angles) * radii, np.sin(angles) * radii], axis=1)
    cv2.fillPoly(mask, [points.astype(np.int32)], 1.0, cv2.LINE_AA)
    softness = rng.uniform(0.5, 1.5) if hard else rng.uniform(0.03, 0.10) * max(shape)
    return np.asarray(cv2.GaussianBlur(mask, (0, 0), softness), np.float32)


def security_print(rng: np.random.Generator, shape: Shape, strength: float) -> Floats:
    """Return the factor of a printed background: waves, tiny words in rows, or a screen of dots."""
    tile = np.ones((int(rng.integers(60, 140)), int(rng.integers(120, 260))), np.float32)
    kind = int(rng.integers(3))
    if kind == 0:
        down, across = np.mgrid[0 : tile.shape[0], 0 : tile.shape[1]].astype(np.float32)
        bend = 6 * np.sin(2 * np.pi * across / tile.shape[1])
        tile -= strength * (np.sin(2 * np.pi * (down + bend) * 10 / tile.shape[0]) > 0.3)
    elif kind == 1:
        word = np.full(tile.shape, 255, np.uint8)
        text = "".join(rng.choice(list("ACDEFGHKLMNPRTUV"), 7))
        for row in range(18, tile.shape[0], 22):
            cv2.putText(word, text, (int(rng.integers(0, 40)), row), cv2.FONT_HERSHEY_SIMPLEX, 0.5, 0, 1)
        tile -= strength * (1 - word.astype(np.float32) / 255)
    else:
        pitch = int(rng.integers(4, 8))
        tile[::pitch, ::pitch] -= 2 * strength
        tile[pitch // 2 :: pitch, pitch // 2 :: pitch] -= 2 * strength
    repeats = (-(-shape[0] // tile.shape[0]), -(-shape[1] // tile.shape[1]))
    return np.asarray(np.tile(tile, repeats)[: shape[0], : shape[1]], np.float32)
