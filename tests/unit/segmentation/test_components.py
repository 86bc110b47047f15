import cv2
import numpy as np
import pytest

from segmentation.cells import Cell, CellMap
from segmentation.clean import Ink
from segmentation.components import MOST_COMPONENTS, label_components
from segmentation.geometry import Box
from segmentation.scale import WritingSize

SIZE = WritingSize(height_px=40.0, stroke_px=4.0)
SHAPE = (300, 500)


def _mask():
    return np.zeros(SHAPE, bool)


def _stroke(left=200, top=100, width=5, height=40):
    mask = _mask()
    mask[top : top + height, left : left + width] = True
    return mask


def _ring(middle=(250, 150), axes=(14, 20)):
    ink = np.zeros(SHAPE, np.uint8)
    cv2.ellipse(ink, middle, axes, 0, 0, 360, 1, 4)
    return ink.astype(bool)


def _ink(mask, *, contrast=120, noise=2.0):
    strength = np.where(mask, 255, 0).astype(np.uint8)
    return Ink(mask, strength, np.where(mask, contrast, 0).astype(np.uint8), noise, False)


def _no_cells():
    return CellMap(np.full(SHAPE, -1, np.int32), ())


def _found(mask, *, cells=None, **ink):
    return label_components(_ink(mask, **ink), mask, cells or _no_cells(), SIZE)


def test_each_blob_is_one_component_with_its_tight_box_and_its_label():
    mask = _stroke() | _ring()

    labels, components, _ = _found(mask)

    by_left = sorted(components, key=lambda component: component.box.left)
    assert by_left[0].box == Box(200, 100, 205, 140)
    assert by_left[0].area_px == 200
    assert len(by_left) == 2
    for component in components:
        rows, columns = np.nonzero(labels == component.label)
        assert component.box == Box(columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)
    assert ((labels > 0) == mask).all()


def test_a_hairline_break_is_bridged_and_no_ink_is_added():
    mask = _stroke()
    mask[118:120] = False
    labels, components, _ = _found(mask)
    assert len(components) == 1
    assert not labels[118:120].any()


def test_a_wide_break_makes_two():
    mask = _stroke()
    mask[116:124] = False
    assert len(_found(mask)[1]) == 2


@pytest.mark.parametrize(
    "mask",
    [
        _mask(),
        _stroke(width=2, height=2),
        _stroke(width=5, height=5),
        _stroke(left=100, width=200, height=4),
        _stroke(left=100, top=60, width=60, height=60),
        _stroke(left=0, width=15, height=150),
        _stroke(top=0, left=100, width=40, height=8),
        _ring(middle=(130, 150), axes=(130, 30)),
        _stroke(top=5, width=5, height=290),
        _stroke(top=60, width=5, height=145),
    ],
    ids=[
        "blank",
        "dust",
        "low speck",
        "long dash",
        "solid block",
        "strip at the edge",
        "shadow at the edge",
        "loop that sprawls from the edge",
        "page-high stroke",
        "pole",
    ],
)
def test_what_cannot_be_writing_is_no_component(mask):
    labels, components, _ = _found(mask)
    assert components == []
    assert labels.shape == SHAPE


@pytest.mark.parametrize(
    "mask",
    [_stroke(), _stroke(height=12), _ring(), _stroke(width=26, height=5)],
    ids=["one", "low stroke", "nought", "dash"],
)
def test_what_can_be_writing_is(mask):
    assert len(_found(mask)[1]) == 1


@pytest.mark.parametrize(
    ("width", "height", "kept"), [(17, 138, True), (17, 145, False), (37, 145, True), (35, 145, False)]
)
def test_a_pole_is_much_higher_than_the_writing_and_much_higher_than_wide(width, height, kept):
    outline = _stroke(top=60, width=width, height=height)
    outline[64 : 60 + height - 4, 204 : 200 + width - 4] = False
    assert len(_found(outline)[1]) == kept


def test_a_digit_that_the_edge_cuts_is_kept():
    assert len(_found(_ring(middle=(10, 150)))[1]) == 1


@pytest.mark.parametrize(
    ("contrast", "noise", "kept"), [(13, 1.0, 0), (15, 1.0, 1), (40, 10.0, 0), (70, 10.0, 1)]
)
def test_a_blob_has_to_stand_out_from_the_grain_somewhere(contrast, noise, kept):
    assert len(_found(_ring(), contrast=contrast, noise=noise)[1]) == kept


@pytest.mark.parametrize(("contrast", "kept"), [(40, 0), (50, 1), (120, 1)])
def test_dark_strokes_are_ink_where_hardly_any_paper_is_bare(contrast, kept):
    """What was measured as grain is the ink itself."""
    assert len(_found(_ring(), contrast=contrast, noise=50.0)[1]) == kept


def test_dark_specks_are_no_strokes():
    specks = np.zeros((300, 300), bool)
    specks[10:290:20, 10:290:20] = True
    specks = cv2.dilate(specks.view(np.uint8), np.ones((10, 3), np.uint8)).view(bool)
    assert _found(specks, contrast=120, noise=50.0)[1] == []


def test_one_dark_spot_is_enough_to_stand_out():
    mask = _ring()
    ink = _ink(mask, contrast=10)
    ink.contrast[150, 236] = 90
    assert mask[150, 236]
    assert len(label_components(ink, mask, _no_cells(), SIZE)[1]) == 1


def test_the_cell_is_the_one_that_holds_the_middle():
    cells = CellMap(np.full(SHAPE, -1, np.int32), ())
    cells.labels[80:200, 150:230] = 3
    _, components, _ = _found(_stroke() | _ring(), cells=cells)
    assert sorted(component.cell for component in components) == [-1, 3]


@pytest.mark.parametrize(("hole", "cell"), [(8, 1), (60, -1)], ids=["a stroke", "most of it"])
def test_a_digit_with_its_middle_on_what_was_a_rule_is_in_its_cell_all_the_same(hole, cell):
    """The stem of a four was looked at as a rule: pixels there are in no cell."""
    cells = CellMap(np.ones(SHAPE, np.int32), (Cell(Box(0, 0, 10, 10)), Cell(Box(0, 0, SHAPE[1], SHAPE[0]))))
    cells.labels[:, 250 - hole // 2 : 250 + hole // 2] = -1

    assert [component.cell for component in _found(_ring(), cells=cells)[1]] == [cell]


def test_the_ink_given_is_not_written_on():
    mask = _stroke()
    mask.flags.writeable = False
    _found(mask)


def test_a_sliver_along_a_rule_is_what_was_left_of_it():
    rule = _mask()
    rule[60:240, 196:200] = True
    sliver = _stroke(left=200, top=100, width=3, height=40)
    apart = _stroke(left=240, top=100, width=3, height=40)
    crossing = _stroke(left=180, top=120, width=40, height=4)

    labels, components, _ = label_components(
        _ink(sliver | apart), sliver | apart, _no_cells(), SIZE, rules=rule
    )

    assert [component.box.left for component in components] == [240]
    assert labels[110, 241] > 0
    _, crossed, _ = label_components(_ink(crossing), crossing, _no_cells(), SIZE, rules=rule)
    assert [component.box.left for component in crossed] == [180]


def test_of_more_strokes_than_a_page_holds_the_smallest_are_passed_over():
    mask = np.zeros((1000, 1500), bool)
    for row in range(0, 985, 13):
        for left in range(0, 1490, 10):
            mask[row : row + 8, left : left + 3] = True
    mask[500:540, 700:708] = True
    none = CellMap(np.full(mask.shape, -1, np.int32), ())
    _, components, dropped = label_components(_ink(mask), mask, none, SIZE)
    assert len(components) == MOST_COMPONENTS
    assert dropped > 5_000
    assert any(component.box.height >= 40 for component in components)
