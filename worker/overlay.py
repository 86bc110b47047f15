"""Pictures for people: the page with what was read drawn on it, and one crop a number.

Boxes are in pixels of the page and the overlay has the page's size, so that a place in one
is the same place in the other.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from segmentation.geometry import Box
from segmentation.page import Page
from worker.records import BoxRecord, NumberRecord, Status
from worker.upright import upright_numbers, upright_page

__all__ = ["STATUS_COLOURS", "cut_crops", "draw_overlay", "encode_png"]

Colour = tuple[int, int, int]

#: RGB, dark enough for white text upon them.
STATUS_COLOURS: Final[dict[Status, Colour]] = {
    Status.ACCEPTED: (0, 128, 60),
    Status.REVIEW: (214, 104, 0),
    Status.REJECTED: (200, 16, 32),
    Status.BLANK: (110, 110, 110),
}

_WHITE: Final[Colour] = (255, 255, 255)
_FONT: Final = cv2.FONT_HERSHEY_SIMPLEX
#: Height in pixels of a digit of that font at scale 1.
_FONT_DIGIT_PX: Final = 21
#: Height of a label's digits as a part of the writing's height.
_LABEL_RATIO: Final = 0.42
_MIN_LABEL_PX: Final = 8
#: A label taller than this part of the page would hide what it names.
_MAX_LABEL_PAGE_RATIO: Final = 0.2
#: Margin around a crop as a part of the number's height.
_CROP_MARGIN_RATIO: Final = 0.15
_MAX_NAME_DIGITS: Final = 40


@dataclass(frozen=True)
class _Scale:
    """How thick and how large to draw on a page of that size with writing of that size."""

    line_px: int
    text_px: int

    @property
    def font_scale(self) -> float:
        return self.text_px / _FONT_DIGIT_PX

    @property
    def stroke_px(self) -> int:
        return max(1, round(self.text_px / 9))


@dataclass(frozen=True)
class _Label:
    box: Box
    number: NumberRecord


def draw_overlay(page: Page, numbers: Sequence[NumberRecord], *, quarters: int = 0) -> NDArray[np.uint8]:
    """Draw boxes and readings on a copy of the page.

    Parameters
    ----------
    page : Page
        Not modified.
    numbers : sequence of NumberRecord
        Each gets a box and its reading, coloured by status; each digit a thinner box.
    quarters : int
        By how many the page was turned to be read, counter-clockwise: labels stand as the writing does.

    Returns
    -------
    (H, W, 3) uint8 ndarray
        RGB, of the page's size.
    """
    if quarters:
        upright = draw_overlay(upright_page(page, quarters), upright_numbers(page, numbers, quarters))
        return np.ascontiguousarray(np.rot90(upright, -quarters))
    canvas: Any = cv2.cvtColor(page.pixels, cv2.COLOR_GRAY2RGB)
    scale = _scale(page, numbers)
    for number in numbers:
        colour = STATUS_COLOURS[number.status]
        if len(number.digits) > 1:
            for digit in number.digits:
                _frame(canvas, _box(digit.box, page), colour, max(1, scale.line_px // 2))
        _frame(canvas, _outside(_box(number.box, page), scale.line_px, page), colour, scale.line_px)
    for label in _place_labels(page, numbers, scale):
        _write(canvas, label, scale)
    return np.asarray(canvas, dtype=np.uint8)


def cut_crops(
    page: Page, numbers: Iterable[NumberRecord], *, quarters: int = 0
) -> Iterator[tuple[str, NDArray[np.uint8]]]:
    """Cut every number out of the page, with a small margin.

    Parameters
    ----------
    page : Page
        Not modified.
    numbers : iterable of NumberRecord
        In any order.
    quarters : int
        By how many the page was turned to be read, counter-clockwise, and so are the crops.

    Yields
    ------
    name : str
        ``l003_n02_147.png``: line, number, reading; ``x`` stands for a digit that was not
        read, ``unread`` for a number without any.
    crop : (h, w) uint8 ndarray
        Grey, a copy.
    """
    if quarters:
        page, numbers = upright_page(page, quarters), upright_numbers(page, numbers, quarters)
    for number in numbers:
        box = _box(number.box, page)
        margin = max(2, round(box.height * _CROP_MARGIN_RATIO))
        box = _outside(box, margin, page)
        crop = page.pixels[box.top : box.bottom, box.left : box.right].copy()
        yield f"l{number.line:03d}_n{number.number:02d}_{_safe(number.text)}.png", crop


def encode_png(picture: NDArray[np.uint8]) -> bytes:
    """Encode a grey ``(H, W)`` or RGB ``(H, W, 3)`` picture as PNG."""
    bgr: Any = picture if picture.ndim == 2 else cv2.cvtColor(picture, cv2.COLOR_RGB2BGR)
    _, encoded = cv2.imencode(".png", bgr)
    return bytes(encoded.tobytes())


def _safe(text: str) -> str:
    """Return `text` as a part of a file name."""
    name = re.sub(r"[^0-9]", "x", text)[:_MAX_NAME_DIGITS]
    return name if re.search(r"[0-9]", name) else "unread"


def _scale(page: Page, numbers: Sequence[NumberRecord]) -> _Scale:
    shorter = min(page.width, page.height)
    heights = [number.box.height for number in numbers if number.status is not Status.BLANK]
    writing = median(heights) if heights else shorter / 30
    # On a large page, seen small on a screen, labels and lines may grow, but not beyond the writing.
    text_px = max(writing * _LABEL_RATIO, min(shorter / 120, writing * 0.6))
    line_px = max(writing / 30, min(shorter / 1200, writing / 16))
    return _Scale(
        line_px=max(1, round(min(line_px, shorter / 60))),
        text_px=max(_MIN_LABEL_PX, round(min(text_px, shorter / 16))),
    )


def _place_labels(page: Page, numbers: Sequence[NumberRecord], scale: _Scale) -> list[_Label]:
    """Find each reading a place beside its number that hides no other number or label."""
    boxes = [_box(number.box, page) for number in numbers]
    # Rows of numbers, then of labels as they find their place: dense pages have thousands.
    taken = np.zeros((2 * len(boxes), 4), dtype=np.int64)
    for row, box in enumerate(boxes):
        taken[row] = _corners(box)
    labels: list[_Label] = []
    for number in numbers:
        if not number.text:
            continue
        width, height = _label_size(number.text, scale)
        if width > page.width or height > page.height * _MAX_LABEL_PAGE_RATIO:
            continue
        places = [
            _moved_inside(place, page) for place in _beside(_box(number.box, page), width, height, scale)
        ]
        box = next((place for place in places if not _hides(place, taken)), places[0])
        taken[len(boxes) + len(labels)] = _corners(box)
        labels.append(_Label(box, number))
    return labels


def _label_size(text: str, scale: _Scale) -> tuple[int, int]:
    (width, _), _ = cv2.getTextSize(text, _FONT, scale.font_scale, scale.stroke_px)
    padding = _padding(scale)
    return width + 2 * padding, scale.text_px + 2 * padding


def _padding(scale: _Scale) -> int:
    return max(2, scale.text_px // 4)


def _beside(box: Box, width: int, height: int, scale: _Scale) -> Iterator[Box]:
    """Yield places for a label, best first: above, below, to the right, to the left."""
    gap = 2 * scale.line_px
    middle = (box.top + box.bottom - height) // 2
    for left, top in (
        (box.left, box.top - gap - height),
        (box.left, box.bottom + gap),
        (box.right + gap, middle),
        (box.left - gap - width, middle),
    ):
        yield Box(left, top, left + width, top + height)


def _moved_inside(box: Box, page: Page) -> Box:
    left = min(max(box.left, 0), page.width - box.width)
    top = min(max(box.top, 0), page.height - box.height)
    return Box(left, top, left + box.width, top + box.height)


def _corners(box: Box) -> tuple[int, int, int, int]:
    return box.left, box.top, box.right, box.bottom


def _hides(place: Box, taken: NDArray[np.int64]) -> bool:
    """Tell whether `place` overlaps a row of `taken`; rows of zeros are free."""
    left, top, right, bottom = taken.T
    overlaps = (left < place.right) & (right > place.left) & (top < place.bottom) & (bottom > place.top)
    return bool(overlaps.any())


def _write(canvas: Any, label: _Label, scale: _Scale) -> None:
    box, padding = label.box, _padding(scale)
    colour = STATUS_COLOURS[label.number.status]
    cv2.rectangle(canvas, (box.left, box.top), (box.right - 1, box.bottom - 1), colour, cv2.FILLED)
    origin = (box.left + padding, box.bottom - 1 - padding)
    cv2.putText(
        canvas, label.number.text, origin, _FONT, scale.font_scale, _WHITE, scale.stroke_px, cv2.LINE_AA
    )


def _frame(canvas: Any, box: Box, colour: Colour, line_px: int) -> None:
    """Draw the edge of `box` inwards, so that it never leaves the page."""
    inner = line_px - 1
    top_left, bottom_right = (box.left, box.top), (box.right - 1, box.bottom - 1)
    for step in range(inner + 1):
        if top_left[0] + step > bottom_right[0] - step or top_left[1] + step > bottom_right[1] - step:
            break
        cv2.rectangle(
            canvas,
            (top_left[0] + step, top_left[1] + step),
            (bottom_right[0] - step, bottom_right[1] - step),
            colour,
            1,
        )


def _box(record: BoxRecord, page: Page) -> Box:
    box = Box(record.x, record.y, record.x + record.width, record.y + record.height)
    return box.clipped(page.width, page.height)


def _outside(box: Box, margin: int, page: Page) -> Box:
    """Return `box` grown by `margin` on all sides, as far as the page goes."""
    grown = Box(box.left - margin, box.top - margin, box.right + margin, box.bottom + margin)
    return grown.clipped(page.width, page.height)
