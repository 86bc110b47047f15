"""Pages that ask for more memory than one page may have: each costs itself and nothing else."""

import csv
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.builders import encoded
from tests.builders_pdf import nested_pdf

pytestmark = [
    pytest.mark.usefixtures("ink_reader"),
    pytest.mark.skipif(sys.platform != "linux", reason="memory is limited on Linux only"),
]


@pytest.fixture(autouse=True)
def little_memory(monkeypatch, digitize):
    """Let a page cost 64 MB, once; after the fixture that takes the environment's settings away."""
    monkeypatch.setenv("DIGITIZE_MAX_MEMORY_MB", "64")
    monkeypatch.setenv("DIGITIZE_MAX_ATTEMPTS", "1")


def good_page():
    pixels = np.full((60, 90), 255, np.uint8)
    pixels[20:40, 30:34] = 0
    return encoded(pixels, "png")


def failures():
    with Path("job/errors.csv").open(encoding="utf-8", newline="") as stream:
        return {row["file"]: (row["code"], row["message"]) for row in csv.DictReader(stream)}


def test_a_small_pdf_that_unfolds_without_end_is_stopped(digitize, capfd):
    # Half a million strokes: 400 MB in the renderer. Without a limit the page would be read.
    Path("bomb.pdf").write_bytes(nested_pdf(5))
    Path("good.png").write_bytes(good_page())

    result = digitize("submit", "bomb.pdf", "good.png", "-o", "job", "-j", "1")

    assert result.exit_code == 3
    assert [*failures()] == ["bomb.pdf"]
    code, message = failures()["bomb.pdf"]
    assert code == "worker-lost"
    assert "max_memory_mb (64)" in message
    assert "good.png" in Path("job/results.csv").read_text(encoding="utf-8")
    assert "terminate" not in capfd.readouterr().err


@pytest.mark.parametrize(
    ("name", "shape", "options"),
    [
        ("transparent.png", (4000, 4000, 4), ()),
        ("deep.png", (5000, 5000), ()),
        ("progressive.jpg", (6000, 6000, 3), (2, 1)),
        ("large.jpg", (9000, 9000), ()),
        ("large.webp", (5000, 5000, 3), ()),
        ("large.bmp", (5000, 5000, 3), ()),
        ("large.tiff", (9000, 9000), (259, 5)),
    ],
)
def test_a_picture_that_is_too_large_for_the_limit_is_named_so(digitize, name, shape, options):
    pixels = np.full(shape, 255, np.uint16 if name == "deep.png" else np.uint8)
    Path(name).write_bytes(encoded(pixels, Path(name).suffix[1:], *options))
    Path("good.png").write_bytes(good_page())

    result = digitize("submit", name, "good.png", "-o", "job", "-j", "1")

    assert result.exit_code == 3
    assert {file: code for file, (code, _) in failures().items()} == {name: "out-of-memory"}
    assert "good.png" in Path("job/results.csv").read_text(encoding="utf-8")
