"""Rules followed beyond where they were found: around a bend, as they fade, and up to the next piece."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from segmentation.medians import median_of

__all__ = ["Trails", "follow_rules"]

#: Slopes that a rule may turn by from one step to the next, and half-thicknesses that it may shift by.
TURNS, SHIFTS = np.linspace(-0.12, 0.12, 13), np.linspace(-1.0, 1.0, 5)
#: A step is taken where this share of its columns shows the rule,
SHOWN = 0.72
#: and the way to the next piece of the same rule where this share does.
HINTED = 0.3
#: At most this share of a step's columns is passed over because something crosses the rule there,
MOST_CROSSED = 0.3
#: so that no step is taken where fewer columns than this share show the rule; a little less, for rounding.
LEAST_SHOWN = 0.99 * SHOWN * (1 - MOST_CROSSED)
#: A column shows a rule by a ridge of this share of the rule's own,
FADED = 0.4
#: and of so many levels of contrast at least.
LEAST_RIDGE = 5.0
#: A straight step is preferred to a turn that shows no more than this share in addition.
STRAIGHT = 0.08
#: and one that runs in the rule's middle, where it is darkest, to one at its side.
MIDDLE = 0.3
#: Steps, as shares of the usual one, that are tried at an end, the longest first.
STEPS = (1.0, 0.5)
#: The end of a rule tells its direction over so many steps; the next piece begins within so many.
TOLD_BY, NEXT = 2.0, 3.0
#: A rule that ends so many steps before one across reaches it.
ARRIVED = 0.7
#: It is followed from so many steps before its end.
BACK = 0.4
#: The next piece lies in the rule's direction, but for so many px and this much over the distance.
ASIDE_PX, ASIDE = 2.0, 0.05
#: Ink that is so many times as dark as the rule is written on it.
DARKER = 1.6
#: Contrast is averaged over so many px along the rule.
ALONG_PX = 9
#: Relative precision of the numbers that lines are fitted with.
EPSILON = float(np.finfo(np.float64).eps)


@dataclass(frozen=True, slots=True)
class Trails:
    """Where rules of one direction go on.

    Attributes
    ----------
    ink : (H, W) bool ndarray
        The ink that belongs to them there.
    course : (H, W) bool ndarray
        Where they run, inked or not.
    """

    ink: NDArray[np.bool_]
    course: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class _Sheet:
    """What rules are followed on: ink, contrast averaged along them, what was found of them and across."""

    ink: NDArray[np.bool_]
    depth: NDArray[np.uint8]
    found: NDArray[np.bool_]
    across: NDArray[np.bool_]
    step_px: int

    def profile(
        self, x: NDArray[np.int64], y: NDArray[np.int64], half_px: int
    ) -> tuple[NDArray[np.int16], NDArray[np.int16]]:
        """Return how dark a line is, and how much darker than the darker side of it."""
        away = half_px + 2
        rows = [np.clip(y + step, 0, len(self.depth) - 1) for step in (-1, 0, 1, -away, away)]
        at = [self.depth[row, x].astype(np.int16) for row in rows]
        dark = np.maximum.reduce(at[:3])
        return dark, np.asarray(dark - np.maximum(at[3], at[4]), np.int16)

    def near(
        self, top: int, bottom: int, left: int, right: int, half_px: int
    ) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
        """Return what :meth:`profile` does, for each pixel of a part of the page; 0 beside what is darker."""
        away = half_px + 2
        if top >= away and bottom + away <= len(self.depth):
            part = self.depth[top - away : bottom + away, left:right]
        else:
            rows = np.clip(np.arange(top - away, bottom + away), 0, len(self.depth) - 1)
            part = self.depth[rows, left:right]
        count = bottom - top
        at = [part[away + step : away + step + count] for step in (-1, 0, 1, -away, away)]
        dark = np.maximum(np.maximum(at[0], at[1]), at[2])
        return dark, np.asarray(cv2.subtract(dark, np.maximum(at[3], at[4])), np.uint8)


@dataclass(frozen=True, slots=True)
class _End:
    """An end of a rule in px, where it goes on to (1 right, -1 left), and what the rule is like."""

    x: int
    y: float
    slope: float
    ahead: int
    half_px: int
    dark: float
    ridge: float

    def columns(self, count: int, width: int) -> NDArray[np.int64]:
        """Return the columns that come next, as far as the page goes."""
        x = self.x + self.ahead * np.arange(1, count + 1)
        return x[(x >= 0) & (x < width)]

    def rows(self, count: int, height: int) -> tuple[int, int]:
        """Return the first and last row that the rule may reach within so many columns."""
        away = [
            (self.slope + turn) * self.ahead * step for turn in (TURNS[0], TURNS[-1]) for step in (1, count)
        ]
        first = self.y + SHIFTS[0] * self.half_px + min(away)
        last = self.y + SHIFTS[-1] * self.half_px + max(away)
        return min(max(round(first), 0), height - 1), min(max(round(last), 0), height - 1)


def _pieces(rule: NDArray[np.bool_]) -> Iterator[tuple[NDArray[np.int64], NDArray[np.float64], int]]:
    """Yield the columns of each piece of a rule, its middle in each of them, and half its thickness."""
    thick = cv2.dilate(rule.view(np.uint8), np.ones((3, 7), np.uint8))
    # Rules lie on few of a page's rows: only these are looked through, with a blank one after each group.
    inked = np.asarray(thick.any(axis=1))
    held = np.flatnonzero(inked | np.append(False, inked[:-1]))
    places = np.flatnonzero(rule[held])
    if not len(places):
        return
    _, found = cv2.connectedComponents(thick[held], connectivity=8)
    rows, columns = np.divmod(places, rule.shape[1])
    keys = found.ravel()[places].astype(np.int64) * rule.shape[1] + columns
    rows = held[rows]
    order = np.argsort(keys, kind="stable")
    unique, starts = np.unique(keys[order], return_index=True)
    counts = np.diff(np.append(starts, len(keys)))
    middles = np.add.reduceat(rows[order], starts) / counts
    labels, x = np.divmod(unique, rule.shape[1])
    edges = np.flatnonzero(np.diff(labels)) + 1
    parts = (np.split(values, edges) for values in (x, middles, counts))
    for own_x, own_y, thickness in zip(*parts, strict=True):
        yield own_x, own_y, max(1, round(median_of(thickness) / 2))


def _fitted_line(x: NDArray[np.int64], y: NDArray[np.float64]) -> tuple[float, float]:
    """Return slope and level of the line through points, to the last bit as `numpy.polyfit` does it."""
    terms = np.ones((len(x), 2))
    terms[:, 0] = x
    norms = np.sqrt((terms * terms).sum(axis=0))
    solved = np.linalg.lstsq(terms / norms, y, rcond=len(x) * EPSILON)[0] / norms
    return float(solved[0]), float(solved[1])


def _ends(sheet: _Sheet) -> Iterator[_End]:
    """Yield the ends of all rules that were found, with the directions that they go on in."""
    for x, y, half_px in _pieces(sheet.found):
        if x[-1] - x[0] < sheet.step_px:
            continue
        dark, ridge = (median_of(v) for v in sheet.profile(x, np.rint(y).astype(np.int64), half_px))
        for ahead, end in ((-1, int(x[0])), (1, int(x[-1]))):
            near = np.abs(x - end) <= TOLD_BY * sheet.step_px
            # Where a rule bends away from its straight part, that part is too thin: begin before it.
            begin = end - ahead * round(BACK * sheet.step_px)
            slope, level = _fitted_line(x[near] - begin, y[near])
            yield _End(begin, level, slope, ahead, half_px, dark, ridge)


def _step(sheet: _Sheet, end: _End, step_px: int) -> tuple[_End, NDArray[np.int64]] | None:
    """Take a step from the end of a rule; None where it does not go on."""
    height, width = sheet.ink.shape
    x = end.columns(step_px, width)
    if len(x) < step_px:
        return None
    least = max(LEAST_RIDGE, FADED * end.ridge)
    top, bottom = end.rows(step_px, height)
    left = int(x.min())
    dark, ridge = sheet.near(top, bottom + 1, left, left + len(x), end.half_px)
    visible = dark >= least
    # No line shows the rule in more columns than have anything as dark as that.
    if np.count_nonzero(visible.any(axis=0)) < SHOWN * step_px:
        return None
    seen = ridge >= least
    # Nor is more of it shown than that, of what is left where something crosses it.
    if np.count_nonzero(seen.any(axis=0)) < LEAST_SHOWN * step_px:
        return None
    slopes = (end.slope + TURNS)[:, None, None]
    lines = end.y + SHIFTS[None, :, None] * end.half_px + slopes * (x - end.x)
    y = np.clip(np.rint(lines).astype(np.int64).reshape(-1, len(x)), 0, height - 1)
    places = (y - top) * len(x) + (x - left)
    shown = seen.ravel()[places]
    # Where something crosses the rule, it cannot be seen, nor missed.
    crossed = np.minimum((visible & ~seen).ravel()[places].sum(axis=1), MOST_CROSSED * step_px)
    shares = shown.sum(axis=1) / (step_px - crossed)
    bends = np.abs(TURNS / TURNS[-1])[:, None] + np.abs(SHIFTS)[None, :]
    # What is darker than the rule says nothing of where its middle is.
    depth = sheet.depth[top : top + len(dark), left : left + len(x)]
    middle = np.minimum(depth, end.dark).ravel()[places].mean(axis=1) / max(1.0, end.dark)
    best = int((shares - STRAIGHT * bends.ravel() + MIDDLE * middle).argmax())
    if shares[best] < SHOWN:
        return None
    last = int(np.flatnonzero(shown[best])[-1])
    # Half of a turn is kept: what looks like one may be a stroke beside the rule.
    slope = end.slope + float(TURNS[best // len(SHIFTS)]) / 2
    stop = replace(end, x=int(x[last]), y=float(y[best, last]), slope=slope)
    return stop, y[best, : last + 1]


def _leap(sheet: _Sheet, end: _End) -> tuple[NDArray[np.int64], NDArray[np.int64]] | None:
    """Return the way to a rule across, or to the next piece of the same rule; None where there is none."""
    height, width = sheet.ink.shape
    x = end.columns(round(NEXT * sheet.step_px), width)
    line = end.y + end.slope * (x - end.x)
    rows = np.clip(np.rint(line).astype(np.int64), 0, height - 1)
    arrived = np.flatnonzero(sheet.across[rows, x][: round(ARRIVED * sheet.step_px)])
    if len(arrived):
        return x[: arrived[0] + 1], rows[: arrived[0] + 1]
    aside = ASIDE_PX + ASIDE * np.abs(x - end.x)
    if not len(x):
        return None
    top = max(0, int(np.floor((line - aside).min())))
    near = sheet.found[top : max(0, int(np.ceil((line + aside).max()))) + 1, x]
    for column in np.flatnonzero(near.any(axis=0)):
        there = top + np.flatnonzero(near[:, column])
        nearest = there[np.abs(there - line[column]).argmin()]
        if abs(nearest - line[column]) <= aside[column]:
            way = np.rint(np.linspace(end.y, nearest, column + 2)[1:]).astype(np.int64)
            way = np.clip(way, 0, height - 1)
            ridge = sheet.profile(x[: column + 1], way, end.half_px)[1]
            return (x[: column + 1], way) if (ridge >= LEAST_RIDGE).mean() >= HINTED else None
    return None


def _follow(sheet: _Sheet, end: _End, trails: Trails) -> None:
    """Follow a rule from one end as far as it goes, and note in place where it runs."""
    height = len(sheet.ink)
    reach = np.arange(-end.half_px - 1, end.half_px + 2)[:, None]
    while True:
        steps = (_step(sheet, end, max(6, round(share * sheet.step_px))) for share in STEPS)
        taken = next((step for step in steps if step is not None), None)
        if taken is None:
            break
        stop, y = taken
        x = end.columns(len(y), sheet.ink.shape[1])
        rows = np.clip(y + reach, 0, height - 1)
        trails.ink[rows, x] |= sheet.ink[rows, x] & (sheet.depth[rows, x] <= DARKER * end.dark)
        trails.course[rows[1:-1], x] = True
        if sheet.found[y[-1], x[-1]]:
            return
        end = stop
    way = _leap(sheet, end)
    if way is not None:
        trails.course[np.clip(way[1] + reach[1:-1], 0, height - 1), way[0]] = True


def follow_rules(
    ink: NDArray[np.bool_],
    contrast: NDArray[np.uint8],
    found: NDArray[np.bool_],
    across: NDArray[np.bool_],
    step_px: int,
) -> Trails:
    """Follow level rules from their ends, in steps of that length.

    Parameters
    ----------
    ink : (H, W) bool ndarray
        True = ink. Not modified.
    contrast : (H, W) uint8 ndarray
        Darkness against the paper, which shows a rule where it is too faint to be ink. Not modified.
    found : (H, W) bool ndarray
        The ink on rules that were found. Not modified.
    across : (H, W) bool ndarray
        The ink on rules of the other direction, which rules end at. Not modified.
    step_px : int
        Longer than a stroke of the writing.

    Returns
    -------
    Trails
        What comes in addition to `found`.
    """
    trails = Trails(np.zeros(ink.shape, bool), np.zeros(ink.shape, bool))
    if found.any():
        depth = np.asarray(cv2.blur(contrast, (ALONG_PX, 1)), np.uint8)
        sheet = _Sheet(ink, depth, found, across, step_px)
        for end in _ends(sheet):
            _follow(sheet, end, trails)
    return trails
