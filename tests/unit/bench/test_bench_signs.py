import numpy as np

from bench.signs import Count, count_page, table
from model.synth.page import SynthNumber, SynthPage
from worker.records import BoxRecord, NumberRecord, SignRecord, Status


def _page(*texts):
    numbers = [SynthNumber(text, (10, 50 * k, 90, 50 * k + 30), (), ()) for k, text in enumerate(texts)]
    return SynthPage(np.zeros((10, 10), np.uint8), [[number] for number in numbers], "clean", "prices")


def _read(text, row, status=Status.REVIEW):
    box = BoxRecord(x=10, y=50 * row, width=80, height=30)
    signs = tuple(
        SignRecord(text=sign, place=0, confidence=0.9, box=box) for sign in text if not sign.isdigit()
    )
    return NumberRecord(line=1, number=1, text=text, status=status, confidence=0.5, box=box, signs=signs)


def test_the_whole_text_has_to_be_right_at_its_place():
    count = Count()
    read = [_read("17,70", 0, Status.ACCEPTED), _read("35", 1, Status.ACCEPTED), _read("8:30", 3)]
    count_page(count, _page("17,70", "3.5", "8:30"), read)
    assert (count.pages, count.numbers) == (1, 3)
    assert dict(count.right) == {",": 1, ".": 0, ":": 0}
    assert dict(count.digits_right) == {",": 1, ".": 1, ":": 0}
    assert (count.accepted, count.wrong) == (2, 1)


def test_signs_are_invented_where_none_is_written():
    count = Count()
    count_page(count, _page("1770", "-4"), [_read("17,70", 0), _read("+4", 1), _read("1.2.3", 5)])
    assert count.invented == 3


def test_the_table_has_a_row_for_all_signs_together():
    count = Count()
    count_page(count, _page("17,70", "3.5", "12"), [_read("17,70", 0), _read("12", 2)])
    *_, last = table(count)
    assert last == "| all with signs | 2 | 0.500 | 0.500 |"
    assert "| none | 1 | 1.000 | 1.000 |" in table(count)
