"""Why the numbers of a page are not to be accepted, by how they stand and how their page is written."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.calibration import NumberEvidence
from segmentation.candidates import Strip
from segmentation.cells import Cell
from segmentation.geometry import Box
from segmentation.segment import Segmentation
from worker.doubts import (
    LEAST_DIGIT_SHARE,
    Doubt,
    may_hold_slash,
    only_ones,
    shares_a_box,
)
from worker.hidden_signs import ends_in_point, has_point_on_dots, took_dash
from worker.ink_between import InkBetween, read_ink
from worker.left_out_strokes import may_lack_digit, may_lack_one
from worker.lone_walls import LoneWalls
from worker.lost_roofs import may_lack_roof
from worker.lost_signs import may_lack_sign, took_point
from worker.misplaced_digits import (
    hangs_low,
    is_of_two_rows,
    is_raised,
    is_tall_stroke_inside,
    may_be_bracketed,
)
from worker.number_records import Found
from worker.odd_shapes import has_point_on_rule, is_ringed, may_be_circle, may_be_cut
from worker.page_habits import PageHabits
from worker.read_commas import commas_read, holds_comma, stands_by
from worker.row_boxes import RowBoxes
from worker.sign_text import Sign
from worker.signs import SignedPage
from worker.skipped_digits import may_end_on_wall, may_skip_digit
from worker.spaced_groups import spaced_groups
from worker.torn_numbers import Neighbours, is_wide
from worker.upright_rules import ends_in_wall, has_one_on_rule, is_parted_by_rule

__all__ = ["PageInk"]


@dataclass(frozen=True, slots=True)
class PageInk:
    """What stands around the numbers of a page.

    Attributes
    ----------
    labels : (H, W) int32 ndarray
        Which piece of ink a pixel belongs to, 0 on paper and where there is a sign.
    between : InkBetween
        What may be a sign inside a number.
    unread : (H, W) bool ndarray
        Ink that was read as nothing, and that was left out before.
    ink : (H, W) bool ndarray
        All ink, before rules were taken out.
    rules : (H, W) bool ndarray
        What was taken out of it as rules.
    stroke_px : float
        Width of a typical stroke.
    cells : tuple of Cell
        Areas enclosed by rules.
    lone_walls : LoneWalls
        Walls that are in one row of cells alone.
    rows : RowBoxes
        Rows of boxes, and what they hold.
    strips : tuple of Strip
        What the numbers were read from.
    tells_ink : bool
        Whether somebody told what the page's ink belongs to.
    habits : PageHabits
        What most of its numbers have in common.
    neighbours : Neighbours
        What tells which digits stand beside a number.
    commas : tuple of Box
        Lone digits that may be commas.
    groups : frozenset of Box
        First digits of numbers that may be groups of a longer one.
    """

    labels: NDArray[np.int32]
    between: InkBetween
    unread: NDArray[np.bool_]
    ink: NDArray[np.bool_]
    rules: NDArray[np.bool_]
    stroke_px: float
    cells: tuple[Cell, ...]
    lone_walls: LoneWalls
    rows: RowBoxes
    strips: tuple[Strip, ...]
    tells_ink: bool
    habits: PageHabits
    neighbours: Neighbours
    commas: tuple[Box, ...] = ()
    groups: frozenset[Box] = frozenset()

    @classmethod
    def of(
        cls,
        segmentation: Segmentation,
        signed: SignedPage,
        unread: NDArray[np.int32],
        left_out: NDArray[np.int32] | None,
    ) -> "PageInk":
        """Return that of a page whose numbers and signs were read, and `unread` what was not."""
        writing = segmentation.writing
        stroke, ink = writing.size.stroke_px, writing.ink.mask
        numbers = [number for line in signed.lines for number in line]
        digits = [digit for number in numbers for digit in number.digits]
        rules = ink & (writing.labels == 0)
        return cls(
            signed.labels,
            InkBetween(signed.labels, left_out, stroke, read_ink(digits, segmentation.strips)),
            unread > 0 if left_out is None else (unread > 0) | (left_out > 0),
            ink,
            rules if left_out is None else rules & (left_out == 0),
            stroke,
            writing.cells,
            LoneWalls(writing.cells),
            RowBoxes(writing.cells, ink, stroke),
            segmentation.strips,
            writing.sorted_ink is not None,
            PageHabits.of(numbers),
            Neighbours([digit.placed for digit in digits]),
            commas_read([number.digits for number in numbers]),
            spaced_groups(signed.lines),
        )

    def doubts(
        self, digits: Sequence[Found], signs: Sequence[Sign], evidence: NumberEvidence
    ) -> tuple[Doubt, ...]:
        """Return why a number is not to be accepted however sure its digits are.

        Parameters
        ----------
        digits : sequence of Found
            Of the number, from left to right.
        signs : sequence of Sign
            In and before it.
        evidence : NumberEvidence
            What its confidence is computed from.
        """
        inner = sum(sign.place > 0 for sign in signs)
        leading = any(sign.place == 0 for sign in signs)
        there = {
            Doubt.INK_BETWEEN: self.between.is_in([digit.placed.box for digit in digits]),
            Doubt.SHARED_BOX: shares_a_box(digits),
            Doubt.BOX_LEFT_OUT: self.rows.one_is_left_out(digits),
            Doubt.PILED_ROW: self.rows.may_be_of_table(digits),
            Doubt.LONE_WALL: self.lone_walls.stand_beside(digits),
            Doubt.BY_OTHERS: any(digit.by_others for digit in digits),
            Doubt.BY_A_COMMA: stands_by(digits, self.commas) or holds_comma(digits),
            Doubt.SIGN_BY_OTHERS: any(sign.by_others for sign in signs),
            Doubt.SLASH: is_tall_stroke_inside(digits)
            or (self.habits.may_have_slashes and may_hold_slash(digits)),
            Doubt.NO_SIGN: self.habits.usually_signed and len(digits) > 1 and not inner,
            Doubt.MAY_LACK_SIGN: not leading
            and (
                may_lack_sign(digits, self.unread, self.stroke_px, self.cells, signs)
                or took_point(digits, self.strips)
            ),
            Doubt.ONLY_ONES: only_ones(digits),
            Doubt.BRACKETS: may_be_bracketed(digits, self.labels),
            Doubt.RAISED: is_raised(digits),
            Doubt.TWO_ROWS: is_of_two_rows(digits),
            Doubt.ONE_LEFT_OUT: may_lack_one(digits, self.between.left_out),
            Doubt.HANGING: hangs_low(digits),
            Doubt.RINGED: is_ringed(digits),
            Doubt.CIRCLE: may_be_circle(digits, self.ink),
            Doubt.CUT: may_be_cut(digits, self.ink, self.stroke_px),
            Doubt.UNIT: self.habits.may_be_unit(digits),
            Doubt.CURRENCY: self.habits.may_be_currency(digits),
            Doubt.POINT_ON_RULE: (
                not inner and has_point_on_rule(digits, self.rules, self.stroke_px, self.cells)
            ),
            Doubt.ONE_ON_RULE: has_one_on_rule(digits, self.rules, self.ink, self.stroke_px),
            Doubt.RULE_BETWEEN: is_parted_by_rule(digits, self.rules),
            Doubt.TOOK_DASH: not leading and took_dash(digits, self.strips, self.labels, self.stroke_px),
            Doubt.POINT_ON_DOTS: not inner and has_point_on_dots(digits, self.rules),
            Doubt.WALL: ends_in_wall(digits, self.ink, self.stroke_px),
            Doubt.DIGIT_LEFT_OUT: may_lack_digit(digits, self.between.left_out),
            Doubt.SPACED: digits[0].placed.box in self.groups,
            Doubt.LOST_ROOF: may_lack_roof(digits, self.rules),
            Doubt.TOOK_POINT: not inner and ends_in_point(digits, self.labels, self.stroke_px),
            Doubt.HARDLY_DIGITS: self.tells_ink and evidence.digit_share < LEAST_DIGIT_SHARE,
            Doubt.PARTED: self.neighbours.have_sign_between(digits, self.between),
            Doubt.TORN: self.neighbours.stand_as_digits(digits),
            Doubt.WIDE: is_wide(digits),
            Doubt.SKIPPED: may_skip_digit(digits, self.unread, self.cells),
            Doubt.ON_WALL: may_end_on_wall(digits, self.unread, self.cells),
            Doubt.MORE_SIGNS: self.habits.has_too_many(inner),
        }
        return tuple(doubt for doubt, is_there in there.items() if is_there)
