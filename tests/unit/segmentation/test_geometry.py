import numpy as np
import pytest

from segmentation.geometry import Box, Placement, union


def test_a_box_goes_to_the_page_and_back():
    placement = Placement(0.5, left_px=100, top_px=30)
    assert placement.on_page(Box(10, 20, 40, 60)) == Box(120, 70, 180, 150)
    assert placement.on_working_page(np.array([[120.0, 70.0, 180.0, 150.0]])).tolist() == [[10, 20, 40, 60]]


@pytest.mark.parametrize("scale", [0.3, 1.0, 1.7])
def test_no_ink_of_a_box_is_lost_on_the_page(scale):
    box = Placement(scale).on_page(Box(7, 11, 8, 13))
    assert box.left * scale <= 7 < 8 <= box.right * scale + 1e-9
    assert box.top * scale <= 11 < 13 <= box.bottom * scale + 1e-9


def test_the_union_of_nothing_is_an_error():
    with pytest.raises(ValueError, match="no boxes"):
        union([])
