"""A page of which another look was kept: its record says so, and it is cut by that look once more."""

import hashlib
from collections import Counter

import cv2
import numpy as np
import pytest

from model.synth.digits import DigitSource
from model.synth.page import make_page
from segmentation.config import DEFAULT
from segmentation.survey import survey_page
from worker import reader
from worker.corrected_glyphs import Correction, labelled_glyphs
from worker.explain_job import read_again
from worker.job_folder import ReadOptions
from worker.jobs import Job, PageEntry
from worker.page_task import process_page
from worker.second_look import LOOKS, look_of


@pytest.fixture(params=LOOKS[:2], ids=["lower", "higher"])
def job(request, tmp_path, monkeypatch):
    """A job of one drawn page of which one of the other looks was kept."""
    grey = make_page(np.random.default_rng(4), DigitSource.builtin(), "clean").grey
    path = tmp_path / "page.png"
    cv2.imwrite(str(path), grey)
    entry = PageEntry.of(path, name=path.name, sha256=hashlib.sha256(path.read_bytes()).hexdigest())
    job = Job.create(tmp_path / "job", [entry], [], ReadOptions())
    monkeypatch.setattr(reader, "surest_look", lambda first, again, looks: again(request.param))
    process_page(job, entry, attempt=1)
    return job, request.param


def test_the_record_tells_of_the_look(job):
    job, look = job
    record = job.read_record(job.entries[0].key)
    segment = next(step.settings for step in record.processing if step.name == "segment")
    assert segment["height_factor"] == look.height_factor != 1
    assert look_of(record.processing) == look
    assert record.timings_s["again"] > 0


def test_corrected_numbers_are_cut_by_the_same_look(job):
    job, _ = job
    record = job.read_record(job.entries[0].key)
    corrections = [
        Correction("row", number.line, number.number, "1" * len(number.digits)) for number in record.numbers
    ]
    passed_over = Counter()
    glyphs = labelled_glyphs(job, job.entries[0], corrections, passed_over)
    assert len(glyphs) == sum(len(number.digits) for number in record.numbers) > 0
    assert not passed_over
    seen = {glyph.tobytes() for glyph in read_again(job, job.entries[0]).work.segmentation.glyphs}
    same = sum(glyph.image.tobytes() in seen for glyph in glyphs)
    assert same > 0.9 * len(glyphs), f"{same} of {len(glyphs)}"


def test_an_explanation_reads_the_page_as_the_job_did(job):
    job, _ = job
    assert read_again(job, job.entries[0]).as_in_job


@pytest.mark.parametrize("look", LOOKS[:2])
def test_writing_is_taken_to_be_so_many_times_as_high(look):
    grey = make_page(np.random.default_rng(4), DigitSource.builtin(), "clean").grey
    usual, taken = (survey_page(grey, config) for config in (DEFAULT, look))
    assert taken.size.height_px / taken.scale == pytest.approx(
        look.height_factor * usual.size.height_px / usual.scale
    )
