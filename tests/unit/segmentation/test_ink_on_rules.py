"""Ink on a rule that is darker than the rule: strokes along it are kept, its own stains are not."""

import cv2
import numpy as np
import pytest

from segmentation.level_rules import DARKER, DARKER_LEVELS
from segmentation.rules import find_rules, remove_rules
from segmentation.scale import WritingSize

SIZE = WritingSize(height_px=40.0, stroke_px=5.0)
#: Contrast of a pen and of a printed rule.
PEN, PRINT = 200, 60
LONGEST_PX = 1.2 * SIZE.height_px
#: Rows of the rule.
RULE = slice(199, 203)


def _empty():
    return np.zeros((300, 600), bool)


def _two():
    """Draw a two whose foot runs along the rule."""
    points = [(280, 170), (290, 160), (305, 165), (308, 178), (280, 201), (312, 201)]
    ink = np.zeros((300, 600), np.uint8)
    return cv2.polylines(ink, [np.array(points, np.int32)], False, 1, 5).astype(bool)


def _rule():
    mask = _empty()
    mask[RULE, 20:580] = True
    return mask


def _cleaned(ink, *, rule_contrast=PRINT, pen_contrast=PEN, longest_px=LONGEST_PX, turned=False):
    """Take the rule out of a page with `ink` on it; the page may lie on its side."""
    mask = ink | _rule()
    contrast = np.where(ink, pen_contrast, np.where(mask, rule_contrast, 0)).astype(np.uint8)
    if turned:
        mask, contrast = np.ascontiguousarray(mask.T), np.ascontiguousarray(contrast.T)
    mask.flags.writeable = contrast.flags.writeable = False
    rules = find_rules(mask, SIZE, contrast=contrast)
    cleaned = remove_rules(mask, rules, longest_px=longest_px)
    return rules, cleaned.T if turned else cleaned


def _pieces(mask):
    return cv2.connectedComponents(np.ascontiguousarray(mask).view(np.uint8))[0] - 1


@pytest.mark.parametrize("turned", [False, True])
def test_a_foot_along_a_paler_rule_stays_and_hangs_together_with_its_digit(turned):
    two = _two()
    assert (two & _rule()).sum() > 0.15 * two.sum()

    _, cleaned = _cleaned(two, turned=turned)

    assert cleaned[two].mean() > 0.98
    assert _pieces(cleaned) == 1
    assert not (cleaned & ~two).any()


@pytest.mark.parametrize("turned", [False, True])
def test_what_is_darker_is_told_with_the_rules(turned):
    two = _two()
    rules, _ = _cleaned(two, turned=turned)
    written = rules.written.T if turned else rules.written
    assert written[two & _rule()].all()
    assert not written[~two].any()


def test_on_a_rule_as_dark_as_the_pen_nothing_tells_the_foot_from_the_rule():
    two = _two()
    rules, cleaned = _cleaned(two, rule_contrast=PEN)
    assert not rules.written.any()
    assert not cleaned[200:202, 285:310].any()
    assert cleaned[:195][two[:195]].all()


@pytest.mark.parametrize(
    ("print_contrast", "pen_contrast", "kept"),
    [
        (100, round(100 * DARKER) + 2, True),
        (100, round(100 * DARKER) - 2, False),
        (20, round(20 + DARKER_LEVELS) + 2, True),
        (20, round(20 + DARKER_LEVELS) - 2, False),
    ],
)
def test_the_pen_has_to_be_much_darker_and_by_some_levels(print_contrast, pen_contrast, kept):
    rules, _ = _cleaned(_two(), rule_contrast=print_contrast, pen_contrast=pen_contrast)
    assert rules.written.any() == kept


@pytest.mark.parametrize("turned", [False, True])
def test_a_dark_speck_on_a_rule_goes_with_it(turned):
    speck = _empty()
    speck[RULE, 300:306] = True
    rules, cleaned = _cleaned(speck, turned=turned)
    assert rules.written.any()
    assert not cleaned.any()


def test_a_speck_goes_and_a_foot_stays_on_the_same_rule():
    speck, two = _empty(), _two()
    speck[RULE, 450:456] = True
    _, cleaned = _cleaned(speck | two)
    assert not cleaned[:, 440:].any()
    assert cleaned[two].mean() > 0.98


@pytest.mark.parametrize(("length_px", "kept"), [(40, True), (120, False)])
def test_no_stroke_along_a_rule_is_longer_than_a_digit_is_wide(length_px, kept):
    stroke = _empty()
    stroke[RULE, 300 : 300 + length_px] = True
    stroke[170:199, 300:305] = True
    _, cleaned = _cleaned(stroke)
    assert cleaned[RULE, 310 : 300 + length_px].all() == kept
    assert cleaned[RULE, 310 : 300 + length_px].any() == kept
    assert cleaned[170:195, 300:305].all()


def test_without_contrast_nothing_is_known_to_be_darker():
    mask = _two() | _rule()
    assert not find_rules(mask, SIZE).written.any()
