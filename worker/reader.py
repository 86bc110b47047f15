"""One page's way from pixels to numbers: the recipe, with no queue and no file in sight.

decode (before) → clean, rules, components, lines, cuts, normalize: `segment_page`
→ two calls of the network, for what may stay whole and for what was cut → the best path through each
line → digits to numbers → confidence and status. What reads badly may lie on its side, or
upside down: `read_upright`; or its writing was measured wrong: `surest_look`.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from model.calibration import NumberEvidence
from model.classify import Classifier
from model.contract import CLASSES, to_batch
from model.errors import BundleInvalid
from model.makes import weighed
from segmentation.config import DEFAULT, SegmentationConfig
from segmentation.geometry import Box
from segmentation.page import Page
from segmentation.segment import Segmentation, segment_page
from segmentation.wholes import DigitNetwork
from worker.acceptance import Acceptance, accept_step, acceptance_of
from worker.errors import ModelRefused
from worker.judged_numbers import JudgedNumber, judged_numbers
from worker.left_out import renumbered
from worker.orientation import read_upright, turn_step
from worker.presence import LEAST_PRESENCE, least_presence_of, presence_step
from worker.printed import Printed, no_ink_network, printed_step, without_printed
from worker.records import ModelRecord, NumberRecord, ProcessingStep, WarningRecord
from worker.second_look import looks_for, surest_look
from worker.segment_step import segment_step, segment_warnings

__all__ = ["PageReading", "PageWork", "Reader", "load_reader"]


@dataclass(frozen=True, slots=True)
class PageReading:
    """What reading one page gave.

    Attributes
    ----------
    numbers : tuple of NumberRecord
        In reading order.
    processing : tuple of ProcessingStep
        What was done to the page, and what was measured on it.
    warnings : tuple of WarningRecord
        What the reader of the table should know.
    timings_s : dict of str to float
        Seconds by step.
    evidence : tuple of NumberEvidence
        What the confidence of each number was computed from.
    """

    numbers: tuple[NumberRecord, ...]
    processing: tuple[ProcessingStep, ...]
    warnings: tuple[WarningRecord, ...] = ()
    timings_s: dict[str, float] = field(default_factory=dict)
    evidence: tuple[NumberEvidence, ...] = ()


@dataclass(frozen=True, slots=True)
class PageWork:
    """All that reading one page comes by on its way, for who wants to know how it came to its numbers.

    Attributes
    ----------
    segmentation : Segmentation
        Ink, lines and candidate glyphs.
    probabilities : (N, 11) float32 ndarray
        What the network says of each candidate.
    likely : (N, 11) float32 ndarray
        The same, weighed by what the candidates are made of.
    numbers : tuple of JudgedNumber
        In reading order.
    acceptance : Acceptance
        What the numbers were held against.
    timings_s : dict of str to float
        Seconds by step.
    left_out : tuple of JudgedNumber
        Printed ones that were not wanted, where they stood among all that was read.
    passed_over : tuple of JudgedNumber
        Those that are hardly there, likewise.
    config : SegmentationConfig
        The thresholds by which it was segmented.
    least_presence : float
        How probable it had to be that a number is written there at all.
    """

    segmentation: Segmentation
    probabilities: NDArray[np.float32]
    likely: NDArray[np.float32]
    numbers: tuple[JudgedNumber, ...]
    acceptance: Acceptance
    timings_s: dict[str, float]
    left_out: tuple[JudgedNumber, ...] = ()
    passed_over: tuple[JudgedNumber, ...] = ()
    config: SegmentationConfig = DEFAULT
    least_presence: float = LEAST_PRESENCE

    @property
    def sureness(self) -> list[tuple[int, float]]:
        """Of each number that is there how many digits it has, and how sure it is."""
        whole = self.segmentation.writing.close_up
        there = [number for number in self.numbers if whole or number.presence >= LEAST_PRESENCE]
        return [(len(number.digits), number.record.confidence) for number in there]

    @property
    def digits(self) -> list[tuple[Box, float]]:
        """Where each digit stands, in px of the working page, and how sure it is."""
        return [
            (digit.placed.box, digit.read.confidence) for number in self.numbers for digit in number.digits
        ]

    @property
    def accept_confidence(self) -> float:
        """From which confidence on numbers were accepted; infinite where none was."""
        return self.acceptance.confidence


class Reader:
    """Reads pages with one model; one a process.

    Parameters
    ----------
    classifier : Classifier
        The loaded model.
    """

    def __init__(self, classifier: Classifier) -> None:
        self._classifier = classifier
        self.model = ModelRecord(id=classifier.bundle.id, sha256=classifier.bundle.sha256)
        self.calibration = classifier.calibration

    def read_page(
        self,
        page: Page,
        *,
        accept_confidence: float | None = None,
        max_error_rate: float | None = None,
        printed: Printed = Printed.KEEP,
        least_presence: float | None = None,
    ) -> PageReading:
        """Read one page.

        Parameters
        ----------
        page : Page
            As decoded. Not modified.
        accept_confidence : float, optional
            Numbers at least this sure are accepted; by default what the model's manifest says.
        max_error_rate : float, optional
            The share of wrong numbers among the accepted that is allowed; goes before the other.
        printed : Printed
            Whether printed numbers are kept.
        least_presence : float, optional
            Numbers of which it is less probable that they are written there at all are passed over; by
            default what `least_presence_of` says.

        Returns
        -------
        PageReading
            Without numbers for a blank page.

        Raises
        ------
        ModelRefused
            A share is asked for, and the model was not judged for that; or what is printed is to be left
            out, and it has no network that tells.
        """
        work = self.work_through(
            page,
            accept_confidence=accept_confidence,
            max_error_rate=max_error_rate,
            printed=printed,
            least_presence=least_presence,
        )
        evidence = tuple(number.evidence for number in work.numbers)
        tells_presence = self.calibration.presence is not None
        return PageReading(
            tuple(number.record for number in work.numbers),
            (
                *turn_step(work.segmentation.writing.placement.quarters),
                segment_step(work.segmentation, page, work.config),
                *([presence_step(len(work.passed_over), work.least_presence)] if tells_presence else []),
                *([printed_step(len(work.left_out))] if printed is Printed.DROP else []),
                accept_step(work.acceptance, evidence, self.calibration.usual_pages),
            ),
            segment_warnings(work.segmentation, len(work.numbers) + len(work.left_out)),
            work.timings_s,
            evidence,
        )

    def work_through(
        self,
        page: Page,
        *,
        accept_confidence: float | None = None,
        max_error_rate: float | None = None,
        printed: Printed = Printed.KEEP,
        least_presence: float | None = None,
    ) -> PageWork:
        """Read one page as :meth:`read_page` does, and keep what it came by on the way."""
        acceptance = acceptance_of(
            self.calibration,
            self.model.id,
            accept_confidence=accept_confidence,
            max_error_rate=max_error_rate,
        )
        if printed is Printed.DROP and self._classifier.ink is None:
            raise no_ink_network(self.model.id)
        started = time.perf_counter()
        read = partial(self._work, page, acceptance)
        upright = read_upright(read, self._classify)
        quarters = upright.segmentation.writing.placement.quarters
        turned = time.perf_counter()
        surest = surest_look(upright, lambda config: read(quarters, config), looks_for(upright.segmentation))
        read_again_s = time.perf_counter() - turned
        least = least_presence_of(printed) if least_presence is None else least_presence
        work = _credible(surest, least)
        if printed is Printed.DROP:
            work = _by_hand(work)
        turning = turned - started - sum(upright.timings_s.values())
        again = read_again_s - (0 if work.config is DEFAULT else sum(work.timings_s.values()))
        return replace(work, timings_s={"turn": turning, **work.timings_s, "again": again})

    def _classify(self, glyphs: NDArray[np.uint8]) -> NDArray[np.float32]:
        return self._classifier.predict(to_batch(glyphs))

    def _look(self, glyphs: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return the probabilities of glyphs, and beside them what they were decided by, if that is told."""
        answers = self._classifier.look(to_batch(glyphs))
        if answers.embeddings is None:
            return answers.probabilities
        return np.hstack([answers.probabilities, answers.embeddings])

    def _work(
        self, page: Page, acceptance: Acceptance, quarters: int = 0, config: SegmentationConfig = DEFAULT
    ) -> PageWork:
        """Read a page turned by so many quarters."""
        started = time.perf_counter()
        asking = _Timed(self._look)
        segmentation = segment_page(
            page.pixels,
            config,
            quarters=quarters,
            network=self._classifier.ink,
            digits=asking,
        )
        segmented = time.perf_counter()
        told = segmentation.told
        assert told is not None  # there was a network
        probabilities, embeddings = told[:, :CLASSES], told[:, CLASSES:]
        makes = [candidate.make for strip in segmentation.strips for candidate in strip.candidates]
        likely = weighed(probabilities, makes, self.calibration.makes)
        numbers = judged_numbers(
            page,
            segmentation,
            likely,
            self.calibration,
            acceptance.confidence,
            embeddings if embeddings.size else None,
        )
        timings = {
            "segment": segmented - started - asking.seconds,
            "classify": asking.seconds,
            "decide": time.perf_counter() - segmented,
        }
        return PageWork(segmentation, probabilities, likely, numbers, acceptance, timings, config=config)


class _Timed:
    """A network that counts the seconds that it takes."""

    def __init__(self, network: DigitNetwork) -> None:
        self._network = network
        self.seconds = 0.0

    def __call__(self, glyphs: NDArray[np.uint8]) -> NDArray[np.float32]:
        started = time.perf_counter()
        told = self._network(glyphs)
        self.seconds += time.perf_counter() - started
        return told


def load_reader(model: Path | None = None) -> Reader:
    """Load a reader, with the shipped model unless a model folder is named.

    Raises
    ------
    ModelRefused
        The folder is missing, damaged or no model of this kind.
    """
    try:
        return Reader(Classifier.load(model))
    except BundleInvalid as error:
        raise ModelRefused(str(error)) from error


def _credible(work: PageWork, least: float) -> PageWork:
    """Pass over what is most probably nothing; whatever else is on the page is read just as it is with it.

    What fills a whole picture is there, however it reads.
    """
    work = replace(work, least_presence=least)
    if work.segmentation.writing.close_up:
        return work
    there = [number.presence >= least for number in work.numbers]
    kept, passed_over = _parted(
        work.numbers, renumbered([number.record for number in work.numbers], there.__getitem__)
    )
    return replace(work, numbers=kept, passed_over=passed_over)


def _by_hand(work: PageWork) -> PageWork:
    """Leave out what is printed, last of all: whatever else is on the page is read just as it is with it."""
    kept, left_out = _parted(work.numbers, without_printed([number.record for number in work.numbers]))
    return replace(work, numbers=kept, left_out=left_out)


def _parted(
    numbers: tuple[JudgedNumber, ...], anew: Sequence[NumberRecord | None]
) -> tuple[tuple[JudgedNumber, ...], tuple[JudgedNumber, ...]]:
    """Part numbers into those that have a new record, with that, and those that have none."""
    both = list(zip(numbers, anew, strict=True))
    kept = tuple(replace(number, record=record) for number, record in both if record is not None)
    return kept, tuple(number for number, record in both if record is None)
