"""Writes folders of drawn pages with a file that tells what is on them."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from zlib import crc32

import cv2
import numpy as np
import numpy.typing as npt

from model.synth.digits import DigitSource
from model.synth.page import SynthPage, make_page

__all__ = ["TRUTH", "encoded", "page_rng", "truth_of", "write_pages", "write_truth"]

#: Name of the file that tells what is on the pages.
TRUTH = "truth.json"
#: Kinds that come out of a camera, and so as JPEG.
CAMERA_KINDS = frozenset({"photo", "shadowed", "noisy"})
JPEG_QUALITY = 88


def write_pages(
    folder: Path,
    *,
    source: DigitSource,
    kinds: Sequence[str],
    pages_per_kind: int,
    seed: int,
    fonts: Sequence[Path] = (),
) -> Iterator[Path]:
    """Draw pages and write them, and when the last is written the truth.

    Parameters
    ----------
    folder : Path
        Made when it is not there; files of the same name are replaced.
    source : DigitSource
        Digits to write with.
    kinds : sequence of str
        Which kinds of page; each comes out the same whatever the others are.
    pages_per_kind : int
        How many of each.
    seed : int
        The same seed gives the same bytes.
    fonts : sequence of Path
        TrueType files for printed words, besides the faces that come with OpenCV.

    Yields
    ------
    Path
        Each page's file, once it is written.

    Raises
    ------
    ValueError
        There is no such kind of page, or a file is no font.
    """
    folder.mkdir(parents=True, exist_ok=True)
    truths = []
    for kind in kinds:
        for index in range(pages_per_kind):
            page = make_page(page_rng(seed, kind, index), source, kind, fonts=fonts)
            path = folder / f"{kind}-{index + 1:03d}{_suffix(kind)}"
            path.write_bytes(encoded(page.pixels, _suffix(kind)))
            truths.append(truth_of(page, path.name))
            yield path
    write_truth(folder / TRUTH, truths)


def page_rng(seed: int, kind: str, index: int) -> np.random.Generator:
    """Return the source of chance for one page."""
    return np.random.default_rng([seed, crc32(kind.encode()), index])


def encoded(pixels: npt.NDArray[np.uint8], suffix: str) -> bytes:
    """Return the pixels as a PNG or JPEG file."""
    flags = [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY] if suffix == ".jpg" else []
    _, data = cv2.imencode(suffix, pixels, flags)
    return bytes(data.tobytes())


def truth_of(page: SynthPage, file: str) -> dict[str, Any]:
    """Return what is on a page: nothing but the numbers of `rows`, their gaps plain to see."""
    return {
        "file": file,
        "rows": [[number.text for number in row] for row in page.rows],
        "extra_ok": False,
        "join": False,
        "layout": page.layout,
        "kind": page.kind,
    }


def write_truth(path: Path, truths: Sequence[dict[str, Any]]) -> None:
    """Write the truth of pages, one page a line."""
    lines = ",\n".join(json.dumps(truth) for truth in truths)
    path.write_text(f"[\n{lines}\n]\n", encoding="utf-8")


def _suffix(kind: str) -> str:
    """Return how files of a kind are named at the end."""
    return ".jpg" if kind in CAMERA_KINDS else ".png"
