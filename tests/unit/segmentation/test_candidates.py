from dataclasses import replace

import cv2
import numpy as np
import pytest

from segmentation.candidates import JOINED, PART, WHOLE, build_strip
from segmentation.components import Component
from segmentation.config import DEFAULT
from segmentation.cut_outs import cut_specimen
from segmentation.geometry import Box, union
from segmentation.normalize import normalize_glyph

STROKE_PX = 4.0


def _empty():
    return np.zeros((120, 400), np.uint8)


def _page(*parts):
    """Label each part as a component of its own; ink is as strong as it can be."""
    labels, components = np.zeros((120, 400), np.int32), []
    for number, part in enumerate(parts, start=1):
        labels[part > 0] = number
        left, top, width, height = cv2.boundingRect(part)
        box = Box(left, top, left + width, top + height)
        components.append(Component(number, box, int(part.sum()), -1))
    return components, labels, np.where(labels > 0, 255, 0).astype(np.uint8)


def _ring(left, *, width=28, height=40, top=40):
    ink = _empty()
    middle = (left + width // 2, top + height // 2)
    cv2.ellipse(ink, middle, (width // 2 - 2, height // 2 - 2), 0, 0, 360, 1, 4)
    return ink


def _bar(left, *, width=5, height=40, top=40):
    ink = _empty()
    ink[top : top + height, left : left + width] = 1
    return ink


def _slant(left):
    """A leaning stroke: beside others of its kind, their boxes overlap."""
    ink = _empty()
    cv2.line(ink, (left + 14, 42), (left, 78), 1, 3)
    return ink


def _strip(*parts):
    return build_strip(*_page(*parts), stroke_px=STROKE_PX)


def test_a_narrow_component_is_one_piece_and_one_candidate():
    strip, glyphs = _strip(_bar(50))
    assert strip.pieces == (Box(50, 40, 55, 80),)
    assert [(c.start, c.stop, c.box) for c in strip.candidates] == [(0, 1, strip.pieces[0])]
    assert strip.height_px == 40
    assert len(glyphs) == 1


def test_pieces_run_from_left_to_right_whatever_their_component():
    strip, _ = _strip(_ring(200), _bar(50), _ring(120))
    middles = [piece.centre[0] for piece in strip.pieces]
    assert middles == sorted(middles)
    assert len(middles) >= 3


def test_each_piece_is_a_candidate_and_each_candidate_boxes_its_pieces():
    strip, glyphs = _strip(_ring(50), _ring(84), _bar(118))
    alone = {c.start for c in strip.candidates if c.stop == c.start + 1}
    assert alone == set(range(len(strip.pieces)))
    for candidate in strip.candidates:
        assert 1 <= candidate.stop - candidate.start <= DEFAULT.max_join
        assert candidate.box == union(strip.pieces[candidate.start : candidate.stop])
    assert len(glyphs) == len(strip.candidates)
    assert {glyph.shape for glyph in glyphs} == {(28, 28)}


def test_the_halves_of_a_broken_digit_are_joined_and_what_is_far_is_not():
    close, _ = _strip(_bar(50), _bar(58))
    far, _ = _strip(_bar(50), _bar(80))
    assert (0, 2) in {(c.start, c.stop) for c in close.candidates}
    assert (0, 2) not in {(c.start, c.stop) for c in far.candidates}


def test_a_candidate_tells_what_it_is_made_of():
    strip, _ = _strip(_ring(50) | _ring(82) | _bar(77, width=6, height=4, top=58), _bar(113))
    last = len(strip.pieces)
    makes = {(c.start, c.stop): c.make for c in strip.candidates}
    assert makes[last - 1, last] == WHOLE
    assert makes[0, 1] == PART
    assert makes[last - 2, last] == PART
    assert {c.make for c in _strip(_bar(50), _bar(58))[0].candidates} == {WHOLE, JOINED}


def test_what_would_be_too_wide_for_a_symbol_is_not_joined():
    strip, _ = _strip(*(_ring(50 + 27 * k, width=24) for k in range(4)))
    assert {(c.start, c.stop) for c in strip.candidates if c.stop > c.start + 1} == {(0, 2), (1, 3), (2, 4)}


@pytest.mark.parametrize(
    ("width", "cell", "beside", "whole"),
    [(46, 3, (), True), (46, -1, (), False), (46, 3, (110,), False), (66, 3, (), False)],
    ids=["alone in its box", "alone on the page", "beside another", "wider than any"],
)
def test_a_flat_digit_in_its_box_may_be_one_symbol_as_it_is(width, cell, beside, whole):
    """A wide five is lower than the writing: by its own height it is too wide for a digit."""
    rings = [_ring(left, width=width, height=26) for left in (50, *beside)]
    components, labels, strength = _page(*rings)
    line = [replace(component, cell=cell) for component in components]

    strip, _ = build_strip(line, labels, strength, stroke_px=STROKE_PX, writing_px=45.0)

    assert len(strip.pieces) > len(line)
    assert (WHOLE in {c.make for c in strip.candidates}) is whole


def test_no_more_pieces_are_joined_than_a_symbol_has():
    strip, _ = _strip(*(_bar(50 + 6 * k) for k in range(9)))
    assert max(c.stop - c.start for c in strip.candidates) == DEFAULT.max_join


def test_what_would_be_too_tall_for_a_symbol_is_not_joined():
    strip, _ = _strip(_bar(50, top=0, height=45), _bar(57, top=75, height=45))
    assert {(c.start, c.stop) for c in strip.candidates} == {(0, 1), (1, 2)}


def test_two_digits_that_a_ligature_ties_can_be_read_one_by_one():
    strip, _ = _strip(_ring(50) | _ring(82) | _bar(77, width=6, height=4, top=58))
    sides = [(c.box.left, c.box.right) for c in strip.candidates]
    assert any(left == 50 and 76 <= right <= 83 for left, right in sides)
    assert any(76 <= left <= 83 and right == strip.pieces[-1].right for left, right in sides)


def test_a_candidate_shows_nothing_of_its_neighbours():
    _, (glyph,) = _strip(_slant(100))
    crowd, glyphs = _strip(_slant(93), _slant(100), _slant(107))
    alone = [k for k, c in enumerate(crowd.candidates) if c.stop == c.start + 1]
    assert len(alone) == 3
    for k in alone:
        assert (glyphs[k] == glyph).all()


def test_the_cell_of_the_line_is_kept():
    components, labels, strength = _page(_bar(50))
    in_cell = [Component(1, components[0].box, 200, 7)]
    assert build_strip(in_cell, labels, strength, stroke_px=STROKE_PX)[0].cell == 7


@pytest.mark.parametrize("left", [0, 395])
def test_a_line_at_the_edge_of_the_page_loses_no_ink(left):
    _, (glyph,) = _strip(_bar(left, top=0, height=120))
    _, (inside,) = _strip(_bar(200, top=0, height=120))
    assert glyph.sum(dtype=int) == pytest.approx(inside.sum(dtype=int), rel=0.1)


def test_a_specimen_is_what_reading_would_show_the_network():
    page = _page(_bar(50))
    _, (glyph,) = build_strip(*page, stroke_px=STROKE_PX)
    assert (cut_specimen(*page) == glyph).all()


def test_a_specimen_of_two_parts_holds_both_and_nothing_of_the_third():
    both = cut_specimen(*_page(_slant(50), _slant(57)))
    components, labels, strength = _page(_slant(50), _slant(57), _slant(64))
    assert (cut_specimen(components[:2], labels, strength) == both).all()
    assert not (cut_specimen(components[:1], labels, strength) == both).all()


def test_soft_edges_belong_to_the_glyph_that_they_touch():
    components, labels, strength = _page(_bar(50))
    strength[40:80, [49, 55]] = 90
    strength[40:80, [47, 57]] = 90
    window = np.zeros((42, 7), np.uint8)
    window[1:41] = np.array([90, 255, 255, 255, 255, 255, 90], np.uint8)
    assert (cut_specimen(components, labels, strength) == normalize_glyph(window)).all()


def test_what_a_seam_parted_shows_no_ink_of_the_other_side():
    specimen = cut_specimen([_page(_bar(50))[0][0]], *_page(_bar(50), _bar(55))[1:])
    assert (specimen == cut_specimen(*_page(_bar(50)))).all()
