"""What grows with the pages of a job: not the memory of the program. And the bench that measures it."""

import json
import subprocess
import sys
from dataclasses import asdict, replace

import pytest

from bench import scale
from bench.scale import Step, table, verdict
from bench.scale_source import make_pages
from tests.scale_growth import KEPT

#: Of a page, at most: a byte in some lists, and its share of a place in a file. What is kept of a page by
#: mistake takes a hundred at least.
BYTES_A_PAGE = 70


def test_no_step_keeps_anything_of_a_page_in_memory(tmp_path):
    alone = [sys.executable, "-m", "tests.scale_growth", str(tmp_path)]
    grown = json.loads(subprocess.run(alone, check=True, capture_output=True, text=True).stdout)
    assert grown.pop(KEPT) > BYTES_A_PAGE
    assert {name: bytes_a_page for name, bytes_a_page in grown.items() if bytes_a_page > BYTES_A_PAGE} == {}
    assert len(grown) > 10


def test_figures_are_a_table_and_come_back_from_a_file():
    step = Step("status", 1000, 2.0, 0.5, 44.4, 0.0)
    assert table([step]).splitlines()[-1] == "| 1,000 | status | 2.0 | 0.5 | 500 | 44 |"
    assert Step(**json.loads(json.dumps({name: getattr(step, name) for name in Step.__slots__}))) == step


def test_the_largest_process_of_all_steps_is_held_against_what_was_asked():
    small, large = Step("status", 1000, 2.0, 0.5, 44.4, 0.0), Step("submit", 10_000, 2.0, 0.5, 199.0, 200.0)
    assert verdict([small, large, small]) == (
        "asked: at most 200 MB in any process, most in 'submit' of 10,000 pages: 200: reached",
        True,
    )
    assert not verdict([replace(small, peak_mb=201.0), large]).reached
    assert not verdict([replace(small, children_mb=201.0), large]).reached


@pytest.mark.parametrize(("peak_mb", "code"), [(100.0, 0), (300.0, 1)])
def test_what_is_missed_is_the_exit_code(peak_mb, code, tmp_path, monkeypatch, capsys):
    known = tmp_path / "figures.json"
    known.write_text(json.dumps([asdict(Step("status", 1000, 2.0, 0.5, peak_mb, 0.0))]))
    monkeypatch.setattr(sys, "argv", ["bench", "--known", str(known)])
    monkeypatch.setattr(scale.shutil, "which", lambda _: "redis-server")
    assert scale.main() == code
    assert capsys.readouterr().out.splitlines()[-1].startswith("asked: at most 200 MB")


def test_pages_of_the_source_are_many_names_of_few_files(tmp_path):
    source = make_pages(tmp_path, 1100)
    pages = [*source.rglob("*.png")]
    assert len(pages) == 1100
    assert len({path.stat().st_ino for path in pages}) == 1
    assert len([*source.iterdir()]) == 2
