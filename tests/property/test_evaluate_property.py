"""What is true of every comparison, whatever was read."""

import json
import tempfile
from collections import Counter
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fake_readers import number_record
from tests.job_builders import job_of, read_record
from worker.digit_alignment import aligned, edit_distance
from worker.job_evaluation import evaluate_job
from worker.records import Status
from worker.scoring import ReadNumber, compare
from worker.tables import stream_results
from worker.truth import load_truth, truth_of_job
from worker.truth_page import TruthPage

DIGITS = st.text("0123", max_size=12)
NUMBERS = st.lists(st.text("012", min_size=1, max_size=3), max_size=8)
PAGES = st.lists(
    st.lists(
        st.tuples(st.text("0123456789", min_size=1, max_size=4), st.booleans(), st.floats(0, 1)), max_size=5
    ),
    min_size=1,
    max_size=3,
)


def plain_edit_distance(a, b):
    """Return the edit distance as its definition has it."""
    if not a or not b:
        return len(a) + len(b)
    if a[0] == b[0]:
        return plain_edit_distance(a[1:], b[1:])
    return 1 + min(
        plain_edit_distance(a[1:], b), plain_edit_distance(a, b[1:]), plain_edit_distance(a[1:], b[1:])
    )


def page(texts, **of_page):
    return TruthPage((tuple(texts),), **of_page)


def as_read(texts):
    return [ReadNumber(text, number=k) for k, text in enumerate(texts, start=1)]


@given(DIGITS, DIGITS)
def test_an_alignment_goes_through_both_texts_in_order(read, written):
    columns = aligned(read, written)
    assert [i for i, _ in columns if i is not None] == list(range(len(read)))
    assert [j for _, j in columns if j is not None] == list(range(len(written)))


@given(st.text("012", max_size=6), st.text("012", max_size=6))
def test_no_alignment_has_fewer_edits(read, written):
    assert edit_distance(read, written) == plain_edit_distance(read, written)


@given(NUMBERS, NUMBERS, st.booleans(), st.booleans())
def test_every_number_is_paired_once_and_as_many_are_right_as_can_be(read, written, any_order, extra_ok):
    found = compare(as_read(read), page(written, any_order=any_order, extra_ok=extra_ok))
    assert sorted(i for i, _ in found.pairs if i is not None) == list(range(len(read)))
    assert sorted(j for _, j in found.pairs if j is not None) == list(range(len(written)))
    assert found.score.hits == sum((Counter(read) & Counter(written)).values())


@given(NUMBERS, NUMBERS)
def test_digits_are_counted_once_each(read, written):
    for any_order in (False, True):
        digits = compare(as_read(read), page(written, any_order=any_order)).digits
        is_, was = Counter(), Counter()
        for (there, seen), count in digits.items():
            is_[there] += count
            was[seen] += count
        del is_[""], was[""]
        assert is_ == Counter("".join(written))
        assert was == Counter("".join(read))


@given(NUMBERS, st.randoms())
def test_in_any_order_the_order_says_nothing(numbers, random):
    mixed = random.sample(numbers, len(numbers))
    score = compare(as_read(mixed), page(numbers, any_order=True)).score
    assert (score.hits, score.edits) == (len(numbers), 0)


@settings(max_examples=25)
@given(PAGES, st.sampled_from(["csv", "json"]))
def test_a_truth_made_of_the_results_finds_nothing_wrong(pages, format_):
    with tempfile.TemporaryDirectory() as folder:
        job = job_of(Path(folder), range(30, 30 + len(pages)))
        for entry, numbers in zip(job.entries, pages, strict=True):
            records = [
                number_record(
                    text, line=k, status=Status.ACCEPTED if sure else Status.REVIEW, confidence=confidence
                )
                for k, (text, sure, confidence) in enumerate(numbers, start=1)
            ]
            job.write_record(entry.key, read_record(entry, records))
        path = Path(folder) / f"truth.{format_}"
        with path.open("wb") as stream:
            stream_results(job, format_, stream)
        if format_ == "csv" and not any(pages):
            return  # a table of no row tells of no page
        found = evaluate_job(job, truth_of_job(job, load_truth(path)), compared="digits")

    figures = found.as_json()
    json.dumps(figures, allow_nan=False)
    accepted = sum(sure for numbers in pages for _, sure, _ in numbers)
    written = sum(map(len, pages))
    assert (figures["page_f1"], figures["numbers"]["f1"], figures["cer"]) == (1, 1, 0)
    assert figures["numbers"]["recall"]["count"] == written
    assert figures["accepted"]["wrong"]["count"] == 0
    assert figures["accepted"]["coverage"]["count"] == figures["accepted"]["wrong"]["of"] == accepted
    assert found.worst == []
