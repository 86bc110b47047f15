from pathlib import Path

import cv2
import numpy as np
import pytest

from model.synth.digits import DigitSource
from model.synth.pens import PEN_KINDS, Pen, draw_glyphs, random_pen
from model.synth.printing import random_face
from model.synth.sheet import make_sheet

SOURCE = DigitSource.builtin()
THIN = Pen("thin", 0.05, 0.0, 1.0, 0.0, (0, 0, 0))


def drawn(image: np.ndarray, height_px: float = 60.0, pen: Pen = THIN) -> np.ndarray:
    return draw_glyphs(np.random.default_rng(0), image[None], height_px, pen)[0].opacity


def blob(faint: int = 255) -> np.ndarray:
    """A ring with a tail: a 9."""
    image = np.zeros((28, 28), np.uint8)
    cv2.circle(image, (13, 9), 5, faint, 2)
    cv2.line(image, (18, 9), (17, 23), faint, 2)
    return image


def test_the_same_seed_gives_the_same_sheet() -> None:
    first, second = (make_sheet(np.random.default_rng(3), SOURCE.images[:20], cell_px=60) for _ in range(2))

    assert first[0].tobytes() == second[0].tobytes()
    assert np.array_equal(first[1], second[1])


def test_images_are_left_as_they_were() -> None:
    before = SOURCE.images[:5].copy()
    draw_glyphs(np.random.default_rng(0), before, 40.0, THIN)

    assert np.array_equal(before, SOURCE.images[:5])


@pytest.mark.parametrize("kind", PEN_KINDS)
def test_every_pen_leaves_ink_of_the_height_asked_for(kind: str) -> None:
    pen = random_pen(np.random.default_rng(1), kind)
    heights = [ink.height for ink in draw_glyphs(np.random.default_rng(2), SOURCE.images[::10], 50.0, pen)]

    assert 40 < np.median(heights) < 66


def test_a_wider_pen_lays_down_more_ink() -> None:
    wide = Pen("wide", 0.16, 0.0, 1.0, 0.0, (0, 0, 0))

    assert drawn(blob(), pen=wide).sum() > 1.8 * drawn(blob()).sum()


def test_a_faint_image_keeps_its_loop() -> None:
    outside, *holes = _areas(drawn(blob(faint=70)) < 100)

    assert len(holes) == 1
    assert holes[0] > 200
    assert outside > holes[0]


def test_a_loop_that_has_run_full_stays_full_under_a_thin_pen() -> None:
    image = np.zeros((28, 28), np.uint8)
    cv2.circle(image, (13, 9), 5, 255, cv2.FILLED)
    cv2.line(image, (17, 9), (17, 23), 255, 2)
    ink = drawn(image) > 100

    # A stroke of three pixels has no place for a square of eight: the full loop has.
    assert cv2.erode(ink.view(np.uint8), np.ones((8, 8), np.uint8)).any()


def test_an_empty_image_leaves_no_ink() -> None:
    ink = draw_glyphs(np.random.default_rng(0), np.zeros((1, 28, 28), np.uint8), 40.0, THIN)[0]

    assert not ink.opacity.any()


def test_no_glyph_is_wider_than_asked() -> None:
    inks = draw_glyphs(np.random.default_rng(0), SOURCE.images, 50.0, THIN, widest_px=30.0)

    assert max(ink.width for ink in inks) <= 32


def test_a_file_that_is_no_font_is_refused_before_it_is_opened_as_one(tmp_path: Path) -> None:
    path = tmp_path / "letters.ttf"
    path.write_text("no font")

    with pytest.raises(ValueError, match=r"letters\.ttf"):
        random_face(np.random.default_rng(0), [path])


def _areas(mask: np.ndarray) -> list[int]:
    """Areas of the 4-connected parts of a mask, largest first, without specks."""
    padded = np.pad(mask, 1, constant_values=True).view(np.uint8)
    _, _, stats, _ = cv2.connectedComponentsWithStats(padded, connectivity=4)
    return sorted((int(a) for a in stats[1:, cv2.CC_STAT_AREA] if a > 8), reverse=True)
