"""Every command line that the documents show is one that the program takes."""

import re
import shlex
from pathlib import Path

import pytest
import typer

from cli.app import app

ROOT = Path(__file__).parents[2]
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
PROGRAM = typer.main.get_command(app)
#: Where a command ends in a line of a shell.
ENDS = re.compile(r"[;|&<>]|[0-9]>.*")


def shown(path):
    """Return the command lines of a document without their `digitize`: those in blocks, and in running text.

    What stands in running text may be the name of a command, without what the command needs.
    """
    text = path.read_text("utf-8")
    blocks = re.findall(r"^```(?:sh)?\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    lines = [line for block in blocks for line in block.replace("\\\n", " ").splitlines()]
    lines += re.findall(r"^    (.*)$", text, re.MULTILINE)
    spans = re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL))
    return [[words for line in part if (words := arguments(line))] for part in (lines, spans)]


def arguments(line):
    """Return what a line gives to the program; nothing where it does not call it, or leaves something out."""
    found = re.match(r"(?:\$ )?(?:[A-Z_]+=\S+ )*(?:\.venv/bin/)?digitize (.+)", line.strip())
    if found is None or re.search(r"…|\[|\w\|\w|COMMAND", line):
        return []
    words = shlex.split(re.sub(r"\bN\b", "1", found[1]), comments=True)
    end = next((k for k, word in enumerate(words) if ENDS.match(word)), len(words))
    return words[:end]


@pytest.fixture
def parsed(monkeypatch, capsys):
    """Return a function that parses a command line and does nothing; it gives what is wrong with it."""

    def callbacks(command):
        monkeypatch.setattr(command, "callback", lambda **_: None)
        for inner in getattr(command, "commands", {}).values():
            callbacks(inner)

    def parse(words):
        with pytest.raises(SystemExit) as ended:
            PROGRAM.main(words)
        return capsys.readouterr().err if ended.value.code else ""

    callbacks(PROGRAM)
    return parse


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_every_command_line_of_a_document_is_taken(path, parsed):
    lines, spans = ([(" ".join(words), parsed(words)) for words in part] for part in shown(path))

    assert [line for line in lines if line[1]] == []
    assert [span for span in spans if span[1] and not span[1].startswith("error: Missing ")] == []


def test_commands_are_found_and_so_are_wrong_ones(parsed):
    assert all(shown(ROOT / "docs" / name)[0] for name in ("model.md", "data.md", "export.md", "fonts.md"))
    assert "No such option" in parsed(["retrain", "--dta", "ours"])
    assert "Missing option" in parsed(["models", "export", "ours"])
    assert "No such command" in parsed(["models", "demote", "ours"])


def test_the_readme_shows_the_figures_that_reading_the_examples_prints(digitize):
    text = (ROOT / "README.md").read_text("utf-8")
    rows = [
        line.split()[1:] for line in text.splitlines() if line.startswith("examples/scans/desk-photo.jpg ")
    ]

    result = digitize("submit", ROOT / "examples" / "scans" / "desk-photo.jpg", "-o", "job", "-j", "1")

    printed = {tuple(words[1:4]): words[4:] for line in result.stdout.splitlines() if (words := line.split())}
    assert len(rows) == 7
    for *place, text, status, confidence in rows:
        read = printed[tuple(place)]
        assert read[:2] == [text, status]
        assert float(read[2]) == pytest.approx(float(confidence), abs=0.0015)
