import numpy as np
import pytest

from model.synth.digits import DigitSource
from model.synth.habits import with_habits

SOURCE = DigitSource.builtin()


def _with(share, seed=0):
    return with_habits(np.random.default_rng(seed), SOURCE.images, SOURCE.labels, share=share)


def _changed(share):
    return (_with(share) != SOURCE.images).any(axis=(1, 2))


def test_only_ones_and_sevens_change_and_nearly_all_of_them_do():
    changed = _changed(1.0)
    assert set(SOURCE.labels[changed].tolist()) == {1, 7}
    for digit in (1, 7):
        assert changed[SOURCE.labels == digit].mean() > 0.9


def test_a_share_of_none_changes_nothing():
    assert not _changed(0.0).any()


def test_a_share_is_about_how_many_change():
    assert _changed(0.4)[np.isin(SOURCE.labels, (1, 7))].mean() == pytest.approx(0.4, abs=0.15)


def test_strokes_are_added_and_none_is_taken_away():
    images = _with(1.0)
    assert (images >= SOURCE.images).all()
    assert images.shape == SOURCE.images.shape
    assert images.dtype == np.uint8


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others():
    assert _with(0.7).tobytes() == _with(0.7).tobytes()
    assert _with(0.7).tobytes() != _with(0.7, seed=1).tobytes()


def test_the_images_given_are_not_written_on():
    before = SOURCE.images.copy()
    _with(1.0)
    assert (SOURCE.images == before).all()


def _one():
    image = np.zeros((1, 28, 28), np.uint8)
    image[0, 4:24, 13:16] = 255
    return image


def _added(image, label):
    changed = with_habits(np.random.default_rng(1), image, np.array([label], np.uint8), share=1.0)
    return (changed[0] > 100) & (image[0] <= 100)


def test_the_flag_of_a_one_goes_down_to_the_left_from_its_head():
    rows, columns = np.nonzero(_added(_one(), 1)[:20])
    assert columns.max() <= 14
    assert rows.min() <= 6
    leftmost, rightmost = columns.argmin(), columns.argmax()
    assert rows[leftmost] > rows[rightmost]


def test_the_bar_of_a_seven_crosses_its_leg_in_the_middle():
    seven = np.zeros((1, 28, 28), np.uint8)
    seven[0, 4:7, 7:19] = 255
    seven[0, 7:24, 15:18] = 255

    rows, columns = np.nonzero(_added(seven, 7))

    assert 9 < rows.min() <= rows.max() < 20
    assert columns.min() < 15
    assert columns.max() > 17


@pytest.mark.parametrize("label", [1, 7])
def test_what_is_hardly_there_is_left_alone(label):
    speck = np.zeros((1, 28, 28), np.uint8)
    speck[0, 10:13, 10:13] = 255
    assert not _added(speck, label).any()
    assert not _added(np.zeros((1, 28, 28), np.uint8), label).any()
