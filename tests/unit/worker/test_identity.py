import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import ValidationError

from worker.identity import KEY_PATTERN, display_name, key_of_text, page_key, path_from_text, path_to_text
from worker.jobs import PageEntry


def test_two_files_of_one_name_and_two_pages_of_one_file_have_four_keys():
    keys = {page_key(Path(f"/{folder}/1.png"), page) for folder in "ab" for page in (1, 2)}
    assert len(keys) == 4


def test_the_key_stays_from_version_to_version():
    assert page_key(Path("/scans/Meter 7.png"), 1) == "Meter-7-p0001-f06ba2a98d5c"


@pytest.mark.parametrize(
    "name", ["Zähler.png", "数字.png", "..", "a/../../b", "x" * 250, "-", "a\nb.png", ".png", "CON.png"]
)
def test_any_name_gives_a_key_that_is_safe_as_a_file_name(name):
    assert re.match(KEY_PATTERN, page_key(Path("/in") / name, 12345))


def test_bytes_that_are_no_utf8_survive_the_way_through_json():
    path = Path(os.fsdecode(b"/in/\xff\xe4 1.png"))
    entry = PageEntry.of(path, name=path.name)
    again = PageEntry.model_validate_json(entry.model_dump_json())
    assert again.file == path
    assert again.name == r"\xff\xe4 1.png"


@given(st.text(alphabet="ab./ -é\\\n", max_size=12))
@example("/a")
@example("a/.b")
@example("a//b.")
@example("./..")
def test_the_key_of_a_path_that_was_written_down_is_that_of_the_path(rest):
    text = f"/{rest}"
    assert key_of_text(text, 3) == key_of_text(path_to_text(Path(text)), 3) == page_key(Path(text), 3)


@pytest.mark.parametrize("text", ["", "a/b.png", "/a\0b", "file:a"])
def test_a_path_that_leads_nowhere_has_no_key(text):
    with pytest.raises(ValueError, match="has to be absolute"):
        key_of_text(text, 1)


def test_a_plain_path_stays_as_it_is():
    assert path_to_text(Path("/in/Zähler 1.png")) == "/in/Zähler 1.png"
    assert path_from_text("/in/Zähler 1.png") == Path("/in/Zähler 1.png")
    assert display_name("Zähler") == "Zähler"


@pytest.mark.parametrize("key", ["../../etc/passwd", "a/b", "", ".hidden", "a" * 200, "a.json", "a\n"])
def test_a_key_that_leads_out_of_the_folder_is_refused(key):
    with pytest.raises(ValidationError):
        PageEntry(key=key, name="1.png", path="/in/1.png", page=1)


IN_PLAIN_LOCALE = """
import json, sys
from pathlib import Path
from worker.jobs import PageEntry
entry = PageEntry.of(Path(sys.argv[1]), name=PageEntry.of(Path(sys.argv[1]), name=sys.argv[1]).name)
again = PageEntry.model_validate_json(entry.model_dump_json())
print(json.dumps([entry.key, entry.name, entry.path, again.file.read_text()]))
"""


def test_a_page_is_the_same_one_in_a_locale_of_plain_letters(tmp_path):
    path = tmp_path / "Zähler 1.png"
    path.write_text("content")
    plain = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}

    told = subprocess.run(
        [sys.executable, "-c", IN_PLAIN_LOCALE, str(path)],
        env={**os.environ, **plain}, capture_output=True, check=True, timeout=60,
    ).stdout  # fmt: skip

    entry = PageEntry.of(path, name=str(path))
    assert json.loads(told) == [entry.key, str(path), str(path), "content"]
