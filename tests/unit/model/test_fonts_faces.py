"""A font's characters as pictures: the same from every kind of file, none where the font lacks one."""

from pathlib import Path

import numpy as np
import pytest

from model.errors import DataInvalid
from model.fonts.faces import FontFace
from tests.font_files import font_file, remade

HERE = Path("fonts/some.ttf")


@pytest.fixture(scope="module")
def sans():
    return FontFace(font_file().read_bytes(), HERE)


def test_a_font_knows_its_family_whatever_its_weight_and_its_file(sans):
    assert sans.family == "DejaVu Sans"
    assert FontFace(font_file("DejaVuSans-Bold").read_bytes(), HERE).family == "DejaVu Sans"


def test_a_character_is_drawn_light_and_cut_tightly(sans):
    ink = sans.draw("7")

    assert ink.dtype == np.uint8
    assert ink.max() == 255
    assert 60 < len(ink) < 128
    for edge in (ink[0], ink[-1], ink[:, 0], ink[:, -1]):
        assert edge.any()
    # The bar is above, and the foot is narrower.
    assert (ink[3] > 128).sum() > 2 * (ink[-3] > 128).sum()


def test_a_packed_font_draws_the_same(sans):
    packed = remade(woff=True)

    assert packed[:4] == b"wOFF"
    assert np.array_equal(FontFace(packed, HERE).draw("5"), sans.draw("5"))


def test_what_a_font_lacks_is_not_drawn_as_the_box_that_stands_for_it(sans):
    assert FontFace(remade(without="5"), HERE).draw("5") is None
    assert sans.draw("\u4e94") is None
    assert sans.draw(" ") is None


@pytest.mark.parametrize("data", [b"", b"no font at all", b"\x00\x01\x00\x00" + bytes(64)])
def test_what_is_no_font_is_refused_by_name(data):
    pytest.importorskip("PIL", reason="fonts need the extra `train`")

    with pytest.raises(DataInvalid, match=r"some\.ttf is no font"):
        FontFace(data, HERE)


@pytest.mark.parametrize("kept", [0.02, 0.3, 0.6, 0.9, 0.999])
def test_a_font_that_was_cut_short_draws_or_is_refused_by_name(kept):
    whole = font_file().read_bytes()

    try:
        FontFace(whole[: int(kept * len(whole))], HERE).draw("8")
    except DataInvalid as error:
        assert "some.ttf" in str(error)
