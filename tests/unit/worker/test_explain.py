"""What is told of a number is what it was read by: the same candidates, paths and confidence."""

import hashlib
import json
import math
import shutil
from collections import Counter
from dataclasses import replace
from types import SimpleNamespace

import cv2
import numpy as np
import pytest

from model.bundle import shipped_bundle
from model.classify import Classifier
from model.contract import to_batch
from model.makes import weighed
from model.synth.digits import DigitSource
from model.synth.page import make_page
from segmentation.segment import segment_page
from worker.doubts import Doubt
from worker.errors import ModelRefused, NoUsableInput, UsageError
from worker.explain import explain, explain_number, explain_point, map_page
from worker.explain_ink import piece_image
from worker.explain_job import read_again
from worker.explain_records import Explanation, PageMap
from worker.explain_words import words_of_line
from worker.job_folder import ReadOptions
from worker.jobs import Job, PageEntry
from worker.page_task import process_page
from worker.records import Status
from worker.words import MOST_LETTERS

#: Each kind of page with the seed that it is drawn from.
KINDS = {"clean": 4, "boxes": 1, "labelled": 2, "touching": 2}


@pytest.fixture(scope="module")
def read_job(tmp_path_factory):
    """A job of a page of each kind, read by the shipped model."""
    folder = tmp_path_factory.mktemp("read")
    entries = []
    for kind, seed in KINDS.items():
        path = folder / f"{kind}.png"
        cv2.imwrite(str(path), make_page(np.random.default_rng(seed), DigitSource.builtin(), kind).grey)
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        entries.append(PageEntry.of(path, name=path.name, sha256=digest))
    job = Job.create(folder / "job", entries, [], ReadOptions())
    for entry in entries:
        process_page(job, entry, attempt=1)
    return job


@pytest.fixture(scope="module")
def pages(read_job):
    return {entry.name.removesuffix(".png"): read_again(read_job, entry) for entry in read_job.entries}


@pytest.fixture
def job(read_job, tmp_path):
    """A copy whose files may be spoilt."""
    entries = []
    for entry in read_job.entries:
        path = tmp_path / entry.name
        shutil.copy(entry.file, path)
        entries.append(PageEntry.of(path, name=entry.name, sha256=entry.sha256))
    job = Job.create(tmp_path / "job", entries, [], ReadOptions())
    process_page(job, entries[0], attempt=1)
    return job


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_that_is_read_again_reads_as_it_did(pages, kind):
    again = pages[kind]

    assert again.as_in_job
    assert again.record.numbers
    assert tuple(n.record for n in again.work.numbers) == again.reader.read_page(again.page).numbers


@pytest.mark.parametrize("kind", KINDS)
def test_the_candidates_that_were_read_and_the_best_paths_are_those_of_the_number(pages, kind):
    again = pages[kind]
    for ordinal, record in enumerate(again.record.numbers, start=1):
        told = explain_number(again, ordinal).told

        assert (told.number, told.record, told.as_in_job) == (ordinal, record, True)
        # Another number of the same word may share a candidate's ink with this one, but none of its digits.
        read = [c for word in told.words for c in word.candidates if c.read_as is not None]
        boxes = Counter((digit.box, digit.text) for digit in record.digits if digit.text != "?")
        assert not boxes - Counter((candidate.box, candidate.read_as) for candidate in read)
        best = [word.paths[0] for word in told.words]
        assert sum(len(path.text) for path in best) == len(record.digits)
        if "?" not in record.text:
            assert sorted("".join(path.text for path in best)) == sorted(record.text)


def test_a_candidate_is_told_with_what_the_network_says_of_its_glyph(pages):
    again = pages["boxes"]
    work, glyphs = again.work, again.work.segmentation.glyphs
    network = Classifier.load().predict(to_batch(glyphs))
    makes = [c.make for strip in work.segmentation.strips for c in strip.candidates]
    likely = weighed(network, makes, again.reader.calibration.makes)

    told = [c for word in explain_number(again, 1).told.words for c in word.candidates]

    assert told
    for candidate in told:
        shares = [share.weighed for share in candidate.classes]
        assert shares == sorted(shares, reverse=True)
        for share in candidate.classes:
            column = "0123456789-".index(share.text)
            assert share.network == pytest.approx(network[candidate.glyph, column], abs=2e-6)
            assert share.weighed == pytest.approx(likely[candidate.glyph, column], abs=2e-6)
        assert candidate.made == ("whole", "joined", "part")[makes[candidate.glyph]]


@pytest.mark.parametrize("kind", ["clean", "labelled"])
def test_a_single_digit_is_as_likely_as_the_ways_that_read_it(pages, kind):
    again = pages[kind]
    seen = 0
    for ordinal, record in enumerate(again.record.numbers, start=1):
        if len(record.digits) != 1:
            continue
        (word,) = explain_number(again, ordinal).told.words
        best = word.paths[0]
        own = sum(path.share for path in word.paths if path.text == record.text and path.cuts == best.cuts)
        others = sum(path.share for path in word.paths if path.text != record.text)
        assert own - 1e-3 <= record.digits[0].confidence <= 1 - others + 1e-3
        seen += 1
    assert seen


@pytest.mark.parametrize("kind", KINDS)
def test_the_evidence_adds_up_to_the_confidence(pages, kind):
    again = pages[kind]
    for ordinal, record in enumerate(again.record.numbers, start=1):
        total = sum(told.adds for told in explain_number(again, ordinal).told.evidence)

        assert 1 / (1 + math.exp(-total)) == pytest.approx(record.confidence, abs=1e-3)


def test_reasons_begin_with_the_status_and_what_was_asked_for(pages):
    again = pages["clean"]
    begin = {Status.ACCEPTED: "Accepted: ", Status.REVIEW: "For review", Status.REJECTED: "Rejected: "}
    for ordinal, number in enumerate(again.work.numbers, start=1):
        reasons = explain_number(again, ordinal).told.reasons

        assert reasons[0].startswith(begin[number.record.status])


def test_a_number_that_is_sure_enough_and_doubted_is_told_as_both(pages):
    again = pages["clean"]
    place = next(
        k for k, found in enumerate(again.work.numbers, start=1) if found.record.status is Status.ACCEPTED
    )
    sure = again.work.numbers[place - 1]
    review = sure.record.model_copy(update={"status": Status.REVIEW})
    numbers = [*again.work.numbers]
    numbers[place - 1] = replace(sure, record=review, doubts=(Doubt.SLASH,))

    told = explain_number(replace(again, work=replace(again.work, numbers=tuple(numbers))), place).told

    assert told.reasons[0].startswith("For review, though it is sure enough: ")
    assert told.reasons[1].startswith(Doubt.SLASH.value)


def test_each_doubt_of_a_number_is_told_and_no_other(pages):
    again = pages["clean"]
    for doubts in [(), *((doubt,) for doubt in Doubt), tuple(Doubt)]:
        doubted = replace(again.work.numbers[0], doubts=doubts)
        work = replace(again.work, numbers=(doubted, *again.work.numbers[1:]))

        reasons = explain_number(replace(again, work=work), 1).told.reasons

        told = [doubt for doubt in Doubt if any(doubt.value in reason for reason in reasons)]
        assert tuple(told) == doubts


def test_what_the_job_says_otherwise_is_told(pages):
    again = pages["clean"]
    other = again.record.numbers[0].model_copy(update={"text": "4711"})
    record = again.record.model_copy(update={"numbers": (other, *again.record.numbers[1:])})
    changed = replace(again, record=record)

    assert not explain_number(changed, 1).told.as_in_job
    assert explain_number(changed, 2).told.as_in_job
    assert not map_page(changed).as_in_job


def test_a_point_of_a_number_explains_that_number(pages):
    again = pages["clean"]
    box = again.record.numbers[2].box

    assert explain_point(again, (box.x + box.width // 2, box.y + box.height // 2)).told.number == 3


def test_a_point_on_empty_paper_says_so_and_one_beyond_the_page_is_refused(pages):
    again = pages["clean"]

    explained = explain_point(again, (0, 0))
    assert (explained.told.record, explained.told.words) == (None, ())
    assert explained.told.reasons == ("There is no ink here that stands out from the paper.",)
    with pytest.raises(UsageError, match="lies outside of the page"):
        explain_point(again, (again.page.width, 0))


def test_a_word_that_is_no_number_tells_why(pages):
    again = pages["labelled"]
    read = {(number.box.x, number.box.y) for number in again.record.numbers}
    left_out = [box for box in map_page(again).words_left_out if (box.x, box.y) not in read]
    if not left_out:
        pytest.skip("everything on this page is a number")
    for box in left_out:
        explained = explain_point(again, (box.x + box.width // 2, box.y + box.height // 2))
        if explained.told.record is None:
            (word,) = explained.told.words
            assert not word.is_number
            assert word.paths[0].text == "" or word.left_out > MOST_LETTERS
            assert explained.told.reasons[0].startswith("No number: ")


@pytest.mark.parametrize("kind", KINDS)
def test_a_map_has_all_numbers_and_all_words_that_are_none(pages, kind):
    again = pages[kind]
    words = [w for k in range(len(again.work.segmentation.strips)) for w in words_of_line(again.work, k)]

    told = map_page(again)

    assert told.numbers == again.record.numbers
    assert len(told.words_left_out) == sum(not placed.word.is_number for placed in words)
    assert len(told.cells) == len(again.work.segmentation.writing.cells)


def test_a_number_a_point_and_a_page_are_found_by_what_is_typed(read_job):
    assert explain(read_job, "clean.png:1:2").told.number == 2
    assert isinstance(explain(read_job, "clean.png:1:@0,0").told, Explanation)
    assert isinstance(explain(read_job, "clean.png:1").told, PageMap)


def _assert_pieces_are_those_of_the_strips(segmentation):
    for index, strip in enumerate(segmentation.strips):
        image, frame = piece_image(segmentation, index)
        assert int(image.max()) == len(strip.pieces)
        for number, piece in enumerate(strip.pieces, start=1):
            rows, columns = np.nonzero(image == number)
            assert (frame.left + columns.min(), frame.top + rows.min()) == (piece.left, piece.top)
            assert (frame.left + columns.max() + 1, frame.top + rows.max() + 1) == (piece.right, piece.bottom)


@pytest.mark.parametrize("kind", KINDS)
def test_pieces_of_a_line_are_those_that_were_read(pages, kind):
    _assert_pieces_are_those_of_the_strips(pages[kind].work.segmentation)


def test_pieces_of_ink_within_other_ink_come_in_the_order_of_reading():
    pixels = np.full((200, 300), 245, np.uint8)
    cv2.circle(pixels, (100, 100), 40, 20, 5)
    cv2.circle(pixels, (100, 100), 10, 20, cv2.FILLED)
    cv2.putText(pixels, "1", (180, 140), cv2.FONT_HERSHEY_DUPLEX, 2.6, 20, 5)

    segmentation = segment_page(pixels)

    assert any(len(strip.pieces) > 3 for strip in segmentation.strips)
    _assert_pieces_are_those_of_the_strips(segmentation)


def test_what_is_told_is_json_and_back(read_job):
    told = explain(read_job, "labelled.png:1:1").told

    assert Explanation.model_validate(json.loads(told.model_dump_json())) == told


def test_a_file_that_changed_or_is_gone_is_refused(job):
    path = job.entries[0].file
    path.write_bytes((job.path.parent / "labelled.png").read_bytes())
    with pytest.raises(NoUsableInput, match=r"page 1 of clean\.png cannot be read again: the file is not"):
        explain(job, "clean.png:1:1")
    path.unlink()
    with pytest.raises(NoUsableInput, match="no such file"):
        explain(job, "clean.png:1:1")


def test_a_changed_file_is_refused_by_the_page_file_when_the_job_knows_no_hash(job):
    entry = job.entries[0].model_copy(update={"sha256": None})
    entry.file.write_bytes((job.path.parent / "labelled.png").read_bytes())

    with pytest.raises(NoUsableInput, match="is not the one that was read"):
        read_again(job, entry)


def test_a_page_that_was_not_read_or_could_not_be_is_refused(job):
    with pytest.raises(UsageError, match=r"page 1 of labelled\.png has not been read yet"):
        explain(job, "labelled.png:1:1")
    job.entries[2].file.write_bytes(b"no picture")
    entry = job.entries[2].model_copy(update={"sha256": None})
    process_page(job, entry, attempt=1)
    with pytest.raises(UsageError, match=r"page 1 of labelled\.png could not be read"):
        read_again(job, entry)


def test_a_model_that_is_not_there_any_more_is_refused_and_another_is_not_taken(job):
    entry = job.entries[0]
    record = job.read_record(entry.key)
    model = record.model.model_copy(update={"sha256": "0" * 64, "id": "ours"})
    job.write_record(entry.key, record.model_copy(update={"model": model}))

    with pytest.raises(ModelRefused, match="was read by the model ours, which is not there any more"):
        explain(job, "clean.png:1:1")


@pytest.mark.parametrize("where", ["models/current.json", "models/ours"])
def test_the_model_of_a_page_is_found_where_the_job_had_it(job, tmp_path, where):
    shutil.copytree(shipped_bundle(), tmp_path / "models" / "ours")
    asked = SimpleNamespace(
        read_record=job.read_record,
        options=ReadOptions(model=str(tmp_path / where)),
        path=job.path,
    )

    assert read_again(asked, job.entries[0]).as_in_job
