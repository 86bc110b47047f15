"""What grows with the pages of a job: not the memory of the program. And the bench that measures it."""

import json
import subprocess
import sys

from bench.scale import Step, table
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


def test_pages_of_the_source_are_many_names_of_few_files(tmp_path):
    source = make_pages(tmp_path, 1100)
    pages = [*source.rglob("*.png")]
    assert len(pages) == 1100
    assert len({path.stat().st_ino for path in pages}) == 1
    assert len([*source.iterdir()]) == 2
