"""Corrections of several jobs: a file that stands in more than one of them is on the same side in all."""

import csv
import hashlib
from itertools import combinations

import cv2
import numpy as np
import pytest

from model.synth.digits import DigitSource
from model.synth.page import make_page
from worker.corrections import load_all_corrections, load_corrections
from worker.job_folder import CORRECTIONS
from worker.jobs import Job, PageEntry, ReadOptions
from worker.page_task import process_page

PAGES = 4


@pytest.fixture(scope="module")
def read_job(tmp_path_factory):
    """A job of some pages, each in its file, that the shipped model read."""
    folder = tmp_path_factory.mktemp("read")
    entries = []
    for seed in range(PAGES):
        path = folder / f"{seed}.png"
        cv2.imwrite(str(path), make_page(np.random.default_rng(seed), DigitSource.builtin(), "clean").grey)
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        entries.append(PageEntry.of(path, name=path.name, sha256=digest))
    job = Job.create(folder / "job", entries, [], ReadOptions())
    for entry in entries:
        process_page(job, entry, attempt=1)
    return job


@pytest.fixture
def job_of_pages(read_job, tmp_path):
    """Return a maker of jobs of some pages; one of each `step` numbers is corrected, from `start` on."""

    def make(name, pages, start=0, step=2):
        entries = [read_job.entries[k] for k in pages]
        job = Job.create(tmp_path / name, entries, [], ReadOptions())
        for entry in entries:
            job.write_record(entry.key, read_job.read_record(entry.key))
        rows = [
            [entry.name, 1, number.line, number.number, number.text]
            for entry, record in job.records()
            for number in record.numbers
            if "?" not in number.text
        ]
        with (job.path / CORRECTIONS).open("w", newline="", encoding="utf-8") as stream:
            table = csv.writer(stream)
            table.writerows([["file", "page", "line", "number", "text"], *rows[start::step]])
        return job.path, {entry.sha256 for entry in entries}

    return make


def parted(jobs):
    """The files that are trained on, and those that are judged by, of each job."""
    loaded = load_all_corrections([path for path, _ in jobs], [].append)
    trained = [set(digits.train_groups) for digits in loaded]
    return trained, [files - own for (_, files), own in zip(jobs, trained, strict=True)]


def test_a_file_of_two_jobs_is_never_judged_by_in_one_and_trained_on_in_the_other(job_of_pages):
    several = [job_of_pages(f"job-{k}", pages, k % 2) for k, pages in enumerate(combinations(range(4), 3))]
    alone = [load_corrections(path, [].append) for path, _ in several]
    torn = set().union(*(set(digits.train_groups) for digits in alone)) & set().union(
        *(files - set(digits.train_groups) for digits, (_, files) in zip(alone, several, strict=True))
    )
    assert torn, "each job by itself would have to part some file otherwise, or this test says nothing"

    trained, judged = parted(several)

    assert set().union(*judged)
    assert not set().union(*trained) & set().union(*judged)


def test_jobs_that_share_no_file_are_parted_as_if_each_were_alone(job_of_pages):
    jobs = [job_of_pages("a", [0, 1]), job_of_pages("b", [2, 3])]

    trained, judged = parted(jobs)

    assert trained == [set(load_corrections(path, [].append).train_groups) for path, _ in jobs]
    assert all(judged)


def test_a_job_whose_files_are_all_on_one_side_is_told(job_of_pages):
    whole, whole_files = job_of_pages("whole", range(4))
    pairs = enumerate(combinations(range(PAGES), 2))
    halves = [job_of_pages(f"half-{k}", pages, step=1)[0] for k, pages in pairs]
    said = []

    loaded = load_all_corrections([whole, *halves], said.append)

    one_sided = [not len(digits.test_labels) or not len(digits.train_labels) for digits in loaded]
    counts = [line for line in said if "corrected digits to train on" in line]
    told = [not line.endswith("to judge by") for line in counts]
    assert any(one_sided)
    assert one_sided == told
    assert any(line.endswith("a file is on the same side in all") for line in counts)
    assert set(loaded[0].train_groups) < whole_files
