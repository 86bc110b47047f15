import numpy as np

from segmentation.bulk import without_bulk
from segmentation.scale import WritingSize


def _strokes():
    mask = np.zeros((200, 300), bool)
    mask[100:104, 20:280] = True
    mask[60:140, 150:156] = True
    return mask


def test_strokes_and_rules_stay_as_they_are():
    mask = _strokes()
    assert without_bulk(mask, WritingSize(40.0, 5.0)) is mask


def test_a_dark_area_goes_and_the_rule_that_runs_into_it_stays():
    mask = _strokes()
    mask[:, 240:] = True
    before = mask.copy()
    rest = without_bulk(mask, WritingSize(40.0, 5.0))
    assert (mask == before).all()
    assert not rest[:, 245:].any()
    assert rest[100:104, 20:220].all()
    assert rest[60:140, 150:156].all()


def test_large_writing_is_not_massive():
    mask = _strokes()
    mask[40:70, 40:70] = True
    assert without_bulk(mask, WritingSize(100.0, 5.0)) is mask
    assert not without_bulk(mask, WritingSize(30.0, 5.0))[45:65, 45:65].any()


def test_a_thick_pen_is_not_massive_where_the_writing_was_taken_for_small():
    mask = _strokes()
    mask[60:140, 200:209] = True
    assert without_bulk(mask, WritingSize(9.0, 3.5)) is mask
