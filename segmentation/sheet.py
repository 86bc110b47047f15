"""The sheet of paper on a photo: what lies around it is not to be read."""

from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

from segmentation.resizing import glimpsed, reduced

__all__ = ["cut_to_sheet", "find_sheet"]

#: Longest side, in px, of the reduced page on which the sheet is looked for.
LOOK_SIDE_PX = 400
#: A sheet covers this share of the photo at least; at most, there is something around it.
LEAST_SHARE, MOST_SHARE = 0.25, 0.985
#: The surroundings are darker than this share of the sheet, close to its edges,
DARKER = 0.7
#: on this many of its sides at least: one straight edge may be a shaded part of the page itself.
LEAST_SIDES = 2
#: Most of the surroundings that may be as bright as the sheet: more may be another sheet.
OTHER_PAPER = 0.03
#: A sheet has few corners, some of which may be cut off by the photo's edge,
MOST_CORNERS = 8
#: and fills the shape that they span.
STRAIGHT = 0.97
#: Corners closer to the outline than this are none, as a share of its length.
CORNER_SHARE = 0.01
#: The rim where paper and table mix is left out with the table, px of the reduced page.
RIM_PX = 2
#: How far on both sides of an edge its step is measured, px of the reduced page.
STEP_PX = 5
#: Places along an edge that are looked at, and how far from its corners, as a share of its length.
STEP_SAMPLES, OFF_CORNERS = 32, 0.1
#: Share of an edge along which it has to be a step.
STEPPED = 0.8


def find_sheet(pixels: NDArray[np.uint8]) -> NDArray[np.int32] | None:
    """Find a bright sheet on a darker ground.

    Parameters
    ----------
    pixels : (H, W) uint8 ndarray
        The photo, 0 = black. Not modified.

    Returns
    -------
    (N, 2) int32 ndarray or None
        Corners (x, y) of the sheet in px of the page, its rim left out; None where the paper goes on to
        the edges, or what is brighter has no straight, sharp edges, as light that falls on a page.
    """
    small = glimpsed(pixels, LOOK_SIDE_PX)
    if min(small.shape) < 8 * STEP_PX:
        return None
    # Writing and rules go, the paper between them stays.
    smooth = np.asarray(cv2.medianBlur(cv2.dilate(small, np.ones((5, 5), np.uint8)), 5), np.uint8)
    corners = next((shape for shape in _bright_shapes(smooth) if _has_sharp_edges(smooth, shape)), None)
    if corners is None:
        return None
    inner = np.zeros(smooth.shape, np.uint8)
    cv2.fillConvexPoly(inner, corners, 255)
    around = cv2.dilate(inner, np.ones((2 * STEP_PX + 1, 2 * STEP_PX + 1), np.uint8)) == 0
    if np.count_nonzero(smooth[around] > np.median(smooth[inner > 0]) * DARKER) > OTHER_PAPER * inner.size:
        return None
    # The dilation above has moved the edges outwards by its own reach.
    reach = 2 * (RIM_PX + 2) + 1
    shrunk = cv2.erode(inner, np.ones((reach, reach), np.uint8), borderValue=255)
    outlines, _ = cv2.findContours(shrunk, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    if not outlines:
        return None
    hull = np.asarray(cv2.convexHull(max(outlines, key=cv2.contourArea)).reshape(-1, 2), np.int32)
    return _to_page(hull, smooth.shape, pixels.shape)


def cut_to_sheet(pixels: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], int, int]:
    """Cut a photo down to its sheet; what is left of the surroundings is painted as paper.

    Parameters
    ----------
    pixels : (H, W) uint8 ndarray
        The photo, 0 = black. Not modified.

    Returns
    -------
    pixels : (H, W) uint8 ndarray
        The very same array where there is no sheet with something around it.
    left, top : int
        Where the cut lies on the photo, in px.
    """
    corners = find_sheet(pixels)
    if corners is None:
        return pixels, 0, 0
    left, top, width, height = cv2.boundingRect(corners)
    part = pixels[top : top + height, left : left + width]
    inside = np.zeros(part.shape, np.uint8)
    cv2.fillConvexPoly(inside, corners - np.array([left, top], np.int32), 255)
    return np.where(inside > 0, part, _paper_around(part, inside)).astype(np.uint8), left, top


def _bright_shapes(smooth: NDArray[np.uint8]) -> Iterator[NDArray[np.int32]]:
    """Yield what may be a sheet: what is brighter than half-way, and, for a sheet in shadow, than less."""
    half_way, _ = cv2.threshold(smooth, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    darker = smooth[smooth <= half_way]
    less, _ = cv2.threshold(darker, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    for threshold in (half_way, less):
        shape = _straight_shape(smooth > threshold)
        if shape is not None:
            yield shape


def _straight_shape(bright: NDArray[np.bool_]) -> NDArray[np.int32] | None:
    """Return the corners of the largest bright area, if it is straight and of a sheet's size."""
    opened = cv2.morphologyEx(bright.view(np.uint8), cv2.MORPH_OPEN, np.ones((7, 7), np.uint8))
    outlines, _ = cv2.findContours(opened, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    if not outlines:
        return None
    outline = max(outlines, key=cv2.contourArea)
    if not LEAST_SHARE < cv2.contourArea(outline) / bright.size < MOST_SHARE:
        return None
    hull = cv2.convexHull(outline)
    corners = cv2.approxPolyDP(hull, CORNER_SHARE * cv2.arcLength(hull, closed=True), closed=True)
    if len(corners) > MOST_CORNERS or cv2.contourArea(outline) < STRAIGHT * cv2.contourArea(corners):
        return None
    return np.asarray(corners.reshape(-1, 2), np.int32)


def _has_sharp_edges(smooth: NDArray[np.uint8], corners: NDArray[np.int32]) -> bool:
    """Tell whether every side of the shape, but those along the photo's edge, is a sharp step."""
    height, width = smooth.shape
    middle = corners.mean(axis=0)
    seen: set[tuple[bool, bool]] = set()
    for start, end in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        length = float(np.hypot(*(end - start)))
        if length < STEP_PX * 4:
            continue
        normal = np.array([end[1] - start[1], start[0] - end[0]], float) / length
        normal *= np.sign(np.dot(normal, (start + end) / 2 - middle)) or 1.0
        along = start + np.linspace(OFF_CORNERS, 1 - OFF_CORNERS, STEP_SAMPLES)[:, None] * (end - start)
        inner, outer = along - STEP_PX * normal, along + STEP_PX * normal
        on_page = ((outer >= 0) & (outer < (width, height))).all(axis=1)
        if on_page.mean() < 0.5:
            continue
        inside, outside = (_values(smooth, points[on_page]) for points in (inner, outer))
        if float((outside < DARKER * inside).mean()) < STEPPED:
            return False
        # Which of its four sides this is, or part of which.
        seen.add((bool(abs(normal[0]) > abs(normal[1])), bool(normal.sum() > 0)))
    return len(seen) >= LEAST_SIDES


def _values(image: NDArray[np.uint8], points: NDArray[np.float64]) -> NDArray[np.float64]:
    x, y = np.rint(points).astype(int).T
    values = image[np.clip(y, 0, image.shape[0] - 1), np.clip(x, 0, image.shape[1] - 1)]
    return np.asarray(values, np.float64)


def _to_page(points: NDArray[np.int32], small: tuple[int, ...], page: tuple[int, ...]) -> NDArray[np.int32]:
    """Scale corners up; those at the edge of the reduced page lie at the edge of the page."""
    limits = np.array([small[1] - 1, small[0] - 1], float)
    scaled = points / limits * np.array([page[1] - 1, page[0] - 1], float)
    return np.asarray(np.rint(scaled), np.int32)


def _paper_around(pixels: NDArray[np.uint8], inside: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the page's paper, continued from the sheet's edges outwards."""
    paper = cv2.medianBlur(reduced(pixels, LOOK_SIDE_PX), 5)
    within = cv2.resize(inside, paper.shape[::-1], interpolation=cv2.INTER_NEAREST)
    within = cv2.erode(within, np.ones((5, 5), np.uint8), borderValue=255)
    _, labels = cv2.distanceTransformWithLabels(255 - within, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL)
    values = np.zeros(int(labels.max()) + 1, np.uint8)
    values[labels[within > 0]] = paper[within > 0]
    around = cv2.GaussianBlur(values[labels], (0, 0), 3.0)
    return np.asarray(cv2.resize(around, pixels.shape[::-1], interpolation=cv2.INTER_LINEAR), np.uint8)
