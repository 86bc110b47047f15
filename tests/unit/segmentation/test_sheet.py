"""The sheet on a photo is found, and what is no sheet is left alone."""

import cv2
import numpy as np
import pytest

from segmentation.sheet import cut_to_sheet, find_sheet

PAPER, TABLE = 210, 60


def _photo(corners, *, paper=PAPER, table=TABLE, size=(900, 700)):
    """Draw a sheet with writing on a grainy table."""
    rng = np.random.default_rng(5)
    page = rng.normal(table, 6, size)
    sheet = np.zeros(size, np.uint8)
    cv2.fillConvexPoly(sheet, np.array(corners, np.int32), 1)
    page = np.where(sheet > 0, rng.normal(paper, 4, size), page)
    page = np.clip(page, 0, 255).astype(np.uint8)
    for x in range(200, 500, 60):
        cv2.putText(page, "4", (x, 450), cv2.FONT_HERSHEY_SIMPLEX, 2, 40, 4)
    return page


LEANING = [(80, 70), (600, 50), (640, 830), (60, 850)]


def test_a_sheet_on_a_dark_table_is_found_where_it_lies():
    page = _photo(LEANING)
    found = np.zeros(page.shape, np.uint8)
    cv2.fillConvexPoly(found, find_sheet(page), 1)
    drawn = np.zeros(page.shape, np.uint8)
    cv2.fillConvexPoly(drawn, np.array(LEANING, np.int32), 1)
    assert (found & drawn).sum() > 0.94 * drawn.sum()
    assert (found & ~drawn & 1).sum() < 0.002 * drawn.sum()


def test_a_sheet_that_reaches_over_the_edge_of_the_photo_is_found():
    corners = find_sheet(_photo([(100, 60), (800, 60), (800, 1000), (120, 1000)]))
    assert corners[:, 0].min() == pytest.approx(112, abs=16)
    assert corners[:, 0].max() == 699
    assert corners[:, 1].min() == pytest.approx(66, abs=12)
    assert corners[:, 1].max() == 899


def test_a_shadow_across_the_sheet_does_not_part_it():
    page = _photo(LEANING)
    shade = np.clip((np.indices(page.shape).sum(axis=0) - 900) / 250, 0, 1)
    page = (page * (1 - 0.45 * shade)).astype(np.uint8)
    found = np.zeros(page.shape, np.uint8)
    cv2.fillConvexPoly(found, find_sheet(page), 1)
    assert found[780, 580] == 1


@pytest.mark.parametrize(
    "page",
    [
        np.full((600, 800), 220, np.uint8),
        np.zeros((600, 800), np.uint8),
        np.full((12, 9), 220, np.uint8),
        np.tile(np.linspace(90, 250, 800).astype(np.uint8), (600, 1)),
    ],
    ids=["paper", "black", "tiny", "light from one side"],
)
def test_without_surroundings_there_is_no_sheet(page):
    assert find_sheet(page) is None
    assert cut_to_sheet(page) == (pytest.approx(page), 0, 0)


def test_two_sheets_are_both_kept():
    page = _photo([(40, 60), (330, 60), (330, 840), (40, 840)])
    other = _photo([(380, 60), (670, 60), (670, 840), (380, 840)])
    assert find_sheet(np.maximum(page, other)) is None


@pytest.mark.parametrize(
    "shaded", [np.s_[540:], np.s_[:110], np.s_[:, :140]], ids=["lower part", "header", "first column"]
)
def test_a_shaded_part_of_the_page_stays(shaded):
    page = _photo([(-50, -50), (800, -50), (800, 1000), (-50, 1000)])
    page[shaded] = (page[shaded] * 0.6).astype(np.uint8)
    assert find_sheet(page) is None


def test_a_pool_of_light_is_no_sheet():
    y, x = np.mgrid[:600, :800]
    page = (70 + 160 * np.exp(-(((x - 400) / 260) ** 2 + ((y - 300) / 200) ** 2))).astype(np.uint8)
    assert find_sheet(page) is None


def test_what_is_cut_out_is_the_sheet_and_paper_around_it():
    page = _photo(LEANING)
    before = page.copy()
    cut, left, top = cut_to_sheet(page)
    assert (page == before).all()
    assert (left, top) == (pytest.approx(75, abs=20), pytest.approx(62, abs=20))
    assert cut[:5].min() > 0.8 * PAPER
    assert cut[-5:, :5].min() > 0.8 * PAPER
    inner = (slice(300, 500), slice(150, 500))
    assert (cut[300 - top : 500 - top, 150 - left : 500 - left] == page[inner]).all()
