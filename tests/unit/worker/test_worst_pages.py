"""Overlays of the worst pages, and the sheet that shows them."""

import re

import cv2
import pytest

from tests.fake_readers import number_record
from tests.job_builders import failed_record, job_of, png, read_record
from worker.errors import OutputNotWritable
from worker.job_evaluation import evaluate_job
from worker.jobs import Job, PageEntry
from worker.truth import truth_of_job
from worker.truth_page import TruthPage
from worker.worst_pages import Overlay, overlay_of, write_sheet


@pytest.fixture
def job(tmp_path):
    """A job of two pages, of which the second could not be read."""
    job = job_of(tmp_path, [40, 41])
    read, failed = job.entries
    job.write_record(read.key, read_record(read, [number_record("12", width=10)]))
    job.write_record(failed.key, failed_record(failed))
    return job


@pytest.fixture
def worst(job):
    """The pages of the job and one that it has not; all of them are wrong."""
    truth = [TruthPage((("34",),), file, kind="<b>") for file in ("40.png", "41.png", "no<b>ne.png")]
    return evaluate_job(job, truth_of_job(job, truth), compared="digits").worst


def test_an_overlay_is_drawn_where_there_is_none(job, worst):
    overlay = overlay_of(job, worst[0])
    assert overlay == Overlay(job.overlay_path(job.entries[0].key))
    assert cv2.imread(str(overlay.path)).shape == (12, 40, 3)


def test_an_overlay_that_is_there_stays(job, worst):
    path = job.overlay_path(job.entries[0].key)
    path.parent.mkdir()
    path.write_bytes(b"as it was")
    assert overlay_of(job, worst[0]).path == path
    assert path.read_bytes() == b"as it was"


def test_pages_without_an_overlay_say_why(job, worst):
    assert [overlay_of(job, page).why_not for page in worst[1:]] == [
        "the page was not read",
        "the job has no such page",
    ]
    job.entries[0].file.write_bytes(png(50))
    assert "not the one that was submitted" in overlay_of(job, worst[0]).why_not
    job.entries[0].file.unlink()
    assert overlay_of(job, worst[0]) == Overlay(None, "no such file")


def test_no_overlay_is_drawn_on_another_file_than_the_one_that_was_read(job, tmp_path):
    unknown = job.entries[0].model_copy(update={"sha256": None})
    other = Job.create(tmp_path / "other", [unknown], [], job.options)
    other.write_record(unknown.key, job.read_record(unknown.key))
    truth = truth_of_job(other, [TruthPage((("34",),), "40.png")])
    (page,) = evaluate_job(other, truth, compared="digits").worst
    unknown.file.write_bytes(png(50))
    assert overlay_of(other, page) == Overlay(None, "the file is not the one that was read")


def test_an_overlay_that_cannot_be_written_is_no_error(job, worst):
    (job.path / "overlays").write_bytes(b"")
    overlay = overlay_of(job, worst[0])
    assert overlay.path is None
    assert "overlays" in overlay.why_not


def test_the_sheet_shows_pages_and_mistakes_and_runs_nothing(job, worst, tmp_path):
    folder = tmp_path / "out"
    folder.mkdir()
    sheet = write_sheet(folder, [(page, overlay_of(job, page)) for page in worst])

    text = sheet.read_text(encoding="utf-8")
    (picture,) = re.findall(r'src="([^"]+)"', text)
    assert (folder / picture).read_bytes() == job.overlay_path(job.entries[0].key).read_bytes()
    assert "<td>34</td><td>12</td><td>1, 1</td><td>accepted</td><td>0.990</td>" in text
    assert "<td>34</td><td>not read</td>" in text
    assert "no&lt;b&gt;ne.png" in text
    assert "<b>" not in text
    assert "No picture: the page was not read." in text


def test_the_sheet_says_how_many_mistakes_it_leaves_out(job, tmp_path):
    truth = truth_of_job(job, [TruthPage((("7",) * 105,), "40.png")])
    (page,) = evaluate_job(job, truth, compared="digits").worst
    text = write_sheet(tmp_path, [(page, Overlay(None, "none"))]).read_text(encoding="utf-8")
    assert text.count("<td>7</td>") == 100
    assert "And 5 more." in text


def test_a_sheet_that_cannot_be_written_is_an_error(worst, tmp_path):
    (tmp_path / "worst").write_bytes(b"")
    with pytest.raises(OutputNotWritable, match="worst"):
        write_sheet(tmp_path, [(worst[0], Overlay(None, "none"))])


def test_of_a_file_as_a_whole_the_page_with_most_mistakes_is_shown(tmp_path):
    job = job_of(tmp_path, [40])
    other = PageEntry.of(job.entries[0].file, name="40.png", page=2)
    both = Job.create(tmp_path / "both", [*job.entries, other], [], job.options)
    for entry, texts in zip(both.entries, (["1"], ["8", "9"]), strict=True):
        numbers = [number_record(text, line=line) for line, text in enumerate(texts, start=1)]
        both.write_record(entry.key, read_record(entry, numbers))
    truth = truth_of_job(both, [TruthPage((("1",), ("2",), ("3",)), "40.png")])
    (page,) = evaluate_job(both, truth, compared="digits").worst

    assert len(page.entries) == 2
    path = both.overlay_path(other.key)
    path.parent.mkdir()
    path.write_bytes(b"")
    assert overlay_of(both, page).path == path
