import cv2
import numpy as np
import pytest

from segmentation.scale import measure_stroke, measure_writing


def _ink(height=400, width=600):
    return np.zeros((height, width), np.uint8)


@pytest.mark.parametrize("stroke", [3, 5, 9])
def test_a_bar_is_as_wide_as_it_was_drawn(stroke):
    ink = _ink()
    ink[50:250, 100 : 100 + stroke] = 1
    assert measure_stroke(ink.astype(bool)) == pytest.approx(stroke, rel=0.35)


def test_wider_pens_measure_wider():
    widths = []
    for thickness in (2, 5, 9, 14):
        ink = _ink()
        cv2.circle(ink, (300, 200), 80, 1, thickness)
        widths.append(measure_stroke(ink.astype(bool)))
    assert widths == sorted(widths)


def test_without_ink_the_estimates_stay_usable():
    empty = _ink().astype(bool)
    assert measure_stroke(empty) == 1.0
    size = measure_writing(empty)
    assert size.height_px > size.stroke_px > 0


def _writing(height_px):
    ink = _ink()
    for left in range(40, 540, 60):
        cv2.ellipse(ink, (left, 200), (height_px // 3, height_px // 2), 0, 0, 360, 1, 4)
    return ink


@pytest.mark.parametrize("height_px", [30, 60])
def test_the_writing_is_as_tall_as_it_was_drawn(height_px):
    assert measure_writing(_writing(height_px).astype(bool)).height_px == pytest.approx(height_px, abs=6)


def test_dust_and_rules_have_no_say_in_the_height():
    ink = _writing(60)
    ink[330:332, 10:590] = 1
    dust = np.random.default_rng(0).integers(0, (80, 600), (60, 2))
    ink[dust[:, 0], dust[:, 1]] = 1
    assert measure_writing(ink.astype(bool)).height_px == pytest.approx(60, abs=6)


def _a_few_digits(height_px=40):
    """With less ink than what lies around the sheet."""
    ink = _ink()
    for left in range(200, 400, 40):
        cv2.ellipse(ink, (left, 200), (height_px // 3, height_px // 2), 0, 0, 360, 1, 2)
    return ink


def _wedge(*corners):
    return np.array(corners, np.int32)


#: What a table leaves around a sheet that lies on it a little askew, as (x, y).
SURROUNDINGS = {
    "a sliver on the left": [_wedge((0, 0), (44, 0), (0, 390))],
    "slivers on both sides": [_wedge((0, 10), (40, 10), (4, 360)), _wedge((599, 399), (560, 390), (596, 30))],
    "a sliver off the left side": [_wedge((6, 0), (50, 0), (8, 390))],
    "slivers along the top and on the right": [
        _wedge((0, 0), (520, 0), (0, 24)),
        _wedge((599, 10), (570, 10), (596, 360)),
    ],
}


@pytest.mark.parametrize("wedges", SURROUNDINGS.values(), ids=SURROUNDINGS)
def test_what_lies_beside_a_sheet_has_no_say_in_the_height(wedges):
    ink = _a_few_digits()
    cv2.fillPoly(ink, wedges, 1)
    assert measure_writing(ink.astype(bool)).height_px == pytest.approx(42, abs=4)


def test_a_corner_of_the_table_has_no_say_in_the_height():
    ink = _a_few_digits()
    cv2.polylines(ink, [_wedge((390, 3), (596, 3), (596, 160))], False, 1, 9)
    assert measure_writing(ink.astype(bool)).height_px == pytest.approx(42, abs=4)


def test_a_corner_of_something_that_reaches_into_the_page_has_no_say_in_the_height():
    ink = _a_few_digits()
    cv2.polylines(ink, [_wedge((0, 110), (196, 116), (190, 0))], False, 1, 9)
    assert measure_writing(ink.astype(bool)).height_px == pytest.approx(42, abs=4)


@pytest.mark.parametrize("rule_px", [2, 7, 11])
def test_the_rules_of_a_table_have_no_say_in_the_height_however_bold(rule_px):
    ink = _ink()
    for left in range(50, 551, 62):
        ink[40:351, left : left + rule_px] = 1
    for top in range(40, 351, 62):
        ink[top : top + rule_px, 50 : 546 + rule_px] = 1
    for column in range(8):
        cv2.ellipse(ink, (50 + 62 * column + 36, 40 + 62 * (column % 5) + 36), (9, 17), 0, 0, 360, 1, 3)
    assert measure_writing(ink.astype(bool)).height_px == pytest.approx(38, abs=4)


def test_touching_noughts_are_no_table():
    ink = _ink()
    for left in (120, 180, 240, 300):
        cv2.ellipse(ink, (left, 200), (30, 80), 0, 0, 360, 1, 8)
    for left in range(100, 500, 90):
        ink[330:350, left : left + 12] = 1
    assert measure_writing(ink.astype(bool)).height_px == pytest.approx(168, abs=8)


@pytest.mark.parametrize(
    ("loops", "height_px"),
    [
        ([(150, 100), (150, 180)], 168),
        ([(150, 60), (150, 140), (150, 220)], 248),
        ([(150, 100), (150, 180), (230, 140)], 168),
    ],
    ids=["an eight", "an eight on a nought", "an eight beside a nought"],
)
def test_loops_of_digits_that_touch_are_no_table(loops, height_px):
    ink = _ink()
    for loop in loops:
        cv2.circle(ink, loop, 40, 1, 8)
    for left in range(60, 560, 70):
        ink[330:370, left : left + 12] = 1
    assert measure_writing(ink.astype(bool)).height_px == pytest.approx(height_px, abs=4)


def _strokes(ink, lefts, height, width):
    for left in lefts:
        ink[200 : 200 + height, left : left + width] = 1


@pytest.mark.parametrize(
    "others",
    [([], 0, 0), (range(150, 500, 70), 13, 2)],
    ids=["nothing else", "specks"],
)
def test_a_symbol_in_the_margin_counts_where_hardly_anything_else_is_written(others):
    ink = _ink()
    cv2.ellipse(ink, (40, 200), (24, 100), 0, 0, 360, 1, 6)
    _strokes(ink, *others)
    assert measure_writing(ink.astype(bool)).height_px == pytest.approx(206, abs=8)


def test_a_single_digit_counts_beside_what_lies_around_its_sheet():
    ink = _ink()
    cv2.fillPoly(ink, SURROUNDINGS["a sliver on the left"], 1)
    cv2.ellipse(ink, (300, 200), (20, 40), 0, 0, 360, 1, 6)
    assert measure_writing(ink.astype(bool)).height_px == pytest.approx(86, abs=4)


def test_bold_symbols_count_though_a_side_of_the_page_cuts_them():
    ink = _ink()
    for left in (150, 300, 450):
        cv2.ellipse(ink, (left, 60), (40, 70), 0, 0, 360, 1, 14)
    _strokes(ink, range(60, 560, 70), 40, 12)
    assert measure_writing(ink.astype(bool)).height_px == pytest.approx(138, abs=4)


def test_a_stroke_across_the_page_has_no_say_in_the_height():
    ink = _a_few_digits()
    cv2.line(ink, (60, 60), (540, 340), 1, 6)
    assert measure_writing(ink.astype(bool)).height_px == pytest.approx(42, abs=4)


def test_a_black_patch_has_no_say_in_the_height():
    ink = _writing(60) | np.roll(_writing(60), 100, axis=0)
    ink[20:160, 200:400] = 1
    assert measure_writing(ink.astype(bool)).height_px == pytest.approx(64, abs=4)


def test_ones_count_though_they_are_as_black_as_a_patch():
    ink = _ink()
    _strokes(ink, range(100, 500, 40), 40, 5)
    assert measure_writing(ink.astype(bool)).height_px == 40


@pytest.mark.parametrize(
    ("pen_px", "height", "width", "apart"),
    [(4, 30, 160, 500), (4, 70, 5, 20), (8, 8, 8, 14), (1, 4, 4, 10), (1, 8, 1, 6)],
    ids=["bars", "posts", "dots as high as strokes are wide", "rings of a thin pen", "hairs"],
)
def test_what_no_pen_writes_has_no_say_in_the_height(pen_px, height, width, apart):
    ink = _ink()
    for left in range(40, 540, 60):
        cv2.ellipse(ink, (left, 200), (18, 28), 0, 0, 360, 1, pen_px)
    for top in (*range(10, 80, height + 8), *range(250, 320, height + 8)):
        for left in range(10, 480, apart):
            corner = left + width - 1, top + height - 1
            cv2.rectangle(ink, (left, top), corner, 1, 1 if pen_px == 1 else cv2.FILLED)
    assert measure_writing(ink.astype(bool)).height_px == pytest.approx(57 + pen_px, abs=2)


def test_large_digits_of_a_thin_pen_count():
    ink = _ink()
    for left in (100, 300, 500):
        cv2.ellipse(ink, (left, 200), (55, 85), 0, 0, 360, 1, 2)
    assert measure_writing(ink.astype(bool)).height_px == pytest.approx(172, abs=3)


def test_boxes_around_digits_have_no_say_in_the_height():
    ink = _ink()
    for left in range(100, 500, 80):
        cv2.rectangle(ink, (left, 180), (left + 60, 240), 1, 4)
        cv2.ellipse(ink, (left + 30, 210), (9, 17), 0, 0, 360, 1, 3)
    assert measure_writing(ink.astype(bool)).height_px == pytest.approx(38, abs=4)
