"""Frames: single boxes printed around a digit, too small for their sides to count as long rules."""

import cv2
import numpy as np
from numpy.typing import NDArray

from segmentation.geometry import Box

__all__ = ["find_frames", "frame_sides"]

#: Share of each side of a frame that is inked.
SIDE_COVERAGE = 0.85
#: A frame is at least this many strokes wide and high.
LEAST_SIDE = 6.0


def _is_frame(component: NDArray[np.bool_], band_px: int) -> bool:
    """Tell whether ink runs along all four sides of a component's box."""
    sides = (
        component[:band_px].any(axis=0),
        component[-band_px:].any(axis=0),
        component[:, :band_px].any(axis=1),
        component[:, -band_px:].any(axis=1),
    )
    return all(float(side.mean()) >= SIDE_COVERAGE for side in sides)


def find_frames(labels: NDArray[np.int32], stats: NDArray[np.int32], stroke_px: float) -> dict[int, Box]:
    """Find the components that are frames, with or without a digit that touches them.

    Parameters
    ----------
    labels : (H, W) int32 ndarray
        Label image. Not modified.
    stats : (K, 5) int32 ndarray
        Left, top, width, height and area of each label.
    stroke_px : float
        Width of a typical stroke.

    Returns
    -------
    dict of int to Box
        Label and box of each frame.
    """
    left, top, width, height, area = (stats[:, k].astype(np.int64) for k in range(5))
    least = max(12.0, LEAST_SIDE * stroke_px)
    likely = (np.minimum(width, height) >= least) & (np.maximum(width, height) < 0.5 * max(labels.shape))
    likely &= (area >= 1.6 * (width + height)) & (area <= 0.6 * width * height)
    likely[0] = False
    frames = {}
    for label in np.flatnonzero(likely):
        box = Box(
            int(left[label]),
            int(top[label]),
            int(left[label] + width[label]),
            int(top[label] + height[label]),
        )
        component = labels[box.top : box.bottom, box.left : box.right] == label
        band = max(2, round(1.5 * stroke_px), round(0.06 * min(box.width, box.height)))
        if _is_frame(component, band):
            frames[int(label)] = box
    return frames


def _runs(component: NDArray[np.uint8], length_px: int, slack_px: int) -> NDArray[np.bool_]:
    thick = cv2.dilate(component, np.ones((2 * slack_px + 1, 3), np.uint8))
    runs = cv2.morphologyEx(thick, cv2.MORPH_OPEN, np.ones((1, length_px), np.uint8))
    return (runs > 0) & (component > 0)


def frame_sides(mask: NDArray[np.bool_], stroke_px: float) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Find the ink of all frames' sides.

    Parameters
    ----------
    mask : (H, W) bool ndarray
        True = ink. Not modified.
    stroke_px : float
        Width of a typical stroke.

    Returns
    -------
    horizontal, vertical : (H, W) bool ndarray
        Upper and lower sides, and those on the left and right.
    """
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask.view(np.uint8), connectivity=8)
    horizontal, vertical = np.zeros_like(mask), np.zeros_like(mask)
    slack = max(1, round(0.3 * stroke_px))
    frames = find_frames(np.asarray(labels, np.int32), np.asarray(stats, np.int32), stroke_px)
    for label, box in frames.items():
        window = (slice(box.top, box.bottom), slice(box.left, box.right))
        component = (labels[window] == label).view(np.uint8)
        horizontal[window] |= _runs(component, max(8, round(0.55 * box.width)), slack)
        turned = np.ascontiguousarray(component.T)
        vertical[window] |= _runs(turned, max(8, round(0.55 * box.height)), slack).T
    return horizontal, vertical
