"""The words of a page that was read, with their candidates and the ways to read them."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import log

import numpy as np
from numpy.typing import NDArray

from model.contract import DIGITS, NOT_A_DIGIT
from model.lattice import Edge
from model.lattice_paths import RankedPath, ranked_paths
from segmentation.candidates import JOINED, PART, WHOLE, Candidate, Strip
from segmentation.geometry import Box, union
from segmentation.page import Page
from worker.explain_records import CandidateExplained, ClassShare, PathExplained, WordExplained
from worker.number_records import Found
from worker.reader import PageWork
from worker.records import BoxRecord
from worker.strips import edges_of
from worker.words import MOST_LETTERS, Word, edges_in, words_of

__all__ = ["NOT_ONE", "PlacedWord", "explained_word", "on_page", "words_of_line", "words_of_number"]

#: What stands for the class of all that is no digit.
NOT_ONE = "-"
#: Ways to read a word, and classes of a candidate, that are told.
MOST_PATHS, MOST_CLASSES = 8, 3

_MADE = {WHOLE: "whole", JOINED: "joined", PART: "part"}


@dataclass(frozen=True, slots=True)
class PlacedWord:
    """A word, where it stands.

    Attributes
    ----------
    line : int
        Index of its strip.
    strip : Strip
        The line.
    first_glyph : int
        Index of the line's first candidate among those of the page.
    edges : sequence of Edge
        Of the whole line.
    word : Word
        Its pieces and what they read.
    """

    line: int
    strip: Strip
    first_glyph: int
    edges: Sequence[Edge]
    word: Word

    @property
    def box(self) -> Box:
        """Around its pieces, in px of the working page."""
        return union(self.strip.pieces[self.word.start : self.word.stop])


def words_of_line(work: PageWork, line: int) -> Iterator[PlacedWord]:
    """Yield the words of one line of a page, as reading parted them."""
    strips = work.segmentation.strips
    strip = strips[line]
    first = sum(len(other.candidates) for other in strips[:line])
    edges = edges_of(strip, work.segmentation.writing.size.height_px)
    for word in words_of(strip, edges, work.likely[first : first + len(strip.candidates)]):
        yield PlacedWord(line, strip, first, edges, word)


def words_of_number(work: PageWork, digits: Sequence[Found]) -> list[tuple[PlacedWord, tuple[int, int]]]:
    """Return the words that hold digits of a number, and the pieces of each from first to last digit."""
    by_line: dict[int, set[int]] = defaultdict(set)
    for digit in digits:
        by_line[digit.placed.strip].add(digit.read.edge)
    found = []
    for line, edges in by_line.items():
        for placed in words_of_line(work, line):
            own = [placed.strip.candidates[k] for k in placed.word.candidates if k in edges]
            if own:
                found.append((placed, (min(c.start for c in own), max(c.stop for c in own))))
    return found


def explained_word(
    work: PageWork,
    page: Page,
    placed: PlacedWord,
    likelihoods: NDArray[np.float64] | None,
    *,
    name: str,
    span: tuple[int, int] | None = None,
) -> WordExplained:
    """Tell of a word what it could be read as.

    Parameters
    ----------
    work : PageWork
        Of the page.
    page : Page
        Boxes are given in its px.
    placed : PlacedWord
        The word.
    likelihoods : (MAKES, CLASSES) float64 ndarray or None
        Of the model.
    name : str
        What to call it.
    span : (int, int), optional
        Half-open range of the strip's pieces that paths and candidates are told for; by default all
        of the word.
    """
    word, strip = placed.word, placed.strip
    first, last = (word.start, word.stop) if span is None else span
    inside = word.candidates
    glyphs = [placed.first_glyph + k for k in inside]
    paths = ranked_paths(
        word.stop - word.start,
        edges_in(placed.edges, inside, word.start),
        work.likely[glyphs],
        most=MOST_PATHS,
        span=(first - word.start, last - word.start),
    )
    reads = {read.edge: read.text for read in word.reads}
    return WordExplained(
        name=name,
        line_of_ink=placed.line + 1,
        pieces=tuple(on_page(work, page, box) for box in strip.pieces[word.start : word.stop]),
        first=first - word.start + 1,
        last=last - word.start,
        is_number=word.is_number,
        left_out=word.letters,
        most_left_out=MOST_LETTERS,
        candidates=tuple(
            _candidate(work, page, placed, k, likelihoods, reads.get(k))
            for k in inside
            if strip.candidates[k].start < last and first < strip.candidates[k].stop
        ),
        paths=tuple(_path(path, [strip.candidates[k] for k in inside], word.start) for path in paths),
    )


def on_page(work: PageWork, page: Page, box: Box) -> BoxRecord:
    """Return a box of the working page in px of the page."""
    found = work.segmentation.writing.placement.on_page(box).clipped(page.width, page.height)
    return BoxRecord(x=found.left, y=found.top, width=found.width, height=found.height)


def _candidate(
    work: PageWork,
    page: Page,
    placed: PlacedWord,
    edge: int,
    likelihoods: NDArray[np.float64] | None,
    read_as: str | None,
) -> CandidateExplained:
    candidate = placed.strip.candidates[edge]
    glyph = placed.first_glyph + edge
    network, likely = work.probabilities[glyph], work.likely[glyph]
    order = np.argsort(-likely, kind="stable")[:MOST_CLASSES]
    digit = int(likely[:NOT_A_DIGIT].argmax())
    odds = (
        0.0
        if likelihoods is None
        else log(likelihoods[candidate.make, digit] / likelihoods[candidate.make, NOT_A_DIGIT])
    )
    return CandidateExplained(
        glyph=glyph,
        first=candidate.start - placed.word.start + 1,
        last=candidate.stop - placed.word.start,
        box=on_page(work, page, candidate.box),
        made=_MADE[candidate.make],
        made_log_odds=round(odds, 3),
        shape_log_odds=round(placed.edges[edge].prior, 3),
        classes=tuple(
            ClassShare(
                text=(DIGITS + NOT_ONE)[k],
                network=_share(float(network[k])),
                weighed=_share(float(likely[k])),
            )
            for k in order
        ),
        read_as=read_as,
    )


def _path(path: RankedPath, candidates: Sequence[Candidate], start: int) -> PathExplained:
    return PathExplained(
        text=path.text,
        cuts=" ".join(_cut_names(path, candidates, start)),
        score=round(path.score, 3),
        share=_share(path.share),
    )


def _cut_names(path: RankedPath, candidates: Sequence[Candidate], start: int) -> Iterator[str]:
    """Yield the pieces of each step, counted from 1; neighbours that are left out come together."""
    for left_out, steps in groupby(path.steps, key=lambda step: step[1] is None):
        runs = [(candidates[edge].start - start + 1, candidates[edge].stop - start) for edge, _ in steps]
        if left_out:
            yield f"({_run_name(runs[0][0], runs[-1][1])})"
        else:
            yield from (_run_name(first, last) for first, last in runs)


def _run_name(first: int, last: int) -> str:
    return str(first) if first == last else f"{first}-{last}"


def _share(value: float) -> float:
    return min(1.0, max(0.0, round(value, 6)))
