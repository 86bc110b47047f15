"""Print repeats itself to the pixel, but for grain and a shift; strokes that were drawn anew do not."""

import cv2
import numpy as np
import pytest

from segmentation.geometry import Box
from segmentation.likeness import MATES, MOST_COMPARED, likeness_of
from segmentation.normalize import normalize_glyph

#: Corners of a stroke like a 4's, in shares of its box.
CORNERS = np.array([(0.65, 1.0), (0.65, 0.0), (0.0, 0.7), (1.0, 0.7)])


def four(rng, *, height=32, stray=0.0, shift=(0.0, 0.0)):
    """Return a four whose corners stray by a share of its height, as it is normalized, and its box."""
    corners = CORNERS * (0.7 * height, height) + rng.normal(0, stray * height + 1e-9, CORNERS.shape)
    points = ((corners + 6 + np.array(shift)) * 16).round().astype(np.int32)
    page = np.zeros((height + 12, height + 12), np.uint8)
    cv2.polylines(page, [points], False, 255, 3, cv2.LINE_AA, shift=4)
    page = np.clip(page + rng.normal(0, 8, page.shape), 0, 255).astype(np.uint8)
    left, top, width, high = cv2.boundingRect((page > 100).view(np.uint8))
    return normalize_glyph(page[top : top + high, left : left + width]), Box(0, 0, width, high)


def told(drawn, labels=None):
    glyphs, boxes = zip(*drawn, strict=True)
    labels = np.full(len(glyphs), 4) if labels is None else np.array(labels)
    return likeness_of(np.stack(glyphs), labels.astype(np.int64), boxes)


@pytest.fixture
def rng():
    return np.random.default_rng(5)


def test_the_same_shape_with_other_grain_and_a_shift_by_parts_of_a_pixel_is_print(rng):
    found = told([four(rng, shift=rng.uniform(0, 1, 2)) for _ in range(8)])
    assert found.mated.all()
    assert found.odds.min() > 0


def test_a_shape_that_was_drawn_anew_each_time_is_not(rng):
    assert told([four(rng, stray=0.09) for _ in range(8)]).odds.max() < 0


def test_the_mates_of_print_are_print_where_both_stand_on_a_page(rng):
    found = told([four(rng) for _ in range(4)] + [four(rng, stray=0.09) for _ in range(6)])
    assert set(found.mates[:4].ravel().tolist()) <= {0, 1, 2, 3}
    assert found.odds[:4].min() > 0 > found.odds[4:].max()


def test_one_size_speaks_more_for_print_than_two(rng):
    sizes = told([four(rng, height=height) for height in (24, 32, 42)]).odds
    alike = told([four(rng) for _ in range(3)]).odds
    assert sizes.max() < alike.min()


def test_a_digit_that_is_there_once_has_no_mate(rng):
    found = told([four(rng), four(rng), four(rng)], labels=[4, 9, 4])
    assert found.mated.tolist() == [True, False, True]
    assert found.odds[1] == 0
    assert (found.mates[1] == -1).all()
    assert (found.mates[0] == [2, *[-1] * (MATES - 1)]).all()


def test_bare_strokes_have_to_be_more_alike(rng):
    drawn = [four(rng) for _ in range(4)]
    assert told(drawn, labels=[1] * 4).odds.max() < told(drawn).odds.min()


def test_no_digit_is_its_own_mate_however_many_there_are(rng):
    found = told([four(rng)] * (MOST_COMPARED + 40))
    own = np.arange(len(found.mates))[:, None]
    assert not (found.mates == own).any()
    assert found.odds.min() > 0


def test_a_page_without_digits_has_nothing_to_tell():
    found = likeness_of(np.zeros((0, 28, 28), np.uint8), np.zeros(0, np.int64), [])
    assert found.odds.shape == (0,)
    assert found.mates.shape == (0, MATES)
