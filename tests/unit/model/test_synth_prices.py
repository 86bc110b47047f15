import numpy as np
import pytest

from model.synth.digits import DigitSource
from model.synth.page import KINDS, make_page
from model.synth.prices import prices, signed_text
from model.synth.signs import SIGNS, sign_paths

SOURCE = DigitSource.builtin()


def _page(seed, kind="clean"):
    return make_page(np.random.default_rng(seed), SOURCE, kind, layout=prices)


def test_the_same_seed_gives_the_same_page_and_its_layout_is_named():
    first, second = _page(3), _page(3)
    assert first.pixels.tobytes() == second.pixels.tobytes()
    assert first.rows == second.rows
    assert (first.kind, first.layout) == ("clean", "prices")


def test_numbers_tell_their_signs_and_boxes_of_their_digits():
    numbers = [number for seed in range(4) for row in _page(seed).rows for number in row]
    signs = {sign for number in numbers for sign in number.text if not sign.isdigit()}
    assert signs == set(SIGNS)
    for number in numbers:
        assert [str(digit) for digit, _ in number.digits] == [c for c in number.text if c.isdigit()]
        assert len(number.images) == len(number.digits)


def test_every_text_is_a_number_as_people_write_them():
    rng = np.random.default_rng(0)
    for text in (signed_text(rng) for _ in range(300)):
        assert text[-1].isdigit()
        assert text.lstrip("+-")[0].isdigit()
        assert set(text) <= set("0123456789" + SIGNS)


@pytest.mark.parametrize("sign", SIGNS)
def test_a_sign_stands_where_it_belongs(sign):
    rng = np.random.default_rng(1)
    for _ in range(20):
        points = np.concatenate(sign_paths(rng, sign, 100.0))
        top, foot, wide = points[:, 1].min(), points[:, 1].max(), np.ptp(points[:, 0])
        assert points[:, 0].min() == pytest.approx(0.0, abs=1e-4)
        assert {
            ".": -10 < top <= foot < 5,
            ",": top > -15 and 8 < foot < 35,
            "-": -75 < top <= foot < -25 and 15 < wide < 65,
            "/": top < -90 and foot > -5,
            ":": top < -40 and foot < 0 and wide < 12,
            "+": -90 < top < -50 and foot < 0,
        }[sign]


def test_prices_are_no_kind_of_page():
    assert "prices" not in KINDS
