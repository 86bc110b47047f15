"""Some hundred damaged files of every kind; `make fuzz` reads ten thousand."""

import pytest

from tests.fuzz.corpus import KINDS, pictures
from tests.fuzz.pages import fuzz_pages
from tests.fuzz.texts import TARGETS, fuzz_texts, limited_process, read_unchanged

SEED = 20


@pytest.fixture(scope="module")
def pool():
    with limited_process() as process:
        yield process
        process.stop()


def test_damaged_pictures_harm_no_other_page(tmp_path):
    found = fuzz_pages(KINDS, 40, SEED, tmp_path)

    assert found.broken == []
    assert not [what for what in found.bad if what.startswith("internal error")]
    assert {"read", "truncated", "not-an-image"} < set(found.codes)


def test_damaged_pictures_that_are_read_by_the_model_harm_no_other_page(tmp_path):
    found = fuzz_pages(["png", "jpeg"], 12, SEED, tmp_path, whole=True)

    assert found.broken == []
    assert not [what for what in found.bad if what.startswith("internal error")]
    assert found.codes["read"] > 3


@pytest.mark.parametrize("name", TARGETS)
def test_damaged_texts_are_taken_or_refused(name, tmp_path, pool):
    count = 5 if name == "corrections" else 25  # which decodes the page each time
    found = fuzz_texts(name, count, SEED, tmp_path, pool)

    assert found.broken == []
    assert found.outcomes.total() == count


@pytest.mark.parametrize("name", TARGETS)
def test_what_the_mutations_begin_with_is_taken(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    assert read_unchanged(name, tmp_path) == "taken"


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_seed_gives_the_same_pictures(kind):
    assert pictures(kind) == pictures(kind)


def test_a_page_that_is_harmed_is_found(tmp_path, monkeypatch):
    """The measure itself: a reader that lets one page spoil the next is not passed over."""
    monkeypatch.setattr("tests.fuzz.pages.FACTORY", "tests.fuzz.spoiling_reader:load_reader")

    found = fuzz_pages(["bmp"], 4, SEED, tmp_path)

    assert any("was not read as it should be" in line for line in found.broken)
