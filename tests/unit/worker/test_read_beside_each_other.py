"""A page read by a network that says of each glyph what a test wants: what others say is for review."""

import cv2
import numpy as np
import pytest

from model.classify import Classifier
from model.runtime import Answers
from segmentation.page import Page
from worker.reader import Reader
from worker.records import Status

#: Two numbers of strokes, of which one has a roof.
PLACES = [(80 + 110 * k, 80 + 170 * row) for row in range(2) for k in range(5)]
ODD = 7


@pytest.fixture
def page():
    pixels = np.full((420, 800), 245, np.uint8)
    for number, (x, y) in enumerate(PLACES):
        cv2.line(pixels, (x, y), (x - 4, y + 60), 30, 5)
        if number == ODD:
            cv2.line(pixels, (x - 26, y + 4), (x, y), 30, 5)
    return Page(pixels, dpi=None, orientation=1, kind="png")


class Told(Classifier):
    """Says 4 of what is narrow; of the odd one that it is a 7, and perhaps a 4."""

    alike = True

    def look(self, batch):
        rows = np.full((len(batch), 11), 1e-4, np.float32)
        odd = (batch.max(axis=1) > 0.4).sum(axis=1) > 6
        rows[~odd, 4] = 1.0
        rows[odd, 7], rows[odd, 4] = 0.6, 0.4
        rows /= rows.sum(axis=1, keepdims=True)
        shapes = np.tile(np.float32([5, 0, 0]), (len(batch), 1))
        shapes += np.random.default_rng(0).normal(0, 0.02, shapes.shape).astype(np.float32)
        # Half of the others look otherwise: what all had in common would say nothing.
        shapes[~odd] += np.where(np.arange((~odd).sum())[:, None] % 2, np.float32([-10, 0, 0]), 0)
        return Answers(rows, shapes if self.alike else None)


def _read(page, alike):
    shipped = Classifier.load()
    told = Told(shipped.bundle, shipped.calibration)
    told.alike = alike
    numbers = Reader(told).read_page(page, accept_confidence=0.0, least_presence=0.0).numbers
    return sorted(numbers, key=lambda number: (number.line, number.number))


def test_a_digit_that_only_others_made_what_it_is_is_for_review(page):
    alone, beside = _read(page, alike=False), _read(page, alike=True)

    assert [number.text for number in alone] == ["44444", "44744"]
    assert all(number.status is Status.ACCEPTED for number in alone)
    assert [number.text for number in beside] == ["44444", "44444"]
    assert [number.status for number in beside] == [Status.ACCEPTED, Status.REVIEW]
