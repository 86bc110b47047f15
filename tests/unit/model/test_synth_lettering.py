"""Lines of text in a typeface, and where the digits in them stand."""

import numpy as np
import pytest

from model.synth.lettering import BUILTIN_LETTERINGS, FileLettering
from tests.font_files import font_file

SIZE_PX = 40


@pytest.fixture(scope="module")
def of_file():
    return FileLettering(font_file())


@pytest.fixture(scope="module", params=["builtin", "file"])
def lettering(request, of_file):
    return BUILTIN_LETTERINGS[1] if request.param == "builtin" else of_file


@pytest.mark.parametrize(
    ("text", "runs"), [("Total", 0), ("No. 12 of 3", 2), ("12345", 1), ("7", 1), ("a1b2c3", 3)]
)
def test_each_run_of_digits_has_its_columns(lettering, text, runs):
    line = lettering.line(text, SIZE_PX)

    assert len(line.digits) == runs
    edges = [edge for run in line.digits for edge in run]
    assert edges == sorted(edges)
    assert all(0 <= start < stop <= line.opacity.shape[1] for start, stop in line.digits)
    assert all(line.opacity[:, start:stop].any() for start, stop in line.digits)


def test_a_line_is_cut_tightly(lettering):
    ink = lettering.line("Hk 38", SIZE_PX).opacity >= 32

    assert all(edge.any() for edge in (ink[0], ink[-1], ink[:, 0], ink[:, -1]))


def test_what_is_all_digits_is_all_in_their_run(lettering):
    line = lettering.line("80", SIZE_PX)

    ((start, stop),) = line.digits
    outside = np.delete(line.opacity, np.s_[start:stop], axis=1)
    assert outside.sum() <= 0.01 * line.opacity.sum()


def test_the_columns_hold_the_digits_and_nothing_else(lettering):
    """The same line with blanks for its digits has no ink there, and all of its ink elsewhere."""
    line = lettering.line("HH 88 HH", SIZE_PX)

    ((start, stop),) = line.digits
    ink = np.flatnonzero((line.opacity >= 32).any(axis=0))
    inside = (ink >= start) & (ink < stop)
    gaps = np.diff(ink) > SIZE_PX / 6
    # The widest gaps part the digits from the letters, and the run begins and ends within them.
    middle = slice(*np.flatnonzero(np.diff(inside.astype(int))) + 1)
    assert gaps[np.flatnonzero(np.diff(inside.astype(int)))].all()
    assert len(ink[middle]) > SIZE_PX / 2


def test_what_cannot_be_seen_is_none(lettering):
    assert lettering.line(" ", SIZE_PX) is None


def test_larger_text_is_larger(lettering):
    small, large = (lettering.line("Sum 5", size).opacity.shape for size in (20, 60))

    assert large[0] == pytest.approx(3 * small[0], rel=0.15)
    assert large[1] == pytest.approx(3 * small[1], rel=0.15)


def test_a_file_that_is_no_font_is_told_when_it_is_drawn_with(tmp_path):
    path = tmp_path / "some.ttf"
    path.write_bytes(b"no font")

    with pytest.raises(OSError, match=r"format|file|stream"):
        FileLettering(path).line("1", SIZE_PX)


def test_fonts_are_the_same_by_their_file_and_not_by_what_was_drawn(of_file):
    of_file.line("1", SIZE_PX)

    assert of_file == FileLettering(font_file())
    assert of_file != FileLettering(font_file(), by_hand=True)
