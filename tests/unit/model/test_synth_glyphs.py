import numpy as np
import pytest

from model.synth.digits import DigitSource
from model.synth.marks import not_a_digit
from model.synth.pieces import SIDE, draw_pairs, draw_parts
from model.synth.sheet import make_sheet

SOURCE = DigitSource.builtin()


def some_digits(count: int) -> np.ndarray:
    return SOURCE.pick(np.random.default_rng(1), [i % 10 for i in range(count)])


def test_what_is_no_digit_is_never_empty_and_fills_its_frame() -> None:
    rng = np.random.default_rng(0)
    for _ in range(60):
        mask = not_a_digit(rng)
        assert mask.shape == (28, 28)
        rows, columns = np.nonzero(mask > 60)
        assert max(np.ptp(rows), np.ptp(columns)) >= 14


def test_boxes_of_a_sheet_hold_one_glyph_each() -> None:
    pixels, boxes = make_sheet(np.random.default_rng(2), some_digits(30), cell_px=64)

    assert boxes.shape == (30, 4)
    assert (boxes[:, :2] >= 0).all()
    assert (boxes[:, 2:] <= pixels.shape[::-1]).all()
    cells = {
        (int((left + right) / 2) // 64, int((top + bottom) / 2) // 64) for left, top, right, bottom in boxes
    }
    assert len(cells) == 30


def test_boxes_of_a_sheet_are_tight() -> None:
    from model.synth.ink import press
    from model.synth.paper import Paper, clear_ink
    from model.synth.pens import Pen, draw_glyphs

    pen = Pen("gel", 0.1, 0.0, 1.0, 0.0, (0, 0, 0))
    inks = draw_glyphs(np.random.default_rng(3), some_digits(10), 40.0, pen)
    for ink in inks:
        layer = clear_ink(Paper(), (120, 120))
        left, top, right, bottom = press(layer, ink, 30, 30)
        rows, columns = np.nonzero(layer < 128)
        assert (rows.min(), columns.min()) == (pytest.approx(top, abs=1), pytest.approx(left, abs=1))
        assert (rows.max() + 1, columns.max() + 1) == (
            pytest.approx(bottom, abs=1),
            pytest.approx(right, abs=1),
        )


@pytest.mark.parametrize(("count", "cell_px"), [(0, 64), (3, 20)])
def test_a_sheet_without_glyphs_or_room_is_refused(count: int, cell_px: int) -> None:
    with pytest.raises(ValueError, match="a sheet needs"):
        make_sheet(
            np.random.default_rng(0), some_digits(count) if count else SOURCE.images[:0], cell_px=cell_px
        )


def test_pairs_hold_the_ink_of_two_digits() -> None:
    images = some_digits(20)
    pairs = draw_pairs(np.random.default_rng(4), images)

    assert pairs.shape == (10, SIDE, SIDE)
    for pair, left in zip(pairs, images[0::2], strict=True):
        columns = np.flatnonzero(pair.max(axis=0) > 64)
        alone = np.flatnonzero(left.max(axis=0) > 64)
        assert np.ptp(columns) > np.ptp(alone)


def test_no_digits_give_no_pairs_and_no_parts() -> None:
    none = np.zeros((0, 28, 28), np.uint8)

    assert draw_pairs(np.random.default_rng(0), none).shape == (0, SIDE, SIDE)
    assert draw_parts(np.random.default_rng(0), none).shape == none.shape


def test_parts_are_some_of_the_ink_and_nothing_else() -> None:
    images = some_digits(40)
    before = images.copy()
    parts = draw_parts(np.random.default_rng(5), images)

    assert np.array_equal(images, before)
    assert np.isin(parts, (0,)).any()
    assert ((parts == images) | (parts == 0)).all()
    shares = parts.sum(axis=(1, 2)) / images.sum(axis=(1, 2), dtype=float)
    assert (shares < 1).all()
    assert (shares > 0).mean() > 0.9


def test_the_same_seed_gives_the_same_pieces() -> None:
    images = some_digits(20)
    for draw in (draw_pairs, draw_parts):
        first, second = (draw(np.random.default_rng(6), images) for _ in range(2))
        assert np.array_equal(first, second)
