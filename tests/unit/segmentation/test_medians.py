"""Medians and quantiles are NumPy's to the last bit: thresholds are compared with whole levels."""

import numpy as np
import pytest

from segmentation.medians import median_of, quantile_of, quantile_within

LENGTHS = (1, 2, 3, 10, 101, 1000)
SHARES = (0.0, 0.35, 0.5, 0.75, 0.9, 1.0)


@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize("kind", [np.uint8, np.int16, np.int64, np.float64])
def test_the_median_is_that_of_numpy(length: int, kind: type) -> None:
    values = (np.random.default_rng(length).random(length) * 255).astype(kind)

    assert median_of(values) == float(np.median(values))


def test_the_median_of_two_large_levels_does_not_run_over() -> None:
    assert median_of(np.array([255, 254], np.uint8)) == 254.5


@pytest.mark.parametrize("share", SHARES)
@pytest.mark.parametrize("length", LENGTHS)
def test_a_quantile_is_that_of_numpy_for_float32(length: int, share: float) -> None:
    levels = np.random.default_rng(length).integers(0, 256, length, dtype=np.uint8)

    assert quantile_of(levels, share) == float(np.quantile(levels.astype(np.float32), share))


@pytest.mark.parametrize("share", SHARES)
@pytest.mark.parametrize("inked", [0.01, 0.4, 1.0])
def test_a_quantile_on_a_mask_is_that_of_numpy_for_what_lies_on_it(inked: float, share: float) -> None:
    rng = np.random.default_rng(3)
    levels = rng.integers(0, 256, (40, 30), dtype=np.uint8)
    mask = rng.random(levels.shape) < inked
    mask[0, 0] = True

    assert quantile_within(levels, mask, share) == float(np.quantile(levels[mask], share))
