"""Pictures made of blocks are enlarged anew; all others stay as they are."""

import cv2
import numpy as np
import pytest

from segmentation.blocks import LEAST_CHANGES, without_blocks

SIDE = 16


def small_picture(side=SIDE):
    """A dark ring on white, as small as can be."""
    picture = np.full((side, side), 255, np.uint8)
    cv2.circle(picture, (side // 2, side // 2), side // 4, 60, 1, cv2.LINE_AA)
    return picture


def in_blocks(picture, side):
    return np.kron(picture, np.ones((side, side), np.uint8))


@pytest.mark.parametrize("side", [2, 3, 8, 17])
@pytest.mark.parametrize("offset", [0, 1, 5])
def test_blocks_become_what_the_picture_shows(side, offset):
    picture = small_picture()
    blocks = cv2.copyMakeBorder(
        in_blocks(picture, side), offset, 7, offset, 3, cv2.BORDER_CONSTANT, value=255
    )

    smooth = without_blocks(blocks)

    assert smooth.shape == blocks.shape
    wanted = cv2.resize(picture, None, fx=side, fy=side, interpolation=cv2.INTER_CUBIC)
    inside = smooth[offset : offset + SIDE * side, offset : offset + SIDE * side]
    assert np.abs(inside.astype(int) - wanted).mean() < 2.0


def test_blocks_of_uneven_sides_lose_their_stairs():
    blocks = cv2.resize(small_picture(), (57, 57), interpolation=cv2.INTER_NEAREST)
    steps = [np.abs(np.diff(page.astype(int), axis=1)).max() for page in (blocks, without_blocks(blocks))]
    assert steps[1] < 0.5 * steps[0]


@pytest.mark.parametrize(
    "page",
    [
        small_picture(60),
        np.full((50, 70), 200, np.uint8),
        np.random.default_rng(0).integers(0, 255, (40, 40), np.uint8),
        np.zeros((1, 1), np.uint8),
        in_blocks(np.eye(LEAST_CHANGES // 2, dtype=np.uint8) * 255, 20),
        np.repeat(np.random.default_rng(0).integers(0, 255, (40, 40), np.uint8), 2, axis=1),
    ],
    ids=["smooth", "blank", "grain", "one pixel", "too few", "one direction alone"],
)
def test_whatever_is_not_made_of_blocks_stays(page):
    assert without_blocks(page) is page


def test_what_is_given_stays_as_it_is():
    blocks = in_blocks(small_picture(), 6)
    given = blocks.copy()
    without_blocks(blocks)
    assert (blocks == given).all()
