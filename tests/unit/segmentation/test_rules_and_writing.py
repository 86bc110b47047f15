"""Rules beside, under and through writing: what is taken out, and what has to stay."""

import cv2
import numpy as np
import pytest

from segmentation.level_rules import LEAST_LIKE, LEAST_LIKE_BROKEN
from segmentation.rules import find_rules, remove_rules
from segmentation.scale import WritingSize

SIZE = WritingSize(height_px=40.0, stroke_px=5.0)
SMALL = WritingSize(height_px=22.0, stroke_px=3.0)


def _empty(height=300, width=600):
    return np.zeros((height, width), np.uint8)


def _sloping(slope_deg, *, thick=3):
    ink = _empty()
    for x in range(15, 585):
        y = 150 + round((x - 300) * np.tan(np.radians(slope_deg)))
        ink[y : y + thick, x] = 1
    return ink.astype(bool)


def _cleaned(mask, size=SIZE):
    return remove_rules(mask, find_rules(mask, size))


def _written(text, *, height_px, stroke_px, left=60, foot=150, width=600, together=0.0):
    """Write digits with the strokes of a plotter, each `together` of its width into the last."""
    ink = _empty(width=width)
    scale = height_px / 21  # the font is 21 px high at scale 1
    for digit in text:
        cv2.putText(ink, digit, (left, foot), cv2.FONT_HERSHEY_SIMPLEX, scale, 1, stroke_px)
        left += round(scale * 20 * (1 - together))
    return ink.astype(bool)


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize(("dash", "gap"), [(14, 6), (9, 5), (25, 6)])
def test_a_dashed_rule_is_found_and_taken_out(dash, gap, turned):
    mask = np.zeros((600, 600), bool)
    inked = np.arange(560) % (dash + gap) < dash
    mask[200:203, 20:580] = inked
    mask = np.ascontiguousarray(mask.T) if turned else mask

    rules = find_rules(mask, SIZE)

    assert ((rules.vertical if turned else rules.horizontal) & mask).sum() > 0.9 * mask.sum()
    assert remove_rules(mask, rules).sum() < 0.05 * mask.sum()


def test_digits_on_a_dashed_rule_are_kept():
    digits = _written("4711", height_px=40, stroke_px=5, foot=196)
    rule = np.zeros_like(digits)
    rule[200:203, 20:580] = np.arange(560) % 20 < 14

    cleaned = _cleaned(digits | rule)

    assert cleaned[digits].mean() > 0.95
    assert (cleaned & rule & ~digits).sum() < 0.1 * rule.sum()


@pytest.mark.parametrize("text", ["22222", "5555", "777", "3852", "116697"])
def test_touching_digits_in_small_writing_are_no_rules(text):
    digits = _written(text, height_px=22, stroke_px=3, together=0.3)
    count, _ = cv2.connectedComponents(digits.view(np.uint8))
    assert count - 1 == 1
    assert _cleaned(digits, SMALL)[digits].mean() > 0.97


def test_the_feet_of_a_short_number_are_no_dashed_rule():
    mask = _empty().astype(bool)
    for k, left in enumerate(range(200, 350, 27)):
        mask[160:165, left : left + 21] = True
        mask[120:162, left + 8 : left + 13] = True
        tie = 125 + 9 * (k % 3)
        mask[tie : tie + 3, left + 8 : left + 37] = True
    assert _cleaned(mask)[mask].all()


@pytest.mark.parametrize("slope_deg", [-4, -2, 2, 4])
def test_a_rule_that_slopes_four_degrees_is_taken_out_and_the_stroke_across_it_stays(slope_deg):
    rule, stroke = _sloping(slope_deg), np.zeros((300, 600), bool)
    stroke[130:172, 298:303] = True

    cleaned = _cleaned(rule | stroke)

    assert cleaned[stroke].mean() > 0.98
    assert (cleaned & ~stroke).sum() < 0.08 * rule.sum()


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("length_px", [30, 90, 130, 180])
def test_a_lone_dash_or_a_lone_tall_one_is_kept(length_px, turned):
    mask = _empty(600, 600).astype(bool)
    mask[300:305, 200 : 200 + length_px] = True
    mask = np.ascontiguousarray(mask.T) if turned else mask
    assert (_cleaned(mask) == mask).all()


@pytest.mark.parametrize("turned", [False, True])
def test_the_same_stroke_goes_where_it_runs_on_over_the_page(turned):
    mask = _empty(600, 600).astype(bool)
    mask[300:305, 40:560] = True
    mask = np.ascontiguousarray(mask.T) if turned else mask
    assert not _cleaned(mask).any()


def test_a_long_solid_bar_is_taken_for_print():
    mask = _empty().astype(bool)
    mask[140:160, 30:570] = True
    assert not _cleaned(mask).any()


def test_what_is_given_is_not_written_on():
    mask = _sloping(2)
    mask.flags.writeable = False
    _cleaned(mask)


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("left", [0, 250])
def test_a_stroke_that_the_page_cuts_off_is_longer_than_it_looks(left, turned):
    mask = _empty(600, 600).astype(bool)
    mask[300:304, left : left + 170] = True
    mask = np.ascontiguousarray(mask.T) if turned else mask
    assert _cleaned(mask).any() == (left > 0)


@pytest.mark.parametrize("rise_px", [12, 20, 26])
def test_a_filler_that_crosses_a_rule_goes_with_it(rise_px):
    ink = _empty(width=340)
    cv2.line(ink, (0, 150), (300, 150), 1, 3)
    cv2.line(ink, (0, 150 + rise_px), (300, 147), 1, 3)
    cleaned = _cleaned(ink.astype(bool))
    assert cleaned.sum() < 0.06 * ink.sum()


def _dashed():
    mask = np.zeros((600, 600), bool)
    mask[200:203, 20:580] = np.arange(560) % 20 < 14
    return mask


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize(
    ("mask", "least"),
    [(_sloping(1.0), LEAST_LIKE), (_dashed(), LEAST_LIKE_BROKEN)],
    ids=["solid", "dashed"],
)
def test_what_is_hardly_probable_as_a_rule_is_none(mask, least, turned):
    mask = np.ascontiguousarray(mask.T) if turned else mask
    for share, kept in ((least - 0.01, False), (least + 0.01, True)):
        asked = []

        def likeness(x, y, share=share, asked=asked):
            asked.append(mask[y, x].all())
            return share

        assert find_rules(mask, SIZE, likeness=likeness).mask.any() == kept
        assert asked
        assert all(asked)
