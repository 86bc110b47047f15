"""The reader that is shipped reads a picture of one digit as well as the network knows its well-cut glyph."""

from collections.abc import Callable
from functools import cache

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from model.classify import Classifier
from model.contract import to_batch
from model.synth.digits import INK_LEVEL, DigitSource
from segmentation.normalize import normalize_glyph
from segmentation.page import Page
from worker.reader import Reader, load_reader

#: Every so many of the sample's digits, of each one as many.
EVERY = 10
#: What a kind of picture may cost, as a share of the digits that are read,
MOST_LOST = 0.1
#: a pencil's line more: the ridge of a stroke, drawn for it here, has gaps and spurs that no pencil makes,
MOST_LOST_RIDGE = 0.16
#: and what all kinds may cost together.
MOST_LOST_OVERALL = 0.03

Picture = NDArray[np.uint8]
SOURCE = DigitSource.builtin()
_ORDER = np.argsort(SOURCE.labels, kind="stable")[::EVERY]
IMAGES, LABELS = SOURCE.images[_ORDER], SOURCE.labels[_ORDER]


@cache
def _reader() -> Reader:
    return load_reader()


def _tight(image: Picture) -> Picture:
    rows, columns = np.nonzero(image > 40)
    return image[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]


def _filled(image: Picture, side: int) -> Picture:
    """Draw a digit into a square without a margin, dark on white."""
    tight = _tight(image)
    scale = side / max(tight.shape)
    height, width = (max(1, round(n * scale)) for n in tight.shape)
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    square = np.full((side, side), 255, np.uint8)
    top, left = (side - height) // 2, (side - width) // 2
    square[top : top + height, left : left + width] = 255 - cv2.resize(
        tight, (width, height), interpolation=how
    )
    return square


def _binary(picture: Picture) -> Picture:
    return np.where(picture > 255 - INK_LEVEL, 255, 0).astype(np.uint8)


def _blown_up(picture: Picture, factor: int) -> Picture:
    enlarged = cv2.resize(picture, None, fx=factor, fy=factor, interpolation=cv2.INTER_NEAREST)
    return np.asarray(enlarged, np.uint8)


def _photo(image: Picture, side: int, *, ink: float, margin: float = 0.25, falls: float = 60.0) -> Picture:
    """Draw a digit on grey paper in light that falls off, a little blurred and with grain."""
    border = round(margin * side)
    strokes = np.pad(255.0 - _filled(image, side), border) / 255
    light = 190 - falls * np.add.outer(*[np.linspace(0, 0.5, n) for n in strokes.shape])
    soft = cv2.GaussianBlur(light * (1 - ink * strokes), (0, 0), 0.8)
    return np.asarray(np.clip(np.random.default_rng(3).normal(soft, 2.0), 0, 255), np.uint8)


def _pencil(image: Picture, side: int) -> Picture:
    """The same with a thin, pale line: what is left when a stroke is worn down from both sides."""
    large = cv2.resize(_tight(image), None, fx=6, fy=6, interpolation=cv2.INTER_CUBIC)
    ink = np.pad((large > INK_LEVEL).astype(np.uint8), 6)
    deep = cv2.distanceTransform(ink, cv2.DIST_L2, 5)
    ridge = (deep >= cv2.dilate(deep, np.ones((3, 3), np.uint8)) - 1.0) & (deep > 1)
    line = cv2.morphologyEx(ridge.astype(np.uint8) * 255, cv2.MORPH_CLOSE, np.ones((7, 7), np.uint8))
    return _photo(np.asarray(line, np.uint8), side, ink=0.3)


KINDS: dict[str, Callable[[Picture], Picture]] = {
    "bitmap of 16 px without a margin": lambda image: _filled(image, 16),
    "bitmap of 32 px without a margin": lambda image: _filled(image, 32),
    "picture of 64 px without a margin": lambda image: _filled(image, 64),
    "bitmap of 28 px with a margin": lambda image: 255 - image,
    "white on black": lambda image: image,
    "white on black without a margin": lambda image: 255 - _filled(image, 16),
    "black and white": lambda image: _binary(_filled(image, 16)),
    "white and black": lambda image: 255 - _binary(_filled(image, 32)),
    "bitmap blown up": lambda image: _blown_up(255 - image, 10),
    "bitmap blown up, without a margin": lambda image: _blown_up(_binary(_filled(image, 32)), 4),
    "small photo": lambda image: _photo(image, 36, ink=0.5),
    "photo": lambda image: _photo(image, 110, ink=0.5),
    "large photo": lambda image: _photo(image, 500, ink=0.4),
    "pencil": lambda image: _pencil(image, 100),
}


@cache
def _read(kind: str) -> float:
    """Return the share of the pictures that hold their digit, and nothing else."""
    pictures = [np.ascontiguousarray(KINDS[kind](image)) for image in IMAGES]
    pages = [Page(picture, dpi=None, orientation=1, kind="png") for picture in pictures]
    texts = [[number.text for number in _reader().read_page(page).numbers] for page in pages]
    return float(np.mean([text == [str(label)] for text, label in zip(texts, LABELS, strict=True)]))


@cache
def _known() -> float:
    """Return the share of the digits that the network knows when nothing has to be found or cut."""
    glyphs = np.stack([normalize_glyph(_tight(image)) for image in IMAGES])
    return float((Classifier.load().predict(to_batch(glyphs)).argmax(axis=1) == LABELS).mean())


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_of_picture_is_read(kind: str) -> None:
    assert _read(kind) >= _known() - (MOST_LOST_RIDGE if kind == "pencil" else MOST_LOST)


def test_all_kinds_together_are_read_as_well_as_cut_glyphs() -> None:
    assert float(np.mean([_read(kind) for kind in KINDS])) >= _known() - MOST_LOST_OVERALL


def test_the_digit_is_found_where_it_stands() -> None:
    photo = _photo(IMAGES[0], 60, ink=0.5, margin=0.5)
    reading = _reader().read_page(Page(photo, dpi=None, orientation=1, kind="png"))
    (number,) = reading.numbers
    assert max(number.box.width, number.box.height) == pytest.approx(60, abs=4)
    assert number.box.x + number.box.width / 2 == pytest.approx(60, abs=3)
    step, *_ = reading.processing
    assert [step.settings[name] for name in ("x", "y", "width", "height")] == [0, 0, 120, 120]
