"""What is made of a page that lies turned is what is made of it upright: pictures, crops, training glyphs."""

import hashlib
from collections import Counter

import cv2
import numpy as np
import pytest

from model.synth.digits import DigitSource
from model.synth.page import make_page
from worker.corrected_glyphs import Correction, labelled_glyphs
from worker.explain import explain_number, explain_point
from worker.explain_job import read_again
from worker.explain_picture import draw_explanation
from worker.job_folder import ReadOptions
from worker.jobs import Job, PageEntry
from worker.orientation import quarters_of
from worker.page_task import process_page

#: By how many quarters the page lies turned, counter-clockwise.
LYING = (0, 1, 2, 3)


@pytest.fixture(scope="module")
def job(tmp_path_factory):
    """A job of one drawn page that lies four ways."""
    folder = tmp_path_factory.mktemp("turned")
    grey = make_page(np.random.default_rng(4), DigitSource.builtin(), "clean").grey
    entries = []
    for lying in LYING:
        path = folder / f"{lying}.png"
        cv2.imwrite(str(path), np.ascontiguousarray(np.rot90(grey, lying)))
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        entries.append(PageEntry.of(path, name=path.name, sha256=digest))
    options = ReadOptions(save_overlays=True, save_crops=True)
    job = Job.create(folder / "job", entries, [], options)
    for entry in entries:
        process_page(job, entry, attempt=1)
    return job


def _crops(job, entry):
    return {path.name: path.read_bytes() for path in job.crops_folder(entry.key).iterdir()}


@pytest.mark.parametrize("lying", LYING)
def test_the_record_says_by_how_much_the_page_was_turned(job, lying):
    record = job.read_record(job.entries[lying].key)
    assert quarters_of(record.processing) == (-lying) % 4
    assert [step.name for step in record.processing] == [
        "decode",
        *["turn"][: lying > 0],
        "segment",
        "presence",
        "accept",
    ]
    height, width = (record.source.height, record.source.width)
    segment = next(step for step in record.processing if step.name == "segment")
    assert (segment.settings["width"], segment.settings["height"]) == (width, height)


@pytest.mark.parametrize("lying", LYING[1:])
def test_crops_stand_upright(job, lying):
    assert _crops(job, job.entries[lying]) == _crops(job, job.entries[0]) != {}


@pytest.mark.parametrize("lying", LYING[1:])
def test_the_overlay_lies_as_the_page_and_its_labels_as_the_writing(job, lying):
    upright, turned = (cv2.imread(str(job.overlay_path(job.entries[k].key))) for k in (0, lying))
    assert np.array_equal(np.rot90(turned, -lying), upright)


@pytest.mark.parametrize("lying", LYING[1:])
def test_an_explanation_shows_the_same(job, lying):
    upright, turned = (read_again(job, job.entries[k]) for k in (0, lying))
    assert turned.as_in_job
    pictures = []
    for again in (upright, turned):
        explained = explain_number(again, 3)
        pictures.append(draw_explanation(again, explained.told, explained.words))
    # The head names the file; and what lies between px is rounded.
    apart = np.abs(pictures[0][120:].astype(int) - pictures[1][120:]).max(axis=2)
    assert (apart > 8).mean() < 0.001


@pytest.mark.parametrize("lying", LYING)
def test_what_is_pointed_at_is_found_on_the_page_as_it_lies(job, lying):
    again = read_again(job, job.entries[lying])
    box = again.work.numbers[0].record.box
    told = explain_point(again, (box.x + box.width // 2, box.y + box.height // 2)).told
    assert told.record == again.work.numbers[0].record
    unread = explain_point(again, (1, 1)).told
    assert unread.record is None


@pytest.mark.parametrize("lying", LYING[1:])
def test_corrected_numbers_give_the_same_glyphs(job, lying):
    glyphs = []
    for entry in (job.entries[0], job.entries[lying]):
        numbers = job.read_record(entry.key).numbers
        corrections = [Correction("row", n.line, n.number, n.text) for n in numbers if "?" not in n.text]
        passed_over = Counter()
        glyphs.append(labelled_glyphs(job, entry, corrections, passed_over))
        assert not passed_over
    assert [glyph.label for glyph in glyphs[0]] == [glyph.label for glyph in glyphs[1]] != []
    assert all(np.array_equal(a.image, b.image) for a, b in zip(*glyphs, strict=True))
