"""What a candidate is made of: segmentation tells it, the model learns from it; they share numbers."""

from model.makes import MAKES
from segmentation.candidates import JOINED, PART, WHOLE


def test_segmentation_and_model_number_the_makes_alike():
    assert tuple(range(MAKES)) == (WHOLE, JOINED, PART)
