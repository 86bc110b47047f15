import sys

import cv2
import numpy as np
import pytest

from bench import a4
from bench.a4 import DIGITS, Figures, draw_page, least_seconds, table


def test_the_page_is_grey_a4_at_300_dpi_with_writing_all_over():
    page = cv2.imdecode(np.frombuffer(draw_page(), np.uint8), cv2.IMREAD_UNCHANGED)
    assert page.shape == (3508, 2480)
    rows, columns = np.nonzero(page < 100)
    assert rows.min() < 400
    assert rows.max() > 3000
    assert columns.min() < 300
    assert columns.max() > 2000
    assert DIGITS == 800


def test_a_page_is_held_against_decoding_and_one_call():
    figures = Figures(decode_s=0.02, classify_s=0.03, read_s=0.1, digits=799)
    assert figures.times == pytest.approx(2.0)
    assert "799 digits found" in table(figures)
    assert table(figures).splitlines()[-1] == "| times the first two | 2.00 |"


def test_tasks_take_turns_and_the_first_round_does_not_count():
    done = []
    least = least_seconds({"a": lambda: done.append("a"), "b": lambda: done.append("b")}, 2)
    assert done == ["a", "b"] * 3
    assert set(least) == {"a", "b"}
    assert max(least.values()) < float("inf")


@pytest.mark.parametrize(("read_s", "code", "word"), [(0.15, 0, "3: reached"), (0.1501, 1, "3.002: missed")])
def test_what_is_missed_is_the_exit_code(read_s, code, word, monkeypatch, capsys):
    figures = Figures(decode_s=0.02, classify_s=0.03, read_s=read_s, digits=799)
    monkeypatch.setattr(a4, "_measured", lambda *_: figures)
    monkeypatch.setattr(sys, "argv", ["bench"])
    assert a4.main() == code
    assert capsys.readouterr().out.splitlines()[-1] == f"asked: at most 3 times the first two: {word}"
