"""How far a page lies askew is found from its lines, and boxes find their way back."""

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.synth.digits import DigitSource
from model.synth.page import make_page
from segmentation.config import DEFAULT
from segmentation.geometry import Box, Placement
from segmentation.segment import segment_page
from segmentation.skew import find_skew, straightened, turn_matrix
from segmentation.survey import survey_page


def turned(pixels, degrees):
    """Return a page that lies askew: turned clockwise, so that it has to be turned back."""
    height, width = pixels.shape
    matrix, size = turn_matrix(-degrees, width, height)
    return cv2.warpAffine(pixels, matrix, size, borderMode=cv2.BORDER_CONSTANT, borderValue=255)


def lines(count=8, width=900, height=700):
    """Return words of ink on lines, 60 px apart, and no rules."""
    page = np.full((height, width), 255, np.uint8)
    rng = np.random.default_rng(0)
    for row in range(count):
        for left in range(60, width - 120, 90):
            length = int(rng.integers(20, 60))
            cv2.rectangle(page, (left, 80 + 70 * row), (left + length, 104 + 70 * row), 0, -1)
    return page


@pytest.mark.parametrize("degrees", [-14.0, -9.3, -3.4, 3.2, 7.7, 14.0])
def test_the_skew_of_lines_is_found(degrees):
    page = turned(lines(), degrees)
    assert find_skew(page < 128) == pytest.approx(degrees, abs=0.25)


@pytest.mark.parametrize("degrees", [0.0, 0.5, -DEFAULT.least_skew_deg + 0.4])
def test_little_is_left_alone(degrees):
    page = turned(lines(), degrees)
    assert find_skew(page < 128, DEFAULT.least_skew_deg) == 0.0
    assert survey_page(page, DEFAULT).turn_deg == 0.0


def test_little_is_found_where_it_is_asked_for():
    page = turned(lines(), 1.5) < 128
    assert find_skew(page, 0.8) == pytest.approx(1.5, abs=0.25)
    assert find_skew(turned(lines(), 0.2) < 128, 0.8) == 0.0


def test_what_has_no_direction_is_left_alone():
    rng = np.random.default_rng(5)
    assert find_skew(rng.random((600, 800)) < 0.05) == 0.0
    assert find_skew(np.zeros((600, 800), bool)) == 0.0


def test_nothing_is_cut_off():
    page = np.full((300, 400), 200, np.uint8)
    found, there, matrix = straightened(page, 9.0)
    for corner in [(1, 1), (398, 1), (1, 298), (398, 298)]:
        x, y = np.floor(matrix @ [*corner, 1]).astype(int)
        assert there[y, x]
    assert there.sum() == pytest.approx(300 * 400, rel=0.02)
    assert found.shape == there.shape
    assert not there[0, 0]


@given(
    st.floats(-15, 15),
    st.tuples(st.integers(0, 900), st.integers(0, 600), st.integers(4, 200), st.integers(4, 200)),
    st.floats(0.3, 2.0),
)
def test_a_box_finds_its_way_back(degrees, place, scale):
    matrix, _ = turn_matrix(degrees, 1000, 800)
    placement = Placement(scale, 7, 11, degrees, (float(matrix[0, 2]), float(matrix[1, 2])))
    left, top, width, height = place
    working = Box(left, top, left + width, top + height)
    page = placement.on_page(working)
    x, y = np.mean([page.left, page.right]), np.mean([page.top, page.bottom])
    back = placement.on_working_page(np.array([[x - 1, y - 1, x + 1, y + 1]], np.float64))[0]
    # Rounded to whole px of the page on both sides.
    assert (back[0] + back[2]) / 2 == pytest.approx(working.centre[0], abs=2 * scale)
    assert (back[1] + back[3]) / 2 == pytest.approx(working.centre[1], abs=2 * scale)
    grown = placement.on_working_page(np.array([[page.left, page.top, page.right, page.bottom]], np.float64))
    # What the turning adds around a box is taken off again, unless the box is long and thin.
    if 0.5 < width / height < 2:
        assert grown[0][2] - grown[0][0] == pytest.approx(width, abs=4 * scale + 2)


def test_a_comb_that_lies_askew_is_read_as_one_that_does_not():
    source = DigitSource.builtin()
    straight = make_page(np.random.default_rng(4), source, "combs").grey
    before = segment_page(straight)
    after = segment_page(turned(straight, 6.0))
    assert after.writing.placement.turn_deg == pytest.approx(6.0, abs=0.5)
    assert len(after.writing.cells) == pytest.approx(len(before.writing.cells), abs=2)
    for component in after.writing.components:
        box = after.writing.placement.on_page(component.box)
        assert box.width > 0
        assert box.height > 0
