"""What is said to be reached is what the table of the benchmark and the shipped model's manifest tell."""

import re
from pathlib import Path

import pytest

from model.bundle import open_bundle, shipped_bundle

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BENCHMARKS = (ROOT / "docs" / "benchmarks.md").read_text(encoding="utf-8")
PAGES = open_bundle(shipped_bundle()).manifest["metrics"]["pages"]


def cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip("|").split("|")]


def table(text: str, head: str) -> list[list[str]]:
    """Return the rows of the table whose first line begins so."""
    lines = text.splitlines()
    (first,) = (number for number, line in enumerate(lines) if line.startswith(head))
    rows = lines[first + 2 :]
    end = next((number for number, line in enumerate(rows) if not line.startswith("|")), len(rows))
    return [cells(line) for line in rows[:end]]


MEASURED = {(row[0], row[1]): row for row in table(README, "| pages | engine |")}
COLUMNS = cells(next(line for line in README.splitlines() if line.startswith("| pages | engine |")))
ASKED = {
    name: {row[0]: row[1:] for row in table(text, "| asked | reached |")}
    for name, text in (("README.md", README), ("benchmarks.md", BENCHMARKS))
}


def measured(pages: str, column: str, engine: str = "digitize") -> str:
    return MEASURED[pages, engine][COLUMNS.index(column)]


def reached(where: str, asked: str) -> str:
    """Return what stands beside what was asked, by words of that."""
    (found,) = (row[0] for told, row in ASKED[where].items() if asked in told)
    return found


@pytest.mark.parametrize("where", ASKED)
def test_figures_of_pages_are_those_of_the_table_of_all_rows(where):
    real, drawn = reached(where, "27 real pages: page_f1"), reached(where, "drawn pages of all kinds")

    assert real.startswith(f"{measured('pages', 'page_f1')}, {measured('pages', 'cer')}")
    # The word is part of what is asked: another measure is another claim.
    (asked,) = (told for told in ASKED[where] if told.startswith("drawn pages of all kinds"))
    assert re.search(r"(?<!page_)f1 0\.98", asked)
    assert drawn.startswith(f"{measured('synthetic', 'f1')}, {measured('synthetic', 'cer')}")
    nothing = measured("nothing by hand", "digits a page", "digitize --printed drop")
    assert reached(where, "nothing by hand").startswith(nothing)


@pytest.mark.parametrize("where", ASKED)
def test_shares_of_seconds_are_those_of_the_table(where):
    told = reached(where, "Tesseract")
    for pages in ("synthetic", "pages"):
        ours, theirs = (
            float(measured(pages, "s/page, one core", engine)) for engine in ("digitize", "tesseract")
        )
        assert f"{ours / theirs:.2f}" in told
    (theirs, ours) = map(
        float, re.search(r"([\d.]+) s a page, 902 MB, where digitize took ([\d.]+) s", README).groups()
    )
    assert round(theirs / ours) == 10
    assert "a tenth" in reached(where, "RapidOCR")


@pytest.mark.parametrize("where", ASKED)
def test_what_is_accepted_of_drawn_pages_is_that_of_the_manifest(where):
    told = reached(where, "accepted")

    wrong = 1000 * PAGES["wrong_among_accepted"] / PAGES["accepted"]
    assert f"{wrong:.1f}, {100 * PAGES['accepted'] / PAGES['numbers_read']:.0f} % of th" in told
    of_written = {
        re.findall(r"(\d+) % of (?:those|the 304) written", reached(each, "accepted"))[0] for each in ASKED
    }
    assert len(of_written) == 1


@pytest.mark.parametrize("where", ASKED)
def test_what_is_not_reached_is_said_to_be_missed(where):
    for asked in ("drawn pages of all kinds", "nothing by hand", "accepted", "Tesseract", "RapidOCR"):
        assert "**missed**" in reached(where, asked)
    assert reached(where, "sixty real pages").startswith("not measured")


def test_the_calibration_error_of_drawn_pages_is_that_of_the_manifest():
    text = " ".join((ROOT / "docs" / "confidence.md").read_text(encoding="utf-8").split())

    assert f"where it is {100 * PAGES['expected_calibration_error']:.2f} on drawn pages" in text
