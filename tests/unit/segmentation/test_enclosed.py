"""Areas that a component goes around, with dashes and creases hanging on it."""

import cv2
import numpy as np

from segmentation.cells import find_cells
from segmentation.enclosed import THICKEST, enclosed_areas
from segmentation.frames import LEAST_LIKE, find_frames, frame_sides
from segmentation.geometry import Box
from segmentation.rules import find_rules
from segmentation.scale import WritingSize

STROKE_PX = 4
FRAMES = (Box(60, 40, 360, 100), Box(60, 140, 360, 200))


def _ink(*lines, frames=FRAMES):
    """Draw frames, each with four walls inside, and lines from point to point."""
    ink = np.zeros((240, 480), np.uint8)
    for box in frames:
        for x in np.linspace(box.left, box.right - 1, 6).astype(int).tolist():
            cv2.rectangle(ink, (box.left, box.top), (x, box.bottom - 1), 1, 2)
    for start, end in lines:
        cv2.line(ink, start, end, 1, STROKE_PX)
    return ink.astype(bool)


def _found(mask):
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask.view(np.uint8), connectivity=8)
    return labels, stats


def _close(box, other):
    return all(
        abs(getattr(box, side) - getattr(other, side)) <= 3 for side in ("left", "top", "right", "bottom")
    )


def test_what_hangs_on_is_left_out():
    mask = _ink(((10, 70), (64, 70)), ((356, 60), (440, 64)), frames=FRAMES[:1])
    (area,) = enclosed_areas(mask, STROKE_PX, 40.0)
    assert _close(area, FRAMES[0])


def test_two_areas_on_one_crease_are_two():
    mask = _ink(((200, 10), (210, 230)))
    assert all(any(_close(area, box) for area in enclosed_areas(mask, STROKE_PX, 40.0)) for box in FRAMES)


def test_a_stroke_alone_encloses_nothing_and_small_areas_are_passed_over():
    assert enclosed_areas(_ink(((10, 20), (400, 30)), frames=()), STROKE_PX, 40.0) == []
    assert enclosed_areas(_ink(frames=FRAMES[:1]), STROKE_PX, 70.0) == []


def test_a_bar_as_thick_as_a_stroke_may_be_encloses_nothing():
    mask = np.zeros((80, 300), bool)
    mask[30 : 30 + int(THICKEST * STROKE_PX), 20:280] = True
    assert enclosed_areas(mask, STROKE_PX, 12.0) == []


def test_a_frame_that_a_dash_runs_into_is_a_frame_and_the_dash_no_side_of_it():
    dash = ((10, 70), (64, 70))
    labels, stats = _found(_ink(dash, frames=FRAMES[:1]))
    (frame,) = find_frames(labels, stats, STROKE_PX)
    assert _close(frame.box, FRAMES[0])
    sides = frame_sides(labels, stats, STROKE_PX)
    across, down = sides.horizontal, sides.vertical
    assert not (across | down)[60:80, :56].any()
    assert down[45:95, 118:124].any(axis=1).all()


def test_frames_on_one_crease_are_all_found():
    labels, stats = _found(_ink(((200, 10), (210, 230))))
    frames = find_frames(labels, stats, STROKE_PX)
    assert len({frame.label for frame in frames}) == 1
    assert sorted(frame.box.top // 100 for frame in frames) == [0, 1]


def test_what_is_hardly_probable_as_print_is_no_frame():
    labels, stats = _found(_ink(frames=FRAMES[:1]))
    for share, kept in ((LEAST_LIKE - 0.01, False), (LEAST_LIKE + 0.01, True)):
        sides = frame_sides(labels, stats, STROKE_PX, lambda x, y, share=share: share)
        assert sides.horizontal.any() == sides.vertical.any() == kept


def test_the_ink_that_is_asked_about_is_the_frames_own():
    asked = []

    def likeness(x, y):
        asked.append((x.min(), y.min(), x.max() + 1, y.max() + 1))
        return 1.0

    frame_sides(*_found(_ink(frames=FRAMES)), STROKE_PX, likeness)
    asked.sort(key=lambda box: box[1])
    assert all(_close(Box(*box), frame) for box, frame in zip(asked, FRAMES, strict=True))


def test_a_frame_with_ticks_is_told_from_one_without():
    for ticked in (False, True):
        ink = np.zeros((240, 480), np.uint8)
        cv2.rectangle(ink, (60, 40), (359, 119), 1, 3)
        for x in (120, 180, 240, 300) if ticked else ():
            cv2.line(ink, (x, 118), (x, 94), 1, 3)
        sides = frame_sides(*_found(ink.astype(bool)), STROKE_PX)
        assert len(sides.combs) == int(ticked)
        cells = find_cells(find_rules(ink.astype(bool), WritingSize(40.0, float(STROKE_PX))), 40.0).cells
        assert [cell.comb for cell in cells] == [0 if ticked else -1]
