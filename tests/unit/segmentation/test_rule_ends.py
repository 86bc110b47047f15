"""Rules are followed around bends, into faint parts and up to their next piece, and no farther."""

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from segmentation.cells import find_cells
from segmentation.clean import extract_ink
from segmentation.rule_ends import follow_rules
from segmentation.rules import find_rules
from segmentation.scale import WritingSize

Pixels = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.bool_]


def _followed(page: Pixels, found: Mask) -> tuple[Mask, Mask]:
    contrast = cv2.bitwise_not(page)
    trails = follow_rules(page < 128, np.asarray(contrast, np.uint8), found, np.zeros_like(found), 40)
    return trails.ink, trails.course


def _page_with_found(known: tuple[int, int]) -> tuple[Pixels, Mask]:
    """A page with a level rule between two columns, all of which was found."""
    page = np.full((80, 600), 255, np.uint8)
    page[40:43, known[0] : known[1]] = 0
    return page, page < 128


def test_follows_a_bend() -> None:
    page, found = _page_with_found((0, 200))
    x = np.arange(200, 600)
    y = np.rint(41 + (x - 200) ** 2 * 1.2e-4).astype(int)
    for step in (-1, 0, 1):
        page[y + step, x] = 0
    ink, _ = _followed(page, found)
    assert ink[:, 200:590].any(axis=0).mean() > 0.97


def test_follows_a_rule_that_is_too_faint_for_ink_as_a_wall_only() -> None:
    page, found = _page_with_found((0, 300))
    page[40:43, 300:] = 225
    contrast = np.asarray(cv2.bitwise_not(page), np.uint8)
    faint = np.where(contrast > 100, np.uint8(50), contrast)
    trails = follow_rules(page < 128, faint, found, np.zeros_like(found), 40)
    assert not trails.ink[:, 310:].any()
    assert trails.course[:, 310:575].any(axis=0).all()


def test_goes_on_over_a_gap_where_something_hints_at_the_rule() -> None:
    page, found = _page_with_found((0, 250))
    page[40:43, 330:] = 0
    found = page < 128
    for column in range(250, 330, 16):
        page[40:43, column : column + 8] = 150
    _, course = _followed(page, found)
    assert course[:, 250:330].any(axis=0).all()


def test_does_not_cross_blank_paper() -> None:
    page, _ = _page_with_found((0, 250))
    page[40:43, 330:] = 0
    _, course = _followed(page, page < 128)
    assert not course[:, 260:320].any()


def test_reaches_the_rule_across() -> None:
    page, found = _page_with_found((0, 250))
    across = np.zeros_like(found)
    across[:, 270:273] = True
    contrast = np.asarray(cv2.bitwise_not(page), np.uint8)
    assert follow_rules(page < 128, contrast, found, across, 40).course[:, 250:270].any(axis=0).all()


def test_leaves_a_digit_at_the_end_of_a_rule() -> None:
    page, found = _page_with_found((0, 250))
    cv2.ellipse(page, (290, 41), (16, 24), 0, 0, 360, 0, 3)
    ink, _ = _followed(page, found)
    assert not ink[:, 270:].any()


def _bent_grid(level: int) -> Pixels:
    """Nine by nine cells on paper that bends, the thin rules in that grey, the thick ones dark."""
    page = np.full((700, 700), 245, np.uint8)
    t = np.arange(0, 541, 4)

    def bend(along: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        return 18 * np.sin(along / 540 * np.pi)

    def draw(u: npt.NDArray[np.float64], v: npt.NDArray[np.float64], thick: bool) -> None:
        line = np.rint(np.stack([80 + u - bend(v), 60 + v + bend(u)], axis=1)).astype(np.int32)
        cv2.polylines(page, [line], False, 60 if thick else level, 5 if thick else 2, cv2.LINE_AA)

    for k in range(10):
        at = np.full(len(t), 60.0 * k)
        draw(t.astype(float), at, k % 3 == 0)
        draw(at, t.astype(float), k % 3 == 0)
    grain = np.random.default_rng(3).normal(0, 4, page.shape)
    return np.clip(page + grain, 0, 255).astype(np.uint8)


@pytest.mark.parametrize("level", [150, 200])
def test_grid_with_faint_inner_rules_and_bent_walls_has_all_its_cells(level: int) -> None:
    size = WritingSize(34.0, 4.0)
    ink = extract_ink(_bent_grid(level), inverted=False, stroke_px=4.0)
    boxes = [cell.box for cell in find_cells(find_rules(ink.mask, size, contrast=ink.contrast), 34.0).cells]
    assert len([box for box in boxes if 40 < box.width < 75 and 40 < box.height < 75]) == 81
