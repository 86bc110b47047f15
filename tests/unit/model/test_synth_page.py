import itertools

import numpy as np
import pytest

from model.synth.digits import DigitSource
from model.synth.page import KINDS, SynthPage, make_page

SOURCE = DigitSource.builtin()
#: A digit's strokes stand out from the paper around them by at least this many grey values.
LEAST_CONTRAST = 12


@pytest.fixture(scope="module", params=KINDS)
def page(request: pytest.FixtureRequest) -> SynthPage:
    return make_page(np.random.default_rng(5), SOURCE, request.param)


def grey(page: SynthPage) -> np.ndarray:
    return page.pixels if page.pixels.ndim == 2 else page.pixels.mean(axis=2)


def test_the_same_seed_gives_the_same_bytes() -> None:
    first, second = (make_page(np.random.default_rng(9), SOURCE, "photo") for _ in range(2))

    assert first.pixels.tobytes() == second.pixels.tobytes()
    assert first.rows == second.rows


def test_another_seed_gives_another_page() -> None:
    first, second = (make_page(np.random.default_rng(seed), SOURCE, "clean") for seed in (1, 2))

    assert first.rows != second.rows


def test_a_kind_that_there_is_not_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="papyrus"):
        make_page(np.random.default_rng(0), SOURCE, "papyrus")


def test_every_kind_draws_a_page_of_fair_size(page: SynthPage) -> None:
    assert page.pixels.dtype == np.uint8
    assert 0.4e6 <= page.pixels.shape[0] * page.pixels.shape[1] <= 2.5e6
    assert page.rows
    assert all(row for row in page.rows)


def test_digits_spell_their_number(page: SynthPage) -> None:
    for number in (number for row in page.rows for number in row):
        assert "".join(str(label) for label, _ in number.digits) == number.text


def test_boxes_lie_in_the_page_and_numbers_hold_their_digits(page: SynthPage) -> None:
    height, width = page.pixels.shape[:2]
    for number in (number for row in page.rows for number in row):
        left, top, right, bottom = number.box
        assert 0 <= left < right <= width
        assert 0 <= top < bottom <= height
        for _, box in number.digits:
            assert left <= box[0] < box[2] <= right
            assert top <= box[1] < box[3] <= bottom


def test_digit_boxes_hold_ink(page: SynthPage) -> None:
    picture = grey(page)
    for _, (left, top, right, bottom) in (d for row in page.rows for n in row for d in n.digits):
        inside = picture[top:bottom, left:right]
        assert np.percentile(inside, 98) - np.percentile(inside, 2) > LEAST_CONTRAST


def test_boxes_of_a_flat_clean_page_are_tight() -> None:
    page = make_page(np.random.default_rng(3), SOURCE, "dense")
    dark = grey(page) < np.median(grey(page)) - 40
    for _, (left, top, right, bottom) in (d for row in page.rows[:5] for n in row for d in n.digits):
        rows, _columns = np.nonzero(dark[top - 2 : bottom + 2, left - 2 : right + 2])
        assert abs(int(rows.min()) - 2) <= 2
        assert abs(int(rows.max()) + 1 - 2 - (bottom - top)) <= 2


def test_numbers_of_a_row_run_from_left_to_right_without_overlap(page: SynthPage) -> None:
    for row in page.rows:
        for before, after in itertools.pairwise(row):
            assert before.box[2] < after.box[0]


def test_gaps_between_numbers_are_wider_than_those_within() -> None:
    for kind in ("clean", "dense", "marks", "broken"):
        page = make_page(np.random.default_rng(11), SOURCE, kind)
        within = [
            b[1][0] - a[1][2]
            for row in page.rows
            for n in row
            for a, b in zip(n.digits, n.digits[1:], strict=False)
        ]
        between = [b.box[0] - a.box[2] for row in page.rows for a, b in itertools.pairwise(row)]
        assert max(within, default=0) < min(between, default=10_000), kind


def test_touching_digits_do_touch() -> None:
    page = make_page(np.random.default_rng(4), SOURCE, "touching")
    pairs = [p for row in page.rows for n in row for p in zip(n.digits, n.digits[1:], strict=False)]
    apart = [after[1][0] - before[1][2] for before, after in pairs]

    assert np.mean(np.array(apart) <= 1) > 0.3
