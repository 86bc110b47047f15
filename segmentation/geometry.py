"""Boxes on a page: integer pixels, half-open, origin top-left."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Box", "Placement", "QuarterTurn", "union"]


@dataclass(frozen=True, order=True, slots=True)
class Box:
    """A half-open box: ``left <= x < right``, ``top <= y < bottom``.

    Raises
    ------
    ValueError
        The box is empty or turned inside out.
    """

    left: int
    top: int
    right: int
    bottom: int

    def __post_init__(self) -> None:
        if self.right <= self.left or self.bottom <= self.top:
            raise ValueError(f"a box needs an area; received {self.left, self.top, self.right, self.bottom}")

    @property
    def width(self) -> int:
        """Width in pixels."""
        return self.right - self.left

    @property
    def height(self) -> int:
        """Height in pixels."""
        return self.bottom - self.top

    @property
    def centre(self) -> tuple[float, float]:
        """Centre ``(x, y)`` in pixels."""
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2

    def overlap_x(self, other: "Box") -> int:
        """Return the shared width in pixels; negative where there is a gap."""
        return min(self.right, other.right) - max(self.left, other.left)

    def overlap_y(self, other: "Box") -> int:
        """Return the shared height in pixels; negative where there is a gap."""
        return min(self.bottom, other.bottom) - max(self.top, other.top)

    def clipped(self, width: int, height: int) -> "Box":
        """Return the part inside a page of that size, never less than one pixel."""
        left, top = min(max(self.left, 0), width - 1), min(max(self.top, 0), height - 1)
        return Box(left, top, max(left + 1, min(self.right, width)), max(top + 1, min(self.bottom, height)))


@dataclass(frozen=True, slots=True)
class QuarterTurn:
    """A page turned so that its writing stands upright: by no, one, two or three quarters.

    Attributes
    ----------
    quarters : int
        0 to 3, counter-clockwise.
    width, height : int
        Of the page before it was turned, px.
    """

    quarters: int
    width: int
    height: int

    def there(self, boxes: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return boxes (left, top, right, bottom) of the page where they lie on the turned one."""
        return _turned(boxes, self.quarters, self.width, self.height)

    def back(self, boxes: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return boxes (left, top, right, bottom) of the turned page where they lie on the page."""
        size = (self.height, self.width) if self.quarters % 2 else (self.width, self.height)
        return _turned(boxes, -self.quarters, *size)


def _turned(boxes: NDArray[np.float64], quarters: int, width: int, height: int) -> NDArray[np.float64]:
    """Turn boxes along with a page of that size."""
    left, top, right, bottom = boxes.T
    match quarters % 4:
        case 1:
            sides = top, width - right, bottom, width - left
        case 2:
            sides = width - right, height - bottom, width - left, height - top
        case 3:
            sides = height - bottom, left, height - top, right
        case _:
            sides = left, top, right, bottom
    return np.stack(sides, axis=1)


@dataclass(frozen=True, slots=True)
class Placement:
    """Where the working page lies on the page: a part of it, scaled, and turned to lie straight.

    Attributes
    ----------
    scale : float
        Px of the working page a px of the page.
    left_px, top_px : int
        Corner of that part, in px of the page.
    turn_deg : float
        By how much it was turned, counter-clockwise.
    shift_px : (float, float)
        Where the part's corner lies on the turned working page, in px of that.
    upright : QuarterTurn, optional
        What was done to the page before all this: of the page as it was turned are the attributes above.
    """

    scale: float = 1.0
    left_px: int = 0
    top_px: int = 0
    turn_deg: float = 0.0
    shift_px: tuple[float, float] = (0.0, 0.0)
    upright: QuarterTurn | None = None

    @property
    def quarters(self) -> int:
        """By how many quarters the page was turned before, counter-clockwise."""
        return 0 if self.upright is None else self.upright.quarters

    def on_page(self, box: Box) -> Box:
        """Return the box around a box of the working page, in px of the page, never less than one."""
        found = self._on_upright_page(box)
        if self.upright is None:
            return found
        sides = np.array([(found.left, found.top, found.right, found.bottom)], np.float64)
        left, top, right, bottom = (int(side) for side in self.upright.back(sides)[0])
        return Box(left, top, right, bottom)

    def _on_upright_page(self, box: Box) -> Box:
        """Return the box around a box of the working page, in px of the page as its writing stands."""
        xs, ys = self._turned_back(box) if self.turn_deg else ((box.left, box.right), (box.top, box.bottom))
        left, top = math.floor(min(xs) / self.scale), math.floor(min(ys) / self.scale)
        right, bottom = math.ceil(max(xs) / self.scale), math.ceil(max(ys) / self.scale)
        x, y = self.left_px, self.top_px
        return Box(x + left, y + top, x + max(right, left + 1), y + max(bottom, top + 1))

    def on_working_page(self, boxes: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return boxes (left, top, right, bottom) of the page in px of the working page, shape (N, 4).

        Around what is upright on a turned page there is less than around its box there: what the
        turning added to that is taken off.
        """
        if self.upright is not None:
            boxes = self.upright.there(boxes)
        corner = np.array([self.left_px, self.top_px] * 2, np.float64)
        straight = (boxes - corner) * self.scale
        if not self.turn_deg:
            return straight
        cos, sin = self._turn
        x, y = (straight[:, 0] + straight[:, 2]) / 2, (straight[:, 1] + straight[:, 3]) / 2
        width, height = straight[:, 2] - straight[:, 0], straight[:, 3] - straight[:, 1]
        own = cos * cos - sin * sin
        half_width = np.maximum((width * cos - height * abs(sin)) / own, width / 2) / 2
        half_height = np.maximum((height * cos - width * abs(sin)) / own, height / 2) / 2
        right, down = x * cos + y * sin + self.shift_px[0], y * cos - x * sin + self.shift_px[1]
        return np.stack(
            [right - half_width, down - half_height, right + half_width, down + half_height], axis=1
        )

    @property
    def _turn(self) -> tuple[float, float]:
        turn = math.radians(self.turn_deg)
        return math.cos(turn), math.sin(turn)

    def _turned_back(self, box: Box) -> tuple[list[float], list[float]]:
        """Return the corners of a box as they were before the turning: all x, and all y."""
        cos, sin = self._turn
        corners = [
            (x - self.shift_px[0], y - self.shift_px[1])
            for x in (box.left, box.right)
            for y in (box.top, box.bottom)
        ]
        return [x * cos - y * sin for x, y in corners], [x * sin + y * cos for x, y in corners]


def union(boxes: Iterable[Box]) -> Box:
    """Return the smallest box around all of `boxes`.

    Raises
    ------
    ValueError
        `boxes` is empty.
    """
    boxes = list(boxes)
    if not boxes:
        raise ValueError("union of no boxes")
    return Box(
        min(b.left for b in boxes),
        min(b.top for b in boxes),
        max(b.right for b in boxes),
        max(b.bottom for b in boxes),
    )
