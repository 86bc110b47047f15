"""How much of a cell is print: letters and digits alike, rules aside."""

import numpy as np
import pytest

from segmentation.cells import Cell, CellMap
from segmentation.clean import Ink
from segmentation.geometry import Box
from segmentation.printed_cells import with_print
from segmentation.scale import WritingSize
from segmentation.sorting import SORTS, SQUARE_PX, sort_ink

SIZE = WritingSize(height_px=16.0, stroke_px=3.0)
SHAPE = (80, 160)


def _answering(*sorts):
    row = np.zeros(SORTS, np.float32)
    row[list(sorts)] = 1 / len(sorts)
    return lambda planes: np.tile(row, (planes.shape[0] // SQUARE_PX, planes.shape[1] // SQUARE_PX, 1))


@pytest.mark.parametrize(
    ("sorts", "printed"),
    [((1,), 1.0), ((3,), 1.0), ((1, 3, 4), 1.0), ((0, 3), 0.5), ((0,), 0.0), ((4,), 0.0)],
    ids=["digits", "letters", "both, and rules", "half of it", "by hand", "rules alone"],
)
def test_what_is_printed_counts_rules_aside(sorts, printed):
    mask = np.zeros(SHAPE, bool)
    mask[20:40, 20:24] = True
    ink = Ink(mask, mask * np.uint8(255), mask * np.uint8(150), 1.0, False)
    cells = CellMap(np.zeros(SHAPE, np.int32), (Cell(Box(8, 8, 72, 72)), Cell(Box(88, 8, 152, 72))))

    inked, empty = with_print(cells, mask, sort_ink(ink, SIZE.height_px, _answering(*sorts)), SIZE).cells

    assert inked.printed == pytest.approx(printed, abs=0.01)
    assert empty.printed == 0.0
    assert (inked.box, empty.box) == tuple(cell.box for cell in cells.cells)


def test_a_speck_is_no_print():
    mask = np.zeros(SHAPE, bool)
    mask[20:24, 20:24] = True
    ink = Ink(mask, mask * np.uint8(255), mask * np.uint8(150), 1.0, False)
    cells = CellMap(np.zeros(SHAPE, np.int32), (Cell(Box(8, 8, 72, 72)),))
    (cell,) = with_print(cells, mask, sort_ink(ink, SIZE.height_px, _answering(3)), SIZE).cells
    assert cell.printed == 0.0
