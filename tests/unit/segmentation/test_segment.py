from dataclasses import replace

import cv2
import numpy as np
import pytest

from model.synth.digits import DigitSource
from model.synth.page import make_page
from segmentation.config import DEFAULT
from segmentation.segment import find_writing, segment_page

SOURCE = DigitSource.builtin()
#: Grain is never smoothed.
ROUGH = replace(DEFAULT, coarse_grain=1e9)


def _page(kind, seed):
    page = make_page(np.random.default_rng(seed), SOURCE, kind)
    pixels = page.pixels if page.pixels.ndim == 2 else cv2.cvtColor(page.pixels, cv2.COLOR_BGR2GRAY)
    boxes = [box for row in page.rows for number in row for _, box in number.digits]
    return pixels, np.array(boxes)


def _with_grain(pixels, deviation=25.0):
    grain = np.random.default_rng(7).normal(0, deviation, pixels.shape)
    return np.clip(pixels + grain, 0, 255).astype(np.uint8)


@pytest.fixture(scope="module")
def grid():
    return _page("grid", 3)


@pytest.mark.parametrize(
    ("kind", "seed"),
    [("noisy", 1), ("noisy", 2), ("noisy", 3), ("clean", 3), ("ruled", 2), ("inverted", 2), ("dense", 2)],
)
def test_the_writing_is_measured_as_high_as_it_was_drawn(kind, seed):
    pixels, boxes = _page(kind, seed)
    writing = find_writing(pixels)
    drawn_px = np.median(boxes[:, 3] - boxes[:, 1])
    assert writing.size.height_px / writing.scale == pytest.approx(drawn_px, rel=0.25)


def test_a_page_scanned_twice_as_fine_is_measured_twice_as_high(grid):
    pixels, boxes = grid
    fine = cv2.resize(pixels, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
    assert fine.size > 1.5 * DEFAULT.overview_px
    once, twice = find_writing(pixels), find_writing(fine)
    assert twice.size.height_px / twice.scale == pytest.approx(2 * once.size.height_px / once.scale, rel=0.1)
    assert twice.size.height_px == pytest.approx(DEFAULT.working_height_px, rel=0.02)
    assert len(twice.components) == len(boxes)


def test_coarse_grain_changes_neither_what_is_found_nor_how_large_it_is(grid):
    pixels, boxes = grid
    plain, grainy = find_writing(pixels), find_writing(_with_grain(pixels))
    assert len(plain.components) == len(grainy.components) == len(boxes)
    assert grainy.size.height_px / grainy.scale == pytest.approx(plain.size.height_px / plain.scale, rel=0.1)
    assert grainy.size.stroke_px / grainy.scale == pytest.approx(plain.size.stroke_px / plain.scale, rel=0.1)


def test_without_smoothing_the_strokes_would_fray(grid):
    pixels, _ = grid
    smooth, rough = find_writing(_with_grain(pixels)), find_writing(_with_grain(pixels), ROUGH)
    assert rough.size.stroke_px / rough.scale < 0.85 * smooth.size.stroke_px / smooth.scale


def test_a_page_without_coarse_grain_is_not_smoothed(grid):
    pixels, _ = grid
    assert (find_writing(pixels).ink.contrast == find_writing(pixels, ROUGH).ink.contrast).all()


def test_each_drawn_digit_is_among_the_candidates(grid):
    pixels, boxes = grid
    found = segment_page(pixels)
    candidates = [candidate for strip in found.strips for candidate in strip.candidates]
    middles = np.array([candidate.box.centre for candidate in candidates]) / found.writing.scale
    heights = np.array([candidate.box.height for candidate in candidates]) / found.writing.scale
    for left, top, right, bottom in boxes:
        near = np.hypot(middles[:, 0] - (left + right) / 2, middles[:, 1] - (top + bottom) / 2) < 5
        assert (np.abs(heights[near] - (bottom - top)) < 6).any()
    assert found.glyphs.shape == (len(candidates), 28, 28)


def test_digits_in_a_grid_are_found_cell_by_cell(grid):
    writing = find_writing(grid[0])
    cells = {component.cell for component in writing.components}
    assert -1 not in cells
    assert len(writing.cells) >= len(cells) > 1


@pytest.mark.parametrize("tone", [0, 128, 255])
def test_a_page_of_one_tone_has_no_glyphs(tone):
    found = segment_page(np.full((200, 300), tone, np.uint8))
    assert found.strips == ()
    assert found.glyphs.shape == (0, 28, 28)


@pytest.mark.parametrize("shape", [(1, 1), (1, 400), (400, 1), (3, 3)])
def test_a_page_of_hardly_any_size_is_empty_and_no_error(shape):
    assert segment_page(np.full(shape, 255, np.uint8)).strips == ()


def test_the_page_given_is_not_written_on(grid):
    pixels = grid[0].copy()
    pixels.flags.writeable = False
    segment_page(pixels)


TWO = [(180, 340), (200, 280), (260, 250), (330, 280), (340, 340), (300, 450), (180, 650), (350, 650)]
FIVE = [(780, 250), (640, 250), (625, 420), (720, 400), (790, 470), (790, 560), (720, 640), (620, 620)]


def _large(line_px, *, inverted=False, tone=0):
    """Draw a two and a five, 400 px high, on a page that they do not fill."""
    pixels = np.full((1200, 1500), 255, np.uint8)
    for digit in (TWO, FIVE):
        cv2.polylines(pixels, [np.array(digit, np.int32)], False, tone, line_px, cv2.LINE_AA)
    return 255 - pixels if inverted else pixels


#: Thin strokes are scaled down with the rest.
UNWIDENED = replace(DEFAULT, least_stroke_px=0.0)


@pytest.mark.parametrize("inverted", [False, True])
def test_large_writing_with_a_thin_pen_hangs_together_on_the_working_page(inverted):
    writing = find_writing(_large(4, inverted=inverted))
    assert writing.scale < 0.2
    assert writing.size.height_px / writing.scale == pytest.approx(400, rel=0.1)
    assert len(writing.components) == 2
    for component in writing.components:
        assert component.box.height / writing.scale == pytest.approx(400, rel=0.1)


def test_thin_strokes_are_as_wide_on_the_working_page_as_they_have_to_be():
    thin, wide = find_writing(_large(4), UNWIDENED), find_writing(_large(4))
    assert thin.size.stroke_px < 0.6
    assert wide.size.stroke_px == DEFAULT.least_stroke_px
    # What is thinner than a pixel shows as one pixel.
    assert wide.ink.mask.sum() > DEFAULT.least_stroke_px * thin.ink.mask.sum()


def test_large_writing_with_a_hard_pencil_would_fall_apart_if_it_were_not_widened():
    pencil = _with_grain(_large(2, tone=200), 8.0)
    assert len(find_writing(pencil).components) == 2
    assert len(find_writing(pencil, UNWIDENED).components) > 2


@pytest.mark.parametrize("line_px", [24, 40])
def test_large_writing_with_a_broad_pen_stays_as_broad_as_it_is(line_px):
    plain, widened = find_writing(_large(line_px), UNWIDENED), find_writing(_large(line_px))
    assert plain.scale < 0.2
    assert (plain.ink.contrast == widened.ink.contrast).all()


def test_small_writing_is_not_widened(grid):
    pixels, _ = grid
    narrow = replace(DEFAULT, least_stroke_px=50.0)
    small = cv2.resize(pixels, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    assert find_writing(small).scale >= 1
    assert (find_writing(small, narrow).ink.contrast == find_writing(small, UNWIDENED).ink.contrast).all()
