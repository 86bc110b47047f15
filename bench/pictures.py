"""``make pictures``: the pictures of docs/reading.md, of a hard page that the project draws itself.

    python -m bench.pictures [FOLDER] [--model DIR]

The page comes out the same every time; what is read of it is up to the model, so that the pictures are
made anew whenever the model or the reading changes.
"""

import argparse
import tempfile
from pathlib import Path
from typing import Final

import cv2
import numpy as np

from bench.picture_panels import confidence_panel, lattice_panel, layout_panel, light_png, sorts_panel
from model.synth.clutter_strokes import marks, tallies
from model.synth.clutter_text import hand_lines, paragraph, printed_numbers
from model.synth.digits import DigitSource
from model.synth.lettering import BUILTIN_LETTERINGS, Lettering
from model.synth.page import SynthPage, make_page
from model.synth.spoiling import strike_out
from model.synth.surroundings import Surroundings
from model.synth.write import encoded, page_rng
from model.synth.writer import Board, Writer
from worker.explain import explain_number
from worker.explain_job import PageAgain, read_again
from worker.explain_records import Explanation
from worker.explain_words import PlacedWord, words_of_number
from worker.job_folder import ReadOptions
from worker.jobs import Job, PageEntry
from worker.overlay import draw_overlay
from worker.page_task import process_page
from worker.records import Kind, Status

__all__ = ["hard_page", "write_pictures"]

#: Where the guide looks for them.
FOLDER: Final = Path(__file__).parent.parent / "docs" / "images" / "reading"
#: Kind and seed of the page: one on which all that is told of can be seen.
KIND, SEED = "photo", 16
#: Longer side of the page with what was read on it, in px.
OVERLAY_PX: Final = 900
#: What is put on the page around its numbers, after some of these were crossed out.
_THINGS: Final = (printed_numbers, paragraph, hand_lines, tallies, marks, printed_numbers, hand_lines)


def hard_page() -> SynthPage:
    """Draw a photo of a form with print, words by hand, tallies and numbers that were crossed out."""
    return make_page(page_rng(SEED, KIND, 0), DigitSource.builtin(), KIND, around=_surround)


def write_pictures(folder: Path, model: Path | None = None) -> list[Path]:
    """Read the page and draw how: overlay, sorts of ink, layout, lattice and confidence of a number.

    Parameters
    ----------
    folder : Path
        Made where it is not there; files of the same name are replaced.
    model : Path, optional
        By default the shipped one.

    Returns
    -------
    list of Path
        What was written.

    Raises
    ------
    ValueError
        The model has no network of ink, or reads no number on the page.
    """
    with tempfile.TemporaryDirectory() as scratch:
        again = _read(Path(scratch), model)
    word, ordinal = _telling_word(again)
    told = explain_number(again, ordinal).told
    assert isinstance(told, Explanation)
    overlay = draw_overlay(again.page, [number.record for number in again.work.numbers])
    scale = OVERLAY_PX / max(overlay.shape)
    small = cv2.resize(overlay, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    pictures = {
        "overlay.png": np.asarray(small, np.uint8),
        "sorts.png": sorts_panel(again.work),
        "layout.png": layout_panel(again.work),
        "lattice.png": lattice_panel(again, word),
        "confidence.png": confidence_panel(told),
    }
    folder.mkdir(parents=True, exist_ok=True)
    for name, picture in pictures.items():
        (folder / name).write_bytes(light_png(picture))
    return [folder / name for name in pictures]


def _surround(
    rng: np.random.Generator, board: Board, writer: Writer, letterings: tuple[Lettering, ...] = ()
) -> None:
    """Put a bit of everything around the numbers."""
    around = Surroundings(rng, board, writer, (*BUILTIN_LETTERINGS, *letterings))
    strike_out(around)
    for put in _THINGS:
        put(around)


def _read(folder: Path, model: Path | None) -> PageAgain:
    """Read the page as any page is read, in a job of its own."""
    path = folder / "hard-page.jpg"
    path.write_bytes(encoded(hard_page().pixels, ".jpg"))
    entry = PageEntry.of(path, name=path.name)
    job = Job.create(folder / "job", [entry], [], ReadOptions(model=None if model is None else str(model)))
    process_page(job, entry, attempt=1)
    return read_again(job, entry)


def _telling_word(again: PageAgain) -> tuple[PlacedWord, int]:
    """Return a word that is one long number by hand in as many pieces as any, and which number that is."""
    best: tuple[tuple[int, int], PlacedWord, int] | None = None
    for ordinal, number in enumerate(again.work.numbers, start=1):
        words = words_of_number(again.work, number.digits)
        if len(words) != 1 or number.record.status is Status.REJECTED or number.record.kind is Kind.PRINTED:
            continue
        word = words[0][0]
        if len(word.word.reads) == len(number.digits):
            found = ((len(number.digits), len(word.word.candidates)), word, ordinal)
            best = found if best is None or found[0] > best[0] else best
    if best is None:
        raise ValueError("no number by hand was read whole on the page")
    return best[1], best[2]


def main() -> None:
    """Write the pictures, and name them."""
    parser = argparse.ArgumentParser(prog="python -m bench.pictures", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=FOLDER)
    parser.add_argument("--model", type=Path, help="a model's folder; by default the shipped one")
    chosen = parser.parse_args()
    for path in write_pictures(chosen.folder, chosen.model):
        print(path, path.stat().st_size)


if __name__ == "__main__":
    main()
