import pytest

from segmentation.geometry import Box
from worker.sign_text import Sign, other_signs, probability_of, with_signs

BOX = Box(0, 0, 3, 3)


def test_signs_stand_where_they_are_written():
    signs = [Sign(",", 4, BOX, 0.9), Sign(".", 1, BOX, 0.8), Sign("-", 0, BOX, 0.7)]
    assert with_signs("123450", signs) == "-1.234,50"


def test_a_number_without_signs_is_its_digits():
    assert with_signs("4?2", []) == "4?2"
    assert probability_of([]) == 1.0


def test_all_signs_have_to_be_right():
    assert probability_of([Sign(",", 1, BOX, 0.9), Sign(".", 2, BOX, 0.5)]) == pytest.approx(0.45)


def test_what_a_sign_may_be_else_is_weighed_against_what_it_was_read_as():
    signs = [Sign("-", 0, BOX, 1.0), Sign(",", 1, BOX, 0.75, ((".", 0.2), ("", 0.05)))]
    others = dict(other_signs("35", signs, 0.6))
    assert others == {"-3.5": pytest.approx(0.16), "-35": pytest.approx(0.04)}
