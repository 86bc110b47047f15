"""`digitize explain`: what it prints, what it writes, and its exit codes."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.job_builders import job_of
from worker.jobs import Job, PageEntry, ReadOptions
from worker.page_task import process_page


@pytest.fixture
def job(digitize, tmp_path):
    """A job of one page that says 407, read by the shipped model."""
    pixels = np.full((200, 420), 245, np.uint8)
    cv2.putText(pixels, "407", (60, 130), cv2.FONT_HERSHEY_DUPLEX, 2.6, 20, 5, cv2.LINE_AA)
    path = tmp_path / "scans" / "one.png"
    path.parent.mkdir()
    cv2.imwrite(str(path), pixels)
    entry = PageEntry.of(path, name="scans/one.png")
    made = Job.create(Path("job"), [entry], [], ReadOptions())
    process_page(made, entry, attempt=1)
    return made


def size(file):
    return cv2.imread(str(file)).shape


def test_a_number_is_explained_in_words_and_a_picture(digitize, job):
    text = job.read_record(job.entries[0].key).numbers[0].text

    result = digitize("explain", "job", "one.png:1:1", "-o", "why.png")

    assert result.exit_code == 0, result.stderr
    first, *_, last = result.stdout.splitlines()
    assert first.startswith(f"scans/one.png, page 1, number 1 of 1 (line 1, number 1): {text}, ")
    assert last == "picture: why.png"
    assert size("why.png")[1] == 1500


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        ("one.png:1:1.1", "explained-one-p1-n1.png"),
        ("one.png:1", "explained-one-p1.png"),
        ("one.png:1:@2,3", "explained-one-p1-at2-3.png"),
    ],
)
def test_a_picture_without_a_name_is_called_after_what_it_shows(digitize, job, asked, name):
    result = digitize("explain", "job", asked)

    assert result.stdout.splitlines()[-1] == f"picture: {name}"
    assert size(name)[2] == 3


def test_json_holds_the_words_and_figures_and_the_name_of_the_picture(digitize, job):
    told = json.loads(digitize("explain", "job", "one.png:1:1", "-o", "why.png", "--json").stdout)

    assert told["picture"] == "why.png"
    assert told["record"]["text"] == job.read_record(job.entries[0].key).numbers[0].text
    assert told["words"][0]["paths"][0]["text"] == told["record"]["text"]
    assert Path("why.png").exists()


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("other.png:1:1",), 2, "no file of the job is called 'other.png'"),
        (("one.png:1:2",), 2, "has no number 2: it has 1"),
        (("one.png:2:1",), 2, "one.png has no page 2"),
        (("one.png:1:1", "-o", "-"), 2, "a picture is written to a file"),
        (("one.png:1:1", "-o", "job/job.json"), 2, "belongs to the job"),
        (("one.png:1:1", "-o", "nowhere/why.png"), 6, "nowhere/why.png"),
    ],
)
def test_what_cannot_be_done_is_told(digitize, job, arguments, code, message):
    result = digitize("explain", "job", *arguments)

    assert (result.exit_code, result.stdout) == (code, "")
    assert message in result.stderr
    assert [file.name for file in Path().iterdir()] == ["job"]


def test_a_page_that_is_no_input_of_the_job_any_more_is_exit_code_5(digitize, job):
    job.entries[0].file.unlink()

    result = digitize("explain", "job", "one.png:1:1")

    assert result.exit_code == 5
    assert "cannot be read again: no such file" in result.stderr


def test_a_page_that_waits_to_be_read_names_the_command_that_reads_it(digitize, tmp_path):
    job_of(tmp_path, [31])

    result = digitize("explain", tmp_path / "job", "31.png:1:1")

    assert result.exit_code == 2
    assert "has not been read yet" in result.stderr
    assert "digitize resume" in result.stderr


def test_evaluate_explains_as_well(digitize, job):
    told = digitize("explain", "job", "one.png:1:1", "-o", "why.png").stdout

    result = digitize("evaluate", "job", "--explain", "one.png:1:1", "-o", "again.png")

    assert result.exit_code == 0, result.stderr
    assert result.stdout == told.replace("why.png", "again.png")
    assert Path("again.png").read_bytes() == Path("why.png").read_bytes()


@pytest.mark.parametrize("options", [(), ("--explain", "one.png:1:1", "--truth", "truth.csv")])
def test_evaluate_either_compares_or_explains(digitize, job, options):
    result = digitize("evaluate", "job", *options)
    assert result.exit_code == 2
    assert "either --truth or --explain" in result.stderr


def test_a_share_that_no_threshold_holds_is_explained_as_it_was_decided(digitize, job):
    rated = Job.create(Path("rated"), job.entries, [], ReadOptions(max_error_rate=1e-6))
    process_page(rated, rated.entries[0], attempt=1)

    result = digitize("explain", "rated", "one.png:1:1", "-o", "why.png", "--json")

    assert result.exit_code == 0, result.stderr
    told = json.loads(result.stdout)
    assert told["accept_confidence"] is None
    assert told["as_in_job"]
    assert "more than any number has was asked for" in " ".join(told["reasons"])
    assert size("why.png")
