"""The ink of a number of three digits, with marks in and beside it."""

import cv2
import numpy as np

from segmentation.geometry import Box

#: Where three digits of a number stand.
DIGIT_ROW = [Box(20, 30, 50, 80), Box(60, 30, 90, 80), Box(104, 30, 134, 80)]


def row_labels(*marks):
    """Number the ink of those digits and of marks beside them, each (left, top, width, height)."""
    ink = np.zeros((140, 240), np.uint8)
    for box in DIGIT_ROW:
        ink[box.top : box.bottom, box.left : box.right] = 1
    for left, top, width, height in marks:
        ink[top : top + height, left : left + width] = 1
    return cv2.connectedComponents(ink)[1].astype(np.int32)
