"""Pictures of a digit: any size, stretched or not, of all polarities, and always with the digit in it."""

import numpy as np
import pytest

from model.synth.digits import DigitSource
from model.synth.pictures import draw_picture

SOURCE = DigitSource.builtin()


@pytest.fixture(scope="module")
def pictures():
    rng = np.random.default_rng(0)
    return [draw_picture(rng, SOURCE.images[k]) for k in range(200)]


def test_they_are_small_and_large_light_and_dark(pictures):
    sides = [max(picture.shape) for picture in pictures]
    assert min(sides) < 12
    assert max(sides) > 100
    dark = np.array([np.median(picture) < 128 for picture in pictures])
    assert 0.3 < dark.mean() < 0.7
    assert all(picture.dtype == np.uint8 for picture in pictures)


def test_each_holds_ink_and_paper(pictures):
    assert all(int(picture.max()) - int(picture.min()) > 60 for picture in pictures)


def test_some_are_stretched_to_a_square(pictures):
    def is_narrow(pixels):
        return min(pixels.shape) < 0.6 * max(pixels.shape)

    ink = [np.argwhere(image > 64) for image in SOURCE.images[:200]]
    narrow = np.mean([is_narrow(np.zeros(np.ptp(at, axis=0) + 1)) for at in ink])
    assert np.mean([is_narrow(picture) for picture in pictures]) < narrow


def test_the_same_state_gives_the_same_bytes():
    first, second = (draw_picture(np.random.default_rng(7), SOURCE.images[3]) for _ in range(2))
    assert np.array_equal(first, second)
