"""In plain words: why a number has the status that it has, and what speaks against it."""

from collections.abc import Sequence
from dataclasses import replace
from math import exp, prod

from model.calibration import NumberCalibration, NumberEvidence, log_odds
from worker.acceptance import NEVER
from worker.explain_ink import Fate
from worker.explain_records import EvidenceExplained, WordExplained
from worker.judged_numbers import JudgedNumber
from worker.judgement import CREDIBLE_NUMBER
from worker.records import DigitRecord, Kind, NumberRecord, Status
from worker.sign_text import Sign, probability_of

__all__ = [
    "evidence_told",
    "percent",
    "reasons_of_left_out",
    "reasons_of_number",
    "reasons_of_passed_over",
    "reasons_of_point",
    "reasons_of_word",
]

#: Below this a digit is named as doubtful.
SURE_DIGIT = 0.95
#: What the evidence of a number is told beside: one that leaves no doubt.
CLEAR = NumberEvidence((0.9995,), page_log_odds=log_odds(0.9995), inner_gap=0.15, digit_share=0.97)
#: From here on, in log-odds, something is worth naming that lowers a confidence.
WORTH_LOWERING = -0.3
#: So many doubts are told one by one.
MOST_DOUBTS = 6
#: Other ways to read are named from this share on.
WORTH_NAMING = 0.02


def percent(share: float) -> str:
    """Return a share in words: as exact as it tells something.

    Examples
    --------
    >>> percent(0.9731), percent(0.0004), percent(0.99996)
    ('97.3 %', '0.04 %', 'over 99.99 %')
    """
    if share > 0.9999:
        return "over 99.99 %"
    if share < 0.0001:
        return "under 0.01 %"
    return f"{100 * share:.{1 if 0.01 <= share <= 0.99 else 2}f} %"


def evidence_told(
    evidence: NumberEvidence,
    calibration: NumberCalibration,
    kind: Kind | None = None,
    signs: Sequence[Sign] = (),
) -> tuple[EvidenceExplained, ...]:
    """Tell what a confidence was made from, and what each thing adds to its log-odds.

    The network of ink also says of what `kind` a number is; that adds nothing, and is told beside its share.
    What is told adds up, with what any number begins with, to the log-odds of the confidence. The two
    features of the digits are told together: their weights hold each other in balance.
    """
    clear = replace(CLEAR, confidences=(CLEAR.confidences[0],) * len(evidence.confidences))
    if kind is None:
        # Where no network tells of the ink, no number is the clearer for it.
        clear = replace(clear, digit_share=evidence.digit_share)
    adds = [w * f for w, f in zip(calibration.weights, evidence.features, strict=True)]
    least = [w * f for w, f in zip(calibration.weights, clear.features, strict=True)]
    told = [
        EvidenceExplained(
            name=name,
            value=value,
            adds=round(sum(adds[k] for k in features), 4),
            beside_clear=round(sum(adds[k] - least[k] for k in features), 4),
        )
        for name, value, features in _named(evidence, kind)
    ]
    start = round(calibration.bias, 4)
    return (
        *told,
        *_signs_told(signs, calibration.probability(evidence)),
        EvidenceExplained(name="what any number begins with", value="", adds=start, beside_clear=0.0),
    )


def _named(evidence: NumberEvidence, kind: Kind | None) -> tuple[tuple[str, str, tuple[int, ...]], ...]:
    """Return the name and the value of each thing, and which of the features it is told of."""
    product = prod(min(1.0, confidence) for confidence in evidence.confidences)
    worst = percent(min(1.0, *evidence.confidences))
    return (
        ("how sure its digits are: all of them, the worst", f"{percent(product)}, {worst}", (0, 1)),
        ("how many digits it has", str(len(evidence.confidences)), (2,)),
        ("its height, over that of the page's writing", f"{evidence.height_share:.2f}", (3,)),
        ("how sure all the page's digits are", percent(1 / (1 + exp(-evidence.page_log_odds))), (4,)),
        ("gap to the next number, without a wall, in heights", f"{evidence.outer_gap:.2f}", (5, 8)),
        ("widest gap between its digits, in heights", f"{evidence.inner_gap:.2f}", (6,)),
        ("share of its line that was not read", percent(evidence.unread_share), (7,)),
        ("unread ink beside its ends, in squares of the stroke", f"{evidence.end_ink:.1f}", (9,)),
        ("ink beside them that looks like no digit, likewise", f"{evidence.end_left_out:.1f}", (11,)),
        ("share of its ink that looks like digits, and its kind", _share_of_digits(evidence, kind), (10,)),
    )


def _signs_told(signs: Sequence[Sign], before: float) -> tuple[EvidenceExplained, ...]:
    """Tell what the doubt about its signs takes from a number that would be that sure without them."""
    if not signs:
        return ()
    sure = probability_of(signs)
    adds = round(log_odds(before * sure) - log_odds(before), 4)
    named = " ".join(sign.text for sign in signs)
    return (
        EvidenceExplained(
            name=f"how sure its signs are: {named}", value=percent(sure), adds=adds, beside_clear=adds
        ),
    )


def _share_of_digits(evidence: NumberEvidence, kind: Kind | None) -> str:
    """Say what the network of ink tells of a number, where there is one."""
    return "not told by this model" if kind is None else f"{percent(evidence.digit_share)}, {kind}"


def reasons_of_number(
    number: JudgedNumber,
    words: Sequence[WordExplained],
    evidence: Sequence[EvidenceExplained],
    accept_confidence: float,
) -> tuple[str, ...]:
    """Say why a number has its status, and what else it might be."""
    record = number.record
    sure = percent(record.confidence)
    asked = "more than any number has" if accept_confidence == NEVER else percent(accept_confidence)
    said = []
    if record.status is Status.ACCEPTED:
        said.append(f"Accepted: it is right with {sure}, and {asked} was asked for.")
    elif record.status is Status.REVIEW and record.confidence >= accept_confidence:
        said.append(
            f"For review, though it is sure enough: it is right with {sure}, and {asked} was asked for."
        )
    elif record.status is Status.REVIEW:
        said.append(f"For review: it is right with {sure}; {asked} was asked for.")
    else:
        said.append(f"Rejected: it is right with {sure}; below {percent(CREDIBLE_NUMBER)} nothing is kept.")
    if record.kind is Kind.PRINTED:
        said.append("It looks printed rather than written by hand.")
    said += [f"{doubt.value} Such a number is never accepted." for doubt in number.doubts]
    doubts = [*_doubtful_digits(record.digits), *(told for word in words for told in _other_ways(word))]
    said += doubts[:MOST_DOUBTS]
    if len(doubts) > MOST_DOUBTS:
        said.append(f"There are {len(doubts) - MOST_DOUBTS} further doubts of this kind.")
    worst = min(evidence, key=lambda told: told.beside_clear)
    if record.status is not Status.ACCEPTED and worst.beside_clear < WORTH_LOWERING:
        said.append(f"What lowers its confidence most, beside a clear number: {worst.name} ({worst.value}).")
    return tuple(said)


def reasons_of_word(word: WordExplained) -> tuple[str, ...]:
    """Say why a word that no number was read from is none."""
    best = word.paths[0] if word.paths else None
    if best is not None and best.text and not word.is_number:
        said = (
            f"No number: {percent(word.left_out)} of what stands together here is no digit, and beyond "
            f"{percent(word.most_left_out)} its digits are taken for letters."
        )
    else:
        said = "No number: it is likelier that nothing here is a digit."
    return (said, *_other_ways(word))


def reasons_of_left_out(record: NumberRecord) -> tuple[str, ...]:
    """Say why something that was read as a number is not among the page's."""
    return (
        f"Left out: it reads {record.text} with {percent(record.confidence)} and looks printed, "
        "and the job keeps what is handwritten alone (--printed drop).",
    )


def reasons_of_passed_over(record: NumberRecord, presence: float, least: float) -> tuple[str, ...]:
    """Say why something that was read as a number was passed over."""
    return (
        f"Passed over: it reads {record.text}, but that a number is written here at all is "
        f"{percent(presence)} probable, and {percent(least)} is asked.",
    )


def reasons_of_point(fate: Fate) -> str:
    """Say why there is nothing to explain at a point."""
    return {
        Fate.PAPER: "There is no ink here that stands out from the paper.",
        Fate.RULE: "The ink here was taken for a rule, and out.",
        Fate.MASSIVE: "The ink here is too massive for a pen, and was taken out.",
        Fate.DROPPED: "The ink here was passed over: by size and shape it is no writing "
        "(a speck, a long or massive stroke, the rim of a rule, or the edge of the page).",
        Fate.NO_DIGIT: "The ink here was left out: the network that tells sorts of ink apart says that "
        "hardly any of it belongs to a digit.",
        Fate.WRITING: "The ink here is writing, but nothing of it could be cut out.",
    }[fate]


def _doubtful_digits(digits: Sequence[DigitRecord]) -> list[str]:
    said = []
    for place, digit in enumerate(digits, start=1):
        if digit.confidence >= SURE_DIGIT:
            continue
        others = " or ".join(
            f"{other.text} ({percent(other.probability)})" for other in digit.alternatives[:2]
        )
        read = (
            "has no likely reading"
            if digit.text == "?"
            else f"is {digit.text} with {percent(digit.confidence)}"
        )
        said.append(f"Digit {place} {read}{f'; it may be {others}' if others else ''}.")
    return said


def _other_ways(word: WordExplained) -> list[str]:
    """Name what else a word may be by other cuts, the likeliest first; other digits are told before."""
    shares: dict[str, float] = {}
    best = word.paths[0] if word.paths else None
    for path in word.paths[1:]:
        if best is not None and path.text != best.text and (path.cuts != best.cuts or not path.text):
            shares[path.text] = shares.get(path.text, 0.0) + path.share
    what = f"Part {word.name}" if word.name else "It"
    return [
        f"{what} may be {f'{text}, cut otherwise' if text else 'no number at all'} ({percent(share)})."
        for text, share in sorted(shares.items(), key=lambda item: -item[1])
        if share >= WORTH_NAMING
    ]
