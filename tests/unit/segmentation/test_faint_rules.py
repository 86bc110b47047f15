"""Pale and broken rules are seen where contrast is averaged along them; writing and noise are not."""

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from segmentation.cells import find_cells
from segmentation.clean import extract_ink
from segmentation.faint_rules import LEAST_RIDGE, faint_lines
from segmentation.rules import find_rules
from segmentation.scale import WritingSize

Mask = npt.NDArray[np.bool_]
SIZE = WritingSize(40.0, 5.0)
SEED = 20_261


def _noisy(contrast: npt.NDArray[np.float64], deviation: float = 3.0) -> npt.NDArray[np.uint8]:
    grain = np.random.default_rng(SEED).normal(0, deviation, contrast.shape)
    return np.asarray(np.clip(contrast + 4 + grain, 0, 255), np.uint8)


def _seen(lines: Mask, row: int) -> float:
    """Return the share of the columns in which a line is seen within 2 px of a row."""
    return float(lines[row - 2 : row + 3].any(axis=0).mean())


def test_a_pale_line_in_noise_is_seen_all_along() -> None:
    contrast = np.zeros((200, 600))
    contrast[100:102] = 14
    lines = faint_lines(_noisy(contrast), np.zeros(contrast.shape, bool), SIZE)
    assert _seen(lines, 100) > 0.97
    lines[96:106] = False
    assert lines.mean() < 0.002


def test_noise_alone_has_no_lines() -> None:
    contrast = _noisy(np.zeros((400, 600)), 8.0)
    assert faint_lines(contrast, np.zeros(contrast.shape, bool), SIZE).mean() < 0.002


def test_a_line_that_hardly_shows_is_none() -> None:
    contrast = np.zeros((200, 600))
    contrast[100:102] = 0.5 * LEAST_RIDGE
    assert not faint_lines(_noisy(contrast, 0.0), np.zeros(contrast.shape, bool), SIZE).any()


def test_bars_of_digits_in_a_row_are_no_line() -> None:
    contrast = np.zeros((200, 600))
    for x in range(20, 580, 45):
        contrast[100:105, x : x + 26] = 200
        contrast[100:140, x + 20 : x + 25] = 200
    assert not faint_lines(_noisy(contrast), contrast > 100, SIZE).any()


def test_a_dotted_line_is_seen_through() -> None:
    contrast = np.zeros((200, 600))
    for x in range(0, 600, 12):
        contrast[100:102, x : x + 5] = 70
    assert _seen(faint_lines(_noisy(contrast), contrast > 40, SIZE), 100) > 0.97


def _grid() -> npt.NDArray[np.uint8]:
    """A thick frame around three by three cells with thin pale walls, a digit's stroke in each."""
    page = np.full((330, 330), 225, np.uint8)
    cv2.rectangle(page, (15, 15), (315, 315), 40, 5)
    for at in (115, 215):
        cv2.line(page, (15, at), (315, at), 215, 1)
        cv2.line(page, (at, 15), (at, 315), 215, 1)
    for x in (65, 165, 265):
        for y in (65, 165, 265):
            cv2.line(page, (x, y - 20), (x, y + 20), 60, 5)
    return page


@pytest.mark.parametrize("deviation", [0.0, 6.0])
def test_walls_that_are_too_pale_for_ink_part_cells(deviation: float) -> None:
    grain = np.random.default_rng(SEED).normal(0, deviation, (330, 330))
    page = np.asarray(np.clip(_grid() + cv2.GaussianBlur(grain, (0, 0), 0.8), 0, 255), np.uint8)
    ink = extract_ink(page, inverted=False, stroke_px=5.0)
    wall = ink.mask[25:305, 113:118].any(axis=1).mean()
    assert wall < 0.6, "the wall is to be found by other means than its ink"

    rules = find_rules(ink.mask, SIZE, contrast=ink.contrast)

    inside = [cell.box for cell in find_cells(rules, SIZE.height_px).cells]
    assert sum(60 < box.width < 130 and 60 < box.height < 130 for box in inside) == 9


def test_where_no_rule_is_found_by_its_ink_none_is_by_its_paleness() -> None:
    page = np.full((300, 600), 225, np.uint8)
    page[150:152] = 205
    cv2.line(page, (60, 40), (60, 90), 60, 5)
    ink = extract_ink(page, inverted=False, stroke_px=5.0)
    mask = ink.mask.copy()
    mask[140:160] = False

    rules = find_rules(mask, SIZE, contrast=ink.contrast)

    assert rules.lying is not None and not rules.lying.any()
    assert not rules.mask.any()
