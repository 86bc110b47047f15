"""A reader whose network of ink takes the left of each page for print, and pages that show it."""

import cv2
import numpy as np

from model.classify import Classifier
from segmentation.page import Page
from segmentation.sorting import SORTS, SQUARE_PX
from worker.reader import Reader

FACTORY = "tests.sides_reader:load_reader"

#: Four threes: two in the first line, then one on each side.
PLACES = ((120, 160), (420, 160), (120, 340), (420, 520))


def left_is_printed(planes):
    """Say that all ink on the left belongs to printed digits, and the rest to handwritten ones."""
    sorts = np.zeros((planes.shape[0] // SQUARE_PX, planes.shape[1] // SQUARE_PX, SORTS), np.float32)
    half = sorts.shape[1] // 2
    sorts[:, :half, 1], sorts[:, half:, 0] = 1.0, 1.0
    return sorts


def load_reader(model=None):
    """Load the shipped model, with that for a network of ink."""
    classifier = Classifier.load()
    classifier.ink = left_is_printed
    return Reader(classifier)


def threes():
    """Draw a page with a three at each of the places."""
    pixels = np.full((620, 600), 255, np.uint8)
    for place in PLACES:
        cv2.putText(pixels, "3", place, cv2.FONT_HERSHEY_SIMPLEX, 2.4, 0, 5)
    return Page(pixels, dpi=None, orientation=1, kind="png")
