"""The picture of a training: what is not there is not drawn, and what was measured once is a level line."""

import cv2
import pytest

from model.curves import Curve, Level, draw_curves

pytest.importorskip("matplotlib", reason="pictures need the extra `train`")


def drawn(path, *args, **options):
    draw_curves(path, *args, **options)
    return cv2.imread(str(path))


def test_each_unit_has_a_panel_of_its_own(tmp_path):
    one = drawn(tmp_path / "one.png", {"loss": [Curve("training", [1.0, 0.5])]})
    two = drawn(
        tmp_path / "two.png", {"loss": [Curve("training", [1.0, 0.5])], "%": [Curve("training", [90.0])]}
    )

    assert (two.shape[1], two.shape[0]) == (2 * one.shape[1], one.shape[0])


def test_curves_and_level_lines_are_drawn_and_one_without_values_is_not(tmp_path):
    training = Curve("training", [1.0, 0.5])
    alone = drawn(tmp_path / "alone.png", {"loss": [training]})

    assert (drawn(tmp_path / "none.png", {"loss": [training, Curve("published", [])]}) == alone).all()
    assert (drawn(tmp_path / "two.png", {"loss": [training, Curve("held out", [0.9, 0.6])]}) != alone).any()
    level = drawn(tmp_path / "level.png", {"loss": [training]}, levels={"loss": Level("test", 0.7)})
    assert (level != alone).any()


def test_the_backend_of_the_program_stays_and_no_version_stands_in_the_file(tmp_path):
    import matplotlib as mpl

    before = mpl.rcParams._get("backend")
    mpl.rcParams["backend"] = "svg"
    try:
        draw_curves(tmp_path / "one.png", {"loss": [Curve("training", [1.0, 0.5])]})
        assert mpl.rcParams["backend"] == "svg"
    finally:
        mpl.rcParams["backend"] = before
    assert b"Software" not in (tmp_path / "one.png").read_bytes()
