"""How a sheet lies on the scanner or before the camera, and where its ink comes to lie by that."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from model.synth.texture import fibre

__all__ = ["View", "flat_view", "photo_view", "shown", "sorts_shown", "turned_view"]

Bytes = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]
Matrix = npt.NDArray[np.float64]

#: No page is larger than this once it is turned.
LARGEST_PX = 2.45e6


@dataclass(frozen=True)
class View:
    """A way to look at a sheet.

    Attributes
    ----------
    matrix : (3, 3) float64 ndarray
        Homography from pixels of the sheet to pixels of the page.
    extent : tuple of int
        Width and height of the page.
    desk : int or None
        What of 255 the desk around the sheet reflects; None = the paper goes on.
    """

    matrix: Matrix
    extent: tuple[int, int]
    desk: int | None = None

    def box(self, outline: Floats) -> tuple[int, int, int, int]:
        """Return the half-open box of ink whose hull has these corners on the sheet."""
        points = cv2.perspectiveTransform(outline[None].astype(np.float64), self.matrix)[0]
        left, top = (int(v) for v in np.round(points.min(axis=0)))
        right, bottom = (int(v) + 1 for v in np.round(points.max(axis=0)))
        return max(left, 0), max(top, 0), min(right, self.extent[0]), min(bottom, self.extent[1])


def flat_view(extent: tuple[int, int]) -> View:
    """Look at the sheet as it is."""
    return View(np.eye(3), extent)


def turned_view(extent: tuple[int, int], degrees: float) -> View:
    """Turn the sheet, counter-clockwise for positive degrees, on a page large enough for all of it."""
    turn = np.deg2rad(degrees)
    rotation = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    return _framed(extent, (_corners(extent) @ rotation.T).astype(np.float32), 0.0, None)


def photo_view(rng: np.random.Generator, extent: tuple[int, int]) -> View:
    """Hold a camera over the sheet, not quite straight; half the time the desk is seen around it."""
    turn = np.deg2rad(rng.normal(0, 2.0))
    rotation = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    corners = _corners(extent) @ rotation.T + rng.uniform(-0.025, 0.025, (4, 2)) * max(extent)
    around = rng.random() < 0.5
    desk = int(rng.integers(40, 150)) if around else None
    border = float(rng.uniform(0.01, 0.06)) * max(extent) if around else 0.0
    return _framed(extent, corners.astype(np.float32), border, desk)


def shown(rng: np.random.Generator, layer: Bytes, view: View) -> Bytes:
    """Return the layer of ink as the view shows it, with the desk around it when there is one."""
    if view.desk is None and np.array_equal(view.matrix, np.eye(3)):
        return layer
    fill = (255,) * 3
    seen: Bytes = np.asarray(
        cv2.warpPerspective(layer, view.matrix, view.extent, flags=cv2.INTER_LINEAR, borderValue=fill),
        np.uint8,
    )
    if view.desk is not None:
        sheet = np.full(layer.shape[:2], 255, np.uint8)
        mask = cv2.warpPerspective(sheet, view.matrix, view.extent, flags=cv2.INTER_LINEAR)
        _lay_desk(rng, seen, np.asarray(mask, np.uint8), view.desk)
    return seen


def sorts_shown(sorts: Bytes, view: View) -> Bytes:
    """Return what each pixel's ink is, (H, W) uint8 as from a board, where the view shows it."""
    if np.array_equal(view.matrix, np.eye(3)):
        return sorts
    return np.asarray(
        cv2.warpPerspective(sorts, view.matrix, view.extent, flags=cv2.INTER_NEAREST, borderValue=0), np.uint8
    )


def _lay_desk(rng: np.random.Generator, seen: Bytes, mask: Bytes, desk: int) -> None:
    """Paint a desk in place where the sheet is not."""
    grain = np.clip(desk + fibre(rng, mask.shape[:2], 7.0), 0, 255)
    share = mask.astype(np.float32) / 255
    warm = (0.75, 0.9, 1.05) if seen.ndim == 3 else (1.0,)
    planes = seen.reshape(*mask.shape, -1)
    for k, tint in enumerate(warm):
        planes[..., k] = planes[..., k] * share + np.clip(grain * tint, 0, 255) * (1 - share)


def _corners(extent: tuple[int, int]) -> Matrix:
    """Return the corners of a sheet, clockwise from the top left."""
    width, height = extent
    return np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float64)


def _framed(extent: tuple[int, int], corners: Floats, border: float, desk: int | None) -> View:
    """Return the view that brings the sheet's corners there, on a page just large enough."""
    low, high = corners.min(axis=0) - border, corners.max(axis=0) + border
    across, down = (float(v) for v in high - low)
    scale = min(1.0, (LARGEST_PX / (across * down)) ** 0.5)
    placed = ((corners - low) * scale).astype(np.float32)
    matrix = np.asarray(cv2.getPerspectiveTransform(_corners(extent).astype(np.float32), placed), np.float64)
    return View(matrix, (int(np.ceil(across * scale)), int(np.ceil(down * scale))), desk)
