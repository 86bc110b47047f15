"""Pages without a number have none, and not all of them are blank."""

import numpy as np

from model.synth.digits import DigitSource
from model.synth.page import make_page
from model.synth.unwritten import unwritten


def test_nothing_is_written_and_some_have_rules():
    pages = [
        make_page(np.random.default_rng(seed), DigitSource.builtin(), "clean", layout=unwritten)
        for seed in range(12)
    ]
    assert all(page.rows == [] for page in pages)
    dark = [float((page.grey < np.median(page.grey) - 40).mean()) for page in pages]
    assert min(dark) < 0.001 < 0.01 < max(dark)
