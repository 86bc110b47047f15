import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from model.synth.digits import DigitSource
from model.synth.marks import MARKS, mark_paths, not_a_digit
from model.synth.pens import INK_OPACITY, Pen, draw_glyphs
from model.synth.sheet import make_sheet

SOURCE = DigitSource.builtin()
SEEDS = st.integers(0, 2**32 - 1)


@given(seed=SEEDS, height_px=st.floats(12, 200), width=st.floats(0.03, 0.25), modulation=st.floats(0, 1))
def test_the_box_holds_all_of_the_ink_and_no_empty_edge(
    seed: int, height_px: float, width: float, modulation: float
) -> None:
    rng = np.random.default_rng(seed)
    pen = Pen("any", width, modulation, 1.0, 0.0, (0, 0, 0))
    image = SOURCE.pick(rng, [int(rng.integers(10))])
    ink = draw_glyphs(rng, image, height_px, pen)[0]
    rows, columns = np.nonzero(ink.opacity >= INK_OPACITY)

    assert ink.box == (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)


@given(seed=SEEDS, count=st.integers(1, 12), cell_px=st.integers(24, 120))
def test_boxes_of_a_sheet_lie_in_it_and_apart(seed: int, count: int, cell_px: int) -> None:
    rng = np.random.default_rng(seed)
    pixels, boxes = make_sheet(rng, SOURCE.pick(rng, [i % 10 for i in range(count)]), cell_px=cell_px)

    assert (boxes[:, :2] >= 0).all()
    assert (boxes[:, 2] <= pixels.shape[1]).all()
    assert (boxes[:, 3] <= pixels.shape[0]).all()
    assert (boxes[:, 2:] > boxes[:, :2]).all()
    covered = np.zeros(pixels.shape, np.int32)
    for left, top, right, bottom in boxes:
        covered[top:bottom, left:right] += 1
    assert covered.max() == 1


@given(seed=SEEDS, size=st.integers(14, 64))
def test_what_is_no_digit_has_ink_at_any_size(seed: int, size: int) -> None:
    mask = not_a_digit(np.random.default_rng(seed), size)

    assert mask.shape == (size, size)
    assert mask.max() > 60


@given(seed=SEEDS, name=st.sampled_from(sorted(MARKS)), height_px=st.floats(10, 120))
def test_marks_stand_on_their_line(seed: int, name: str, height_px: float) -> None:
    points = np.concatenate(mark_paths(np.random.default_rng(seed), name, height_px))

    assert np.isfinite(points).all()
    assert -2.2 * height_px < points[:, 1].min() <= points[:, 1].max() < 0.4 * height_px
