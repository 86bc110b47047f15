"""What may become many: in memory while few, in a file after that, and the same from outside."""

import gc
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import worker.line_file
import worker.outer_sort
import worker.pile
from tests.job_builders import failed_record, page_file
from worker.errors import OutputNotWritable
from worker.outer_sort import OuterSort
from worker.pile import FEW, JsonLines, ModelLines, Pile
from worker.records import FailedPage


def open_files():
    return len([*Path("/proc/self/fd").iterdir()])


@pytest.mark.parametrize("count", [0, 1, FEW, FEW + 1, 3 * FEW])
def test_a_pile_gives_back_what_was_put_on_it(count):
    items = [{"n": number, "text": f"é\n{number}"} for number in range(count)]
    pile = Pile(JsonLines(), items)
    assert len(pile) == count
    assert [*pile] == items
    assert [*pile] == items
    assert bool(pile) == bool(items)


def test_few_and_many_are_the_same_lines():
    few, many = Pile(JsonLines(), range(10)), Pile(JsonLines(), range(FEW + 10))
    assert [*many.raw()][:10] == [*few.raw()]
    assert many.sha256() != few.sha256() == Pile(JsonLines(), range(10)).sha256()


def test_a_pile_can_be_gone_through_while_it_grows():
    pile = Pile(JsonLines(), range(2 * FEW))
    going = iter(pile)
    assert next(going) == 0
    pile.append("last")
    assert next(going) == 1
    assert [*pile][-1] == "last"
    assert "last" in pile
    assert "none" not in pile


def test_names_that_are_no_text_come_back(monkeypatch):
    monkeypatch.setattr(worker.pile, "FEW", 1)
    name = os.fsdecode(b"\xff.png")
    assert [*Pile(JsonLines(), [[name, 1]] * 3)] == [[name, 1]] * 3


def test_records_come_back_as_records(tmp_path, monkeypatch):
    monkeypatch.setattr(worker.pile, "FEW", 1)
    records = [failed_record(page_file(tmp_path, width)) for width in (31, 32, 33)]
    assert [*Pile(ModelLines(FailedPage), records)] == records


def test_no_space_for_temporary_files_is_told(monkeypatch):
    monkeypatch.setattr(worker.pile, "FEW", 1)

    def no_space(*_):
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(worker.line_file.tempfile, "TemporaryFile", no_space)
    with pytest.raises(OutputNotWritable, match="temporary file: No space left") as caught:
        Pile(JsonLines(), range(2))
    assert "TMPDIR" in caught.value.remedy


def test_a_temporary_file_is_closed_with_its_pile():
    before = open_files()
    pile = Pile(JsonLines(), range(FEW + 1))
    assert open_files() == before + 1
    del pile
    gc.collect()
    assert open_files() == before


@given(st.lists(st.tuples(st.integers(0, 5), st.text()), max_size=30))
def test_a_sort_in_parts_is_a_sort(items):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(worker.outer_sort, "_PART", 3)
        outer = OuterSort(key=lambda item: item[0])
        for item in items:
            outer.add(item)
        assert [tuple(item) for item in outer] == sorted(items, key=lambda item: item[0])
        assert [tuple(item) for item in outer] == sorted(items, key=lambda item: item[0])


def test_nothing_sorted_is_nothing():
    assert [*OuterSort(key=str)] == []
