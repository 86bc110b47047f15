"""What a survey measured is not measured again where the page is read as it was surveyed."""

import numpy as np
import pytest

from segmentation import clean, segment, smoothing, survey
from segmentation.clean import Contrast, extract_ink
from segmentation.config import DEFAULT
from segmentation.resizing import glimpsed, reduced
from segmentation.smoothing import Smoothed

#: Deviations of fine and of coarse grain.
FINE, COARSE = 0.5, 9.0


def _page(grain, shape=(400, 600)):
    rng = np.random.default_rng(5)
    pixels = np.full(shape, 220.0)
    for left in range(60, 520, 60):
        pixels[180:220, left : left + 5] = 40
    return np.clip(pixels + rng.normal(0, grain, shape), 0, 255).astype(np.uint8)


@pytest.fixture
def flattened(monkeypatch):
    """Count how often light is flattened."""
    calls, flatten = [], clean.flatten_light

    def counted(pixels, config):
        calls.append(pixels.shape)
        return flatten(pixels, config)

    monkeypatch.setattr(clean, "flatten_light", counted)
    return calls


def test_a_page_that_is_read_as_it_is_is_flattened_once(flattened):
    segment.find_writing(_page(FINE))
    assert flattened == [(400, 600)]


def test_a_page_that_is_scaled_is_flattened_again(flattened):
    page = np.repeat(np.repeat(_page(FINE, (300, 600)), 3, axis=0), 3, axis=1)
    segment.find_writing(page)
    assert len(flattened) == 2
    assert flattened[0] != flattened[1]


@pytest.mark.parametrize("inverted", [False, True])
def test_ink_is_the_same_from_what_was_measured_before(inverted):
    page = 255 - _page(FINE) if inverted else _page(FINE)
    before = Contrast.of(page, inverted=inverted)
    found = extract_ink(page, inverted=inverted, stroke_px=5.0, contrast=before)
    expected = extract_ink(page, inverted=inverted, stroke_px=5.0)
    assert np.array_equal(found.mask, expected.mask)
    assert np.array_equal(found.strength, expected.strength)


def test_grain_is_smoothed_once_unless_strokes_are_thinner():
    page = _page(COARSE)
    known = Smoothed.of(page, DEFAULT)
    assert known.pixels is not page
    assert Smoothed.of(page, DEFAULT, 9.0, known) is known
    assert Smoothed.of(page, DEFAULT, 2.0, known).reach < known.reach
    assert Smoothed.of(page.copy(), DEFAULT, 9.0, known) is not known


def test_a_page_of_fine_grain_is_measured_once(monkeypatch):
    page = _page(FINE)
    known = Smoothed.of(page, DEFAULT)
    monkeypatch.setattr(smoothing, "measure_grain", lambda _: pytest.fail("measured again"))
    assert Smoothed.of(page, DEFAULT, 2.0, known).pixels is page


def test_a_survey_keeps_what_it_saw():
    page = _page(FINE)
    assert survey.survey_page(page, DEFAULT).overview.pixels is page


@pytest.mark.parametrize("shape", [(400, 601), (1203, 999), (90, 1600), (1, 700)])
def test_a_glimpse_shows_what_a_reduced_page_does(shape):
    page = np.tile(np.linspace(0, 255, shape[1]), (shape[0], 1)).astype(np.uint8)
    found, expected = glimpsed(page, 200), reduced(page, 200)
    assert found.shape == expected.shape
    assert np.abs(found.astype(int) - expected).max() <= 4


def test_a_small_page_is_glimpsed_as_it_is():
    page = _page(FINE)
    assert glimpsed(page, 600) is page
