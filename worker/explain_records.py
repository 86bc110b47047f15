"""What is told of how something on a page was read: figures and words, as JSON holds them."""

from worker.records import BoxRecord, NumberRecord, Probability, Record

__all__ = [
    "CandidateExplained",
    "ClassShare",
    "EvidenceExplained",
    "Explanation",
    "PageMap",
    "PathExplained",
    "WordExplained",
]


class ClassShare(Record):
    """How likely a candidate is of one class, as the network says and after weighing how it was made."""

    text: str
    network: Probability
    weighed: Probability


class CandidateExplained(Record):
    """One candidate glyph: pieces ``first`` to ``last`` of its word, counted from 1, as one symbol.

    ``glyph`` counts the page's candidates from 0. ``made`` is whole, joined or part. ``made_log_odds``
    is what that says for its being a digit, ``shape_log_odds`` what its size says, 0 where nothing is
    odd. ``read_as`` is the digit that it was read as, null where it is on no path.
    """

    glyph: int
    first: int
    last: int
    box: BoxRecord
    made: str
    made_log_odds: float
    shape_log_odds: float
    classes: tuple[ClassShare, ...]
    read_as: str | None = None


class PathExplained(Record):
    """One way to read a word: ``cuts`` are its pieces, those left out in brackets; no text is no number."""

    text: str
    cuts: str
    score: float
    share: Probability


class WordExplained(Record):
    """What stands close together, of which a number has its digits, with what it could be read as.

    ``first`` and ``last`` are the pieces that paths are told for. ``left_out`` is the share that was
    not read: beyond ``most_left_out`` the whole word is taken for letters.
    """

    name: str
    line_of_ink: int
    pieces: tuple[BoxRecord, ...]
    first: int
    last: int
    is_number: bool
    left_out: Probability
    most_left_out: Probability
    candidates: tuple[CandidateExplained, ...]
    paths: tuple[PathExplained, ...]


class EvidenceExplained(Record):
    """One thing that the confidence was made from: what it is, its value, and what it adds in log-odds.

    ``beside_clear`` is how much more or less that is than what a clear number of as many digits gets.
    """

    name: str
    value: str
    adds: float
    beside_clear: float


class Explanation(Record):
    """How one number was read, or what became of what stands at a point.

    ``number`` counts the numbers of the page from 1; it and ``record`` are null where there is none.
    ``accept_confidence`` is null where no number is sure enough for the share of errors asked for.
    ``as_in_job`` tells whether the page's file in the job says the same of it.
    """

    file: str
    page: int
    model: str
    number: int | None
    numbers: int
    record: NumberRecord | None
    accept_confidence: Probability | None
    reasons: tuple[str, ...]
    words: tuple[WordExplained, ...]
    evidence: tuple[EvidenceExplained, ...] = ()
    as_in_job: bool = True


class PageMap(Record):
    """What was found on a page: all its numbers, and how much else."""

    file: str
    page: int
    model: str
    numbers: tuple[NumberRecord, ...]
    cells: tuple[BoxRecord, ...]
    lines_of_ink: int
    words_left_out: tuple[BoxRecord, ...]
    printed_left_out: tuple[BoxRecord, ...] = ()
    writing_height_px: float
    stroke_px: float
    components: int
    as_in_job: bool = True
