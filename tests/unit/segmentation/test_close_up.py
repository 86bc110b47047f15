import cv2
import numpy as np
import pytest

from segmentation.close_up import MOST_SIDE_PX, WORKING_HEIGHT_PX, find_close_up
from segmentation.segment import find_writing


def _ring(side=28, *, stroke=3, margin=4, paper=255, ink=0):
    """A zero, as high as the picture but for its margin."""
    picture = np.full((side, side), paper, np.uint8)
    middle, reach = (side - 1) // 2, (side - 2 * margin - stroke) // 2
    cv2.ellipse(picture, (middle, middle), (reach * 2 // 3, reach), 0, 0, 360, ink, stroke)
    return picture


def _lit(picture, *, corner=0.55):
    """The same in light that falls off towards one corner."""
    light = 1 - (1 - corner) * np.add.outer(*[np.linspace(0, 0.5, n) for n in picture.shape])
    return (picture * light).astype(np.uint8)


@pytest.mark.parametrize("shape", [(1, 1), (1, 300), (28, 28), (500, 400)])
def test_a_blank_picture_is_no_close_up(shape):
    assert find_close_up(np.full(shape, 200, np.uint8)) is None


def test_an_ordinary_page_is_none_whichever_way_it_is_written():
    page = np.full((700, 500), 240, np.uint8)
    for y in range(60, 640, 60):
        for x in range(60, 440, 40):
            cv2.putText(page, "5", (x, y), cv2.FONT_HERSHEY_SIMPLEX, 1, 30, 2)
    assert find_close_up(page) is None
    assert find_close_up(255 - page) is None


def test_half_a_page_in_shadow_is_none():
    page = np.full((400, 300), 230, np.uint8)
    page[:220] = 120
    assert find_close_up(page) is None


def test_grain_alone_is_none():
    grain = np.random.default_rng(0).normal(180, 8, (120, 90))
    assert find_close_up(grain.astype(np.uint8)) is None


def _grainy(picture, deviation):
    grain = np.random.default_rng(0).normal(0, deviation, picture.shape)
    return np.clip(picture + grain, 0, 255).astype(np.uint8)


@pytest.mark.parametrize(("deviation", "found"), [(4, True), (7, False)])
def test_ink_that_hardly_stands_out_of_its_grain_makes_none(deviation, found):
    faint = _ring(90, stroke=9, margin=11, paper=200, ink=160)
    assert (find_close_up(_grainy(faint, deviation)) is not None) is found


def test_the_grain_of_the_paper_becomes_white():
    close_up = find_close_up(_grainy(_ring(90, stroke=9, margin=11, paper=200, ink=140), 2))
    assert close_up is not None
    assert (close_up.pixels < 255).mean() < 1.1 * (close_up.pixels < 128).mean()


@pytest.mark.parametrize(("strokes", "found"), [(8, True), (9, False)])
def test_a_row_of_many_strokes_is_a_line_of_a_page(strokes, found):
    picture = np.full((60, 120), 240, np.uint8)
    for left in range(5, 5 + 11 * strokes, 11):
        picture[10:50, left : left + 3] = 20
    assert (find_close_up(picture) is not None) is found


def test_soft_edges_are_no_grain():
    assert find_close_up(cv2.GaussianBlur(_ring(40, margin=2), (0, 0), 3.0)) is not None


def test_a_thin_light_digit_leaves_no_pixel_of_paper_off_the_ink_and_is_found_all_the_same():
    close_up = find_close_up(255 - _ring(stroke=1, margin=0))
    assert close_up is not None
    assert close_up.inverted


@pytest.mark.parametrize("inverted", [False, True])
def test_a_small_bitmap_is_enlarged_and_lies_dark_on_white_in_a_wide_margin(inverted):
    picture = _ring()
    close_up = find_close_up(255 - picture if inverted else picture)

    assert close_up is not None
    assert close_up.inverted is inverted
    rows, columns = np.nonzero(close_up.pixels < 128)
    assert np.ptp(rows) + 1 == pytest.approx(WORKING_HEIGHT_PX, abs=2)
    away = min(
        rows.min(), columns.min(), *(np.array(close_up.pixels.shape) - 1 - (rows.max(), columns.max()))
    )
    assert away >= WORKING_HEIGHT_PX
    assert (close_up.pixels[:20] == 255).all()


def test_margin_and_scale_tell_where_ink_was_on_the_picture():
    picture = np.full((60, 80), 250, np.uint8)
    picture[14:50, 52:58] = 20
    close_up = find_close_up(picture)

    assert close_up is not None
    rows, columns = np.nonzero(close_up.pixels < 128)
    found = np.array([columns.min(), rows.min(), columns.max() + 1, rows.max() + 1])
    assert found / close_up.scale - close_up.margin_px == pytest.approx([52, 14, 58, 50], abs=0.7)


def test_a_large_picture_is_reduced():
    close_up = find_close_up(_ring(1200, stroke=60, margin=150))
    assert close_up is not None
    assert close_up.scale == pytest.approx(MOST_SIDE_PX / 1200)


def test_light_that_falls_off_goes_and_faint_ink_becomes_dark():
    picture = _lit(_ring(90, stroke=5, margin=12, paper=190, ink=140))
    close_up = find_close_up(picture)

    assert close_up is not None
    assert close_up.pixels.min() < 60
    rows, columns = np.nonzero(close_up.pixels < 240)
    ring = np.array([np.ptp(rows), np.ptp(columns)]) / close_up.scale
    assert ring == pytest.approx([66, 45], abs=4)


def test_the_picture_given_is_not_written_on():
    picture = _ring()
    before = picture.copy()
    find_close_up(picture)
    assert (picture == before).all()


@pytest.mark.parametrize("scale", [1, 3, 20])
@pytest.mark.parametrize("margin", [0, 4])
def test_a_bitmap_is_one_component_in_its_place_at_any_size(scale, margin):
    picture = cv2.resize(_ring(margin=margin), None, fx=scale, fy=scale, interpolation=cv2.INTER_NEAREST)
    ink = np.argwhere(picture < 128)

    writing = find_writing(picture)

    (component,) = writing.components
    box = writing.placement.on_page(component.box)
    found = np.array([box.top, box.left, box.bottom, box.right])
    assert found == pytest.approx([*ink.min(axis=0), *(ink.max(axis=0) + 1)], abs=1.5 * scale)
    drawn = len(ink) * writing.scale**2
    assert component.area_px == pytest.approx(drawn, rel=0.25)


def test_a_thick_zero_is_no_frame():
    picture = _ring(28, stroke=5, margin=4)
    cv2.ellipse(picture, (13, 13), (7, 8), 0, 0, 360, 0, 4)
    assert len(find_writing(picture).components) == 1


def test_light_writing_is_said_to_be_light():
    assert find_writing(255 - _ring()).ink.inverted
    assert not find_writing(_ring()).ink.inverted
