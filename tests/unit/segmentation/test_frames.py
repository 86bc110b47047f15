import cv2
import numpy as np
import pytest

from segmentation.frames import find_frames, frame_sides
from segmentation.rules import find_rules, remove_rules
from segmentation.scale import WritingSize

STROKE_PX = 4
SIZE = WritingSize(height_px=44.0, stroke_px=float(STROKE_PX))


def _empty():
    return np.zeros((240, 400), np.uint8)


def _box(angle_deg=0.0, *, width=70, height=80, middle=(200, 120), thick=2):
    """Draw a box that is turned about its middle."""
    ink = _empty()
    corners = cv2.boxPoints((middle, (width, height), -angle_deg))
    cv2.polylines(ink, [np.rint(corners).astype(np.int32)], True, 1, thick)
    return ink.astype(bool)


def _digit(text="8", *, left=180, foot=142):
    ink = _empty()
    cv2.putText(ink, text, (left, foot), cv2.FONT_HERSHEY_SIMPLEX, 2.0, 1, STROKE_PX)
    return ink.astype(bool)


def _labelled(mask):
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask.view(np.uint8), connectivity=8)
    return labels, stats


def _frames(mask):
    return find_frames(*_labelled(mask), STROKE_PX)


def _sides(mask):
    sides = frame_sides(*_labelled(mask), STROKE_PX)
    return sides.horizontal, sides.vertical


def _cleaned(mask):
    return remove_rules(mask, find_rules(mask, SIZE))


@pytest.mark.parametrize("angle_deg", [-5, -2, 0, 2, 5])
def test_a_box_is_a_frame_upright_or_turned(angle_deg):
    mask = _box(angle_deg)
    rows, columns = np.nonzero(mask)

    (frame,) = _frames(mask)

    assert (frame.box.left, frame.box.top) == (columns.min(), rows.min())
    assert (frame.box.right, frame.box.bottom) == (columns.max() + 1, rows.max() + 1)
    upper = frame.corners[1] - frame.corners[0]
    assert -np.degrees(np.arctan2(upper[1], upper[0])) == pytest.approx(angle_deg, abs=2)


@pytest.mark.parametrize("angle_deg", [-5, 0, 5])
def test_its_sides_are_all_of_its_ink_and_each_goes_its_own_way(angle_deg):
    mask = _box(angle_deg)
    across, down = _sides(mask)
    assert ((across | down) == mask).mean() > 0.999
    assert across[:, 195:205].any()
    assert not down[:, 195:205].any()
    assert down[115:125].any()
    assert not across[115:125].any()


def _zero():
    ink = _empty()
    cv2.ellipse(ink, (200, 120), (26, 40), 0, 0, 360, 1, STROKE_PX)
    return ink


def _slanted_zero():
    ink = _empty()
    cv2.ellipse(ink, (200, 120), (24, 42), 20, 0, 360, 1, STROKE_PX)
    return ink


def _closed_four():
    ink = _empty()
    four = np.array([(215, 160), (230, 80), (180, 135), (240, 132)], np.int32)
    cv2.polylines(ink, [four], False, 1, STROKE_PX)
    return ink


def _leaning_loop():
    ink = _empty()
    loop = np.array([(200, 80), (250, 90), (215, 160), (165, 150)], np.int32)
    cv2.polylines(ink, [loop], True, 1, STROKE_PX)
    return ink


def _open_box():
    ink = _box().view(np.uint8).copy()
    ink[70:, 225:] = 0
    return ink


@pytest.mark.parametrize("draw", [_zero, _slanted_zero, _closed_four, _leaning_loop, _open_box])
def test_what_is_closed_but_no_rectangle_is_no_frame(draw):
    mask = draw().astype(bool)
    assert _frames(mask) == []
    assert not np.logical_or(*_sides(mask)).any()
    assert (_cleaned(mask) == mask).all()


@pytest.mark.parametrize("text", ["0", "4", "8", "6", "9"])
def test_a_digit_by_itself_is_no_frame(text):
    assert _frames(_digit(text)) == []


def test_a_solid_block_is_no_frame():
    mask = _empty().astype(bool)
    mask[80:160, 160:240] = True
    assert _frames(mask) == []


@pytest.mark.parametrize("angle_deg", [-5, 0, 5])
def test_the_digit_inside_a_box_survives_and_the_box_does_not(angle_deg):
    frame, digit = _box(angle_deg), _digit()
    assert not (frame & digit).any()

    cleaned = _cleaned(frame | digit)

    assert cleaned[digit].all()
    assert not (cleaned & ~digit).any()


def test_a_digit_that_runs_into_its_box_keeps_nearly_all_of_its_ink():
    frame, digit = _box(), _digit("7", foot=158)
    digit |= np.roll(digit, 2, axis=0)
    assert (frame & digit).any()

    cleaned = _cleaned(frame | digit)

    assert cleaned[digit].mean() > 0.9
    assert (cleaned & ~digit).sum() < 0.1 * frame.sum()


def _joined(boxes=3):
    ink = _empty()
    for k in range(boxes):
        cv2.rectangle(ink, (60 + 60 * k, 80), (120 + 60 * k, 160), 1, 2)
    return ink.astype(bool)


def test_the_walls_between_joined_boxes_go_with_them():
    mask = _joined()
    assert len(_frames(mask)) == 1
    _, down = _sides(mask)
    for wall in (120, 180):
        assert down[85:155, wall].all()
    assert not _cleaned(mask).any()


def _turned_joined(angle_deg, boxes=3, size=60):
    """Draw joined boxes, turned counter-clockwise about their middle, and return the walls' middles, too."""
    ink = _empty()
    turn = np.radians(angle_deg)
    middle, along, across = (
        np.array([200, 120]),
        np.array([np.cos(turn), -np.sin(turn)]),
        np.array([np.sin(turn), np.cos(turn)]),
    )

    def corner(x, y):
        return tuple(np.rint(middle + x * along + y * across).astype(int).tolist())

    lefts = [(k - boxes / 2) * size for k in range(boxes + 1)]
    for y in (-40, 40):
        cv2.line(ink, corner(lefts[0], y), corner(lefts[-1], y), 1, 2)
    for x in lefts:
        cv2.line(ink, corner(x, -40), corner(x, 40), 1, 2)
    return ink.astype(bool), [corner(x, 0) for x in lefts[1:-1]]


@pytest.mark.parametrize("angle_deg", [-5, -3, 3, 5])
def test_the_walls_between_turned_boxes_go_with_them(angle_deg):
    mask, walls = _turned_joined(angle_deg)
    assert len(_frames(mask)) == 1
    across, down = _sides(mask)
    for x, y in walls:
        assert down[y, x - 2 : x + 3].any()
        assert not across[y, x - 2 : x + 3].any()
    assert not _cleaned(mask).any()


@pytest.mark.parametrize("angle_deg", [-5, 5])
def test_digits_in_turned_boxes_survive_their_walls(angle_deg):
    mask, _ = _turned_joined(angle_deg)
    digits = (
        _digit("3", left=118, foot=140) | _digit("8", left=180, foot=140) | _digit("5", left=240, foot=140)
    )
    assert not (mask & digits).any()
    cleaned = _cleaned(mask | digits)
    assert cleaned[digits].all()
    assert not (cleaned & ~digits).any()


def _nicked(corner, size):
    """Return a box that lacks so many px of both sides at one corner: 0 upper left, then clockwise."""
    mask = _box()
    rows, columns = np.nonzero(mask)
    top, bottom, left, right = rows.min(), rows.max() + 1, columns.min(), columns.max() + 1
    rows = slice(top, top + size) if corner < 2 else slice(bottom - size, bottom)
    columns = slice(left, left + size) if corner in (0, 3) else slice(right - size, right)
    mask[rows, columns] = False
    return mask


@pytest.mark.parametrize("corner", range(4))
def test_a_box_with_a_nick_at_a_corner_is_a_frame(corner):
    mask = _nicked(corner, 12)
    assert len(_frames(mask)) == 1
    across, down = _sides(mask)
    assert ((across | down) == mask).mean() > 0.999
    assert not _cleaned(mask).any()


@pytest.mark.parametrize("corner", range(4))
def test_what_lacks_half_of_two_sides_is_no_frame(corner):
    mask = _nicked(corner, 38)
    assert _frames(mask) == []
    assert (_cleaned(mask) == mask).all()


def test_digits_in_joined_boxes_survive():
    digits = _digit("3", left=70) | _digit("8", left=130) | _digit("5", left=190)
    cleaned = _cleaned(_joined() | digits)
    assert cleaned[digits].all()
    assert not (cleaned & ~digits).any()


def test_ones_that_hang_from_joined_boxes_alike_are_no_ticks():
    ones = _empty()
    for x in (108, 156, 204, 252):
        cv2.line(ones, (x, 80), (x, 125), 1, 3)
    _, down = _sides(_joined(4) | ones.astype(bool))
    assert not any(down[90:120, x].any() for x in (108, 156, 204, 252))


def test_a_page_without_ink_has_no_sides():
    assert not np.logical_or(*_sides(_empty().astype(bool))).any()


def test_a_long_row_of_boxes_is_a_frame_though_its_hull_bends_beside_its_corner():
    outline = [(57, 0), (164, 1), (266, 2), (312, 3), (312, 43), (311, 44), (299, 44), (88, 42)]
    outline += [(1, 41), (0, 40), (0, 5), (1, 0)]
    ink = _empty()
    cv2.polylines(ink, [np.array(outline, np.int32) + 30], True, 1, 1)
    for x in range(39, 300, 39):
        cv2.line(ink, (30 + x, 31), (30 + x, 72), 1, 2)
    mask = ink.astype(bool)
    assert len(_frames(mask)) == 1
    assert not _cleaned(mask).any()


def test_a_triangle_is_no_frame():
    ink = _empty()
    cv2.fillConvexPoly(ink, np.array([(100, 60), (180, 60), (100, 140)], np.int32), 1)
    cv2.fillConvexPoly(ink, np.array([(106, 66), (166, 66), (106, 126)], np.int32), 0)
    assert _frames(ink.astype(bool)) == []
