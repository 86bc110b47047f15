"""Frames: single boxes printed around a digit, too small for their sides to count as long rules."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from segmentation.enclosed import enclosed_areas
from segmentation.geometry import Box
from segmentation.medians import median_of
from segmentation.ticks import find_ticks

__all__ = ["Frame", "FrameSides", "Likeness", "find_frames", "frame_sides"]

#: Share of a frame's sides that is inked, and of each of them.
SIDE_COVERAGE, NICKED_SIDE = 0.88, 0.7
#: Places along a side that are looked at.
SIDE_SAMPLES = 80
#: A frame is at least this many strokes wide and high.
LEAST_SIDE = 8.0
#: One that other ink hangs on is at least this many wide and high: loops of digits are smaller.
LEAST_HUNG_SIDE = 12.0
#: How far a corner of a frame may be rounded, as a share of its outline.
CORNER_SLACK = 0.03
#: A row of joined boxes may be nearly as wide as the page, but not as high.
MOST_WIDE, MOST_HIGH = 0.97, 0.5
#: A wall between two boxes reaches over this share of their height.
WALL_SHARE = 0.8
#: So many of them, with both ends of the frame, are walls and not ones between the ticks of a comb.
MANY_WALLS = 4
#: Cosine of its corners, and sine of its upper side's skew, at most.
MOST_CORNER, MOST_SKEW = 0.2, 0.25
#: What is less probably printed than this, by its ink, is a pair of digits that touch each other twice.
LEAST_LIKE = 0.2
#: From the columns and rows of some ink to how probably it is a rule, 0..1.
Likeness = Callable[[NDArray[np.int64], NDArray[np.int64]], float]
#: Places along a side, as shares of it.
_ALONG = np.linspace(0.0, 1.0, SIDE_SAMPLES)[:, None]
#: The corner after each.
_NEXT = [1, 2, 3, 0]


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame.

    Attributes
    ----------
    label : int
        The component that it is, or is part of.
    box : Box
        Around its ink, in px of the page.
    corners : (4, 2) float64 ndarray
        x and y of its outer corners in the box: upper left, upper right, lower right, lower left.
    """

    label: int
    box: Box
    corners: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class FrameSides:
    """The ink of all frames of a page.

    Attributes
    ----------
    horizontal, vertical : (H, W) bool ndarray
        Upper and lower sides, and those on the left and right with the walls and ticks between.
    combs : tuple of Box
        Frames that ticks part into places for digits.
    """

    horizontal: NDArray[np.bool_]
    vertical: NDArray[np.bool_]
    combs: tuple[Box, ...]


def _in_turn(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Order four corners clockwise from the upper left."""
    middle = points.mean(axis=0)
    angles = np.arctan2(points[:, 1] - middle[1], points[:, 0] - middle[0])
    return points[np.argsort(angles)]


def _upright(shape: tuple[int, ...]) -> NDArray[np.float64]:
    """Return the corners of a box of that height and width, clockwise from the upper left."""
    height, width = shape
    return np.array([[0, 0], [width - 1, 0], [width - 1, height - 1], [0, height - 1]], np.float64)


def _inward(start: NDArray[np.float64], end: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the step of one px into a frame from one of its sides, which run clockwise."""
    along = end - start
    return np.array([-along[1], along[0]]) / max(1.0, float(np.hypot(*along)))


def _is_rectangle(corners: NDArray[np.float64]) -> bool:
    """Tell whether four corners make nearly right angles, as on a form seen nearly from above."""
    sides = corners[_NEXT] - corners
    lengths = np.hypot(sides[:, 0], sides[:, 1])
    turns = (sides * sides[_NEXT]).sum(axis=1) / (lengths * lengths[_NEXT] + 1e-9)
    skew = abs(sides[0, 1]) / (lengths[0] + 1e-9)
    return bool(np.abs(turns).max() < MOST_CORNER and skew < MOST_SKEW)


def _outlines(component: NDArray[np.bool_]) -> list[NDArray[np.float64]]:
    """Return the quadrilaterals that a component may be the frame of: its hull, and its box."""
    upright = _upright(component.shape)
    contours, _ = cv2.findContours(component.view(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    hull = np.asarray(cv2.convexHull(np.concatenate(contours)), np.int32)
    return [turned for turned in _turned(hull) if _is_rectangle(turned)] + [upright]


def _turned(hull: NDArray[np.int32]) -> Iterator[NDArray[np.float64]]:
    """Yield four corners of a hull, clockwise: where it bends, and of the tightest shape around it.

    The first cannot do with a nick in a short side, the second not with ink that sticks out.
    """
    if len(hull) < 4:
        return
    bends = cv2.approxPolyDP(hull, CORNER_SLACK * cv2.arcLength(hull, True), True).reshape(-1, 2)
    around = cv2.approxPolyN(hull, 4).reshape(-1, 2)
    yield from (_in_turn(corners.astype(np.float64)) for corners in (bends, around) if len(corners) == 4)


def _coverages(
    component: NDArray[np.bool_], corners: NDArray[np.float64], band_px: int
) -> NDArray[np.float64]:
    """Return the share of each side that is inked, looking a little to either side of it."""
    sides = corners[_NEXT] - corners
    across = sides[:, ::-1] * (-1.0, 1.0) / np.maximum(1.0, np.hypot(sides[:, 0], sides[:, 1]))[:, None]
    along = corners[:, None] + _ALONG * sides[:, None]
    steps = np.arange(-1, band_px)[:, None]
    # A row each step of a side, a column each place along it; what lies off the component is at its edge.
    x, y = (
        (along[:, None, :, k] + steps * across[:, None, None, k]).reshape(-1, SIDE_SAMPLES).astype(np.float32)
        for k in (0, 1)
    )
    ink = cv2.remap(component.view(np.uint8), x, y, cv2.INTER_NEAREST, borderMode=cv2.BORDER_REPLICATE)
    seen = ink.reshape(4, len(steps), SIDE_SAMPLES).any(axis=1)
    return np.asarray(seen.mean(axis=1))


def _outline(component: NDArray[np.bool_], band_px: int) -> NDArray[np.float64] | None:
    """Return the outline that ink runs along on all four sides, None where there is none."""
    for corners in _outlines(component):
        covered = _coverages(component, corners, band_px)
        # A nick at a corner takes something from one side.
        if covered.min() >= NICKED_SIDE and covered.mean() >= SIDE_COVERAGE:
            return corners
    return None


def find_frames(labels: NDArray[np.int32], stats: NDArray[np.int32], stroke_px: float) -> list[Frame]:
    """Find the frames, with or without a digit that touches them.

    A component is a frame, or several that a crease or a dash hangs together.

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
    list of Frame
        By label.
    """
    left, top, width, height, area = (stats[:, k].astype(np.int64) for k in range(5))
    least = max(12.0, LEAST_SIDE * stroke_px)
    likely = (np.minimum(width, height) >= least) & (area >= 1.6 * (width + height))
    likely[0] = False
    frames = []
    for label in np.flatnonzero(likely):
        right, bottom = int(left[label] + width[label]), int(top[label] + height[label])
        box = Box(int(left[label]), int(top[label]), right, bottom)
        component = labels[box.top : box.bottom, box.left : box.right] == label
        frames += _frames_of(component, int(label), box, labels.shape, stroke_px)
    return frames


def _frames_of(
    component: NDArray[np.bool_], label: int, box: Box, page: tuple[int, ...], stroke_px: float
) -> list[Frame]:
    """Return the frame that a component is, or those in it that other ink hangs on."""
    corners = _corners(component, page, stroke_px)
    if corners is not None:
        return [Frame(label, box, corners)]
    least = max(12.0, LEAST_HUNG_SIDE * stroke_px)
    frames: list[Frame] = []
    if min(component.shape) < least:
        return frames
    for area in enclosed_areas(component, stroke_px, least):
        corners = _corners(component[area.top : area.bottom, area.left : area.right], page, stroke_px)
        if corners is not None:
            left, top = box.left + area.left, box.top + area.top
            frames.append(Frame(label, Box(left, top, left + area.width, top + area.height), corners))
    return frames


def _corners(
    component: NDArray[np.bool_], page: tuple[int, ...], stroke_px: float
) -> NDArray[np.float64] | None:
    """Return the corners of a frame that is cut tight, None where it is none."""
    (height, width), (page_height, page_width) = component.shape, page
    area = int(np.count_nonzero(component))
    if height >= MOST_HIGH * page_height or width >= MOST_WIDE * page_width:
        return None
    if not 1.6 * (width + height) <= area <= 0.6 * width * height:
        return None
    return _outline(component, max(2, round(1.5 * stroke_px), round(0.06 * min(width, height))))


def _thickness(
    component: NDArray[np.bool_], start: NDArray[np.float64], end: NDArray[np.float64], most: int
) -> int:
    """Return how many px deep the ink of a side typically is, seen from its outer edge."""
    along = np.linspace(start, end, 32)[2:-2]
    across = _inward(start, end)
    steps = np.arange(-1, most)
    height, width = component.shape
    x = np.clip(np.rint(along[:, :1] + steps * across[0]).astype(int), 0, width - 1)
    y = np.clip(np.rint(along[:, 1:] + steps * across[1]).astype(int), 0, height - 1)
    ink = component[y, x]
    inked = ink.any(axis=1)
    if not inked.any():
        return 1
    # The first run of ink from outside; what comes behind a gap is the digit.
    begun = np.cumsum(ink, axis=1) > 0
    ended = np.cumsum(begun & ~ink, axis=1) > 0
    return int(median_of((begun & ~ended).sum(axis=1)[inked] + (~begun).sum(axis=1)[inked]))


def _side_mask(component: NDArray[np.bool_], corners: NDArray[np.float64], which: int) -> NDArray[np.bool_]:
    """Return the ink of one side: 0 upper, 1 right, 2 lower, 3 left."""
    start, end = corners[which], corners[(which + 1) % 4]
    most = max(4, round(0.2 * min(component.shape)))
    depth = _thickness(component, start, end, most)
    across = _inward(start, end)
    inside = np.stack([start - across, end - across, end + depth * across, start + depth * across])
    band = np.zeros(component.shape, np.uint8)
    cv2.fillConvexPoly(band, np.rint(inside).astype(np.int32), 1)
    return (band > 0) & component


def _walls(
    component: NDArray[np.bool_], corners: NDArray[np.float64], stroke_px: float
) -> tuple[NDArray[np.bool_], bool]:
    """Return the ink of what parts a row of boxes, and whether some of it are ticks.

    Walls go from the upper to the lower side, ticks stand on one of them. Both are looked for on the frame
    set upright, and carried back to where it lies.
    """
    height, width = component.shape
    upright = _upright(component.shape).astype(np.float32)
    turn = cv2.getPerspectiveTransform(corners.astype(np.float32), upright)
    straight = cv2.warpPerspective(component.view(np.uint8), turn, (width, height), flags=cv2.INTER_NEAREST)
    slack = max(1, round(0.3 * stroke_px))
    thick = cv2.dilate(straight, np.ones((3, 2 * slack + 1), np.uint8))
    length = max(8, round(WALL_SHARE * height))
    # Beyond the frame there is no ink: otherwise what hangs from its side would count twice.
    upright_run = np.ones((length, 1), np.uint8)
    walls = (
        cv2.morphologyEx(thick, cv2.MORPH_OPEN, upright_run, borderType=cv2.BORDER_CONSTANT, borderValue=0)
        > 0
    )
    ticked = False
    # What walls part needs no ticks: these would be digits that stand on the frame, or hang from it.
    parted = np.count_nonzero(np.diff(walls.any(axis=0).astype(int)) > 0) >= MANY_WALLS
    for upwards in () if parted else (slice(None), slice(None, None, -1)):
        ticks = find_ticks(straight[upwards] > 0, stroke_px)[upwards]
        walls, ticked = walls | ticks, ticked or bool(ticks.any())
    printed = walls.astype(np.uint8)
    back = cv2.warpPerspective(printed, turn, (width, height), flags=cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP)
    return np.asarray((back > 0) & component), ticked


def frame_sides(
    labels: NDArray[np.int32],
    stats: NDArray[np.int32],
    stroke_px: float,
    likeness: Likeness | None = None,
) -> FrameSides:
    """Find the ink of all frames' sides.

    Parameters
    ----------
    labels : (H, W) int32 ndarray
        Label image of the ink. Not modified.
    stats : (K, 5) int32 ndarray
        Left, top, width, height and area of each label.
    stroke_px : float
        Width of a typical stroke.
    likeness : callable, optional
        Tells how probably some ink is printed; without it, shape alone decides.

    Returns
    -------
    FrameSides
        On the page.
    """
    horizontal, vertical = np.zeros(labels.shape, bool), np.zeros(labels.shape, bool)
    combs = []
    for frame in find_frames(labels, stats, stroke_px):
        box = frame.box
        window = (slice(box.top, box.bottom), slice(box.left, box.right))
        component = labels[window] == frame.label
        upper, right, lower, left = (_side_mask(component, frame.corners, side) for side in range(4))
        if likeness is not None:
            rows, columns = np.nonzero(upper | right | lower | left)
            if likeness(columns + box.left, rows + box.top) < LEAST_LIKE:
                continue
        horizontal[window] |= upper | lower
        vertical[window] |= left | right
        if box.width > 1.3 * box.height:
            walls, ticked = _walls(component, frame.corners, stroke_px)
            vertical[window] |= walls
            combs += [box] if ticked else []
    return FrameSides(horizontal, vertical, tuple(combs))
