"""`docs/accuracy.md` tells the figures of the model that is shipped, as its manifest has them."""

import re
from pathlib import Path

import pytest

from model.bundle import open_bundle, shipped_bundle
from model.fonts.catalogue import read_catalogue

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "accuracy.md").read_text(encoding="utf-8")
FLOWING = " ".join(TEXT.split())
MANIFEST = open_bundle(shipped_bundle()).manifest
JUDGED = MANIFEST["metrics"]["judged"]
NONE = JUDGED["not_a_digit_rejected"]
PAGES = MANIFEST["metrics"]["pages"]
INK = MANIFEST["ink"]["metrics"]


def share(rate):
    """Return a rate as it stands in a table, with its interval."""
    return "{:.2f} % ({:.2f} to {:.2f})".format(*(100 * rate[name] for name in ("share", "low", "high")))


def test_the_figures_are_those_of_the_shipped_model():
    assert re.search(r"^Figures of `([^`]+)`, the shipped model", TEXT, re.MULTILINE)[1] == MANIFEST["id"]


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("digits read right", share(JUDGED["digits"])),
        ("digits taken for none", share(JUDGED["digits_rejected"])),
        ("no digit, and known as such", share(NONE)),
        ("expected calibration error", f"{100 * JUDGED['expected_calibration_error']:.2f} points"),
        ("glyphs: digits, none", f"{JUDGED['digits']['count']:,}, {NONE['count']:,}"),
    ],
)
def test_the_column_of_the_shipped_sample_is_that_of_the_manifest(row, told):
    (line,) = (line for line in TEXT.splitlines() if line.startswith(f"| {row} |"))

    assert line.split(" | ")[1] == told


def test_what_is_said_of_whole_numbers_is_that_of_the_manifest():
    assert f"of {PAGES['numbers_read']:,} numbers read on drawn pages" in FLOWING
    assert f"{PAGES['numbers_right']:,} are right; {PAGES['accepted']:,} are accepted" in FLOWING
    assert f"accepted, {PAGES['wrong_among_accepted']:,} of them wrong" in FLOWING


def test_what_is_said_of_sorts_of_ink_is_that_of_the_manifest():
    assert (
        f"{INK['squares']:,} squares with ink, of which {100 * INK['right']:.1f} % are told right" in FLOWING
    )
    assert f"on {MANIFEST['ink']['pages']['test']} drawn pages" in FLOWING


def test_the_families_that_were_held_out_are_named_and_fetched():
    kinds = {package.name: package.kind for package in read_catalogue()}
    (told,) = re.findall(r"These families are, by hand: (.+?); printed: (.+?)\. ", FLOWING)
    by_hand, printed = (names.lower().replace(" ", "-").split(",-") for names in told)

    assert len(by_hand) + len(printed) == 13
    assert {kinds[name] for name in by_hand} == {"handwriting"}
    assert {kinds[name] for name in printed} == {"printed"}
