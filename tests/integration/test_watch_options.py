"""Watching a folder with options for reading and accepting: handed on, remembered, not changed silently."""

import pytest

import worker.embedded
from tests.job_builders import png
from worker.jobs import Job
from worker.printed import Printed


@pytest.fixture
def watch_once(tmp_path, digitize, read_here):
    """Drop a page into the folder, and let a pass with some options go over it."""
    (tmp_path / "inbox").mkdir()

    def run(width, *options):
        (tmp_path / "inbox" / f"{width}.png").write_bytes(png(width))
        return digitize(
            "watch", tmp_path / "inbox", "-o", tmp_path / "jobs", "--once", "--stable", "0.1", *options
        )

    return run


@pytest.fixture
def jobs(tmp_path):
    """Return the jobs by the page that each was made of."""

    def look():
        found = [Job.open(path.parent) for path in (tmp_path / "jobs").glob("*/job.json")]
        return {int(job.entries[0].name.rsplit("/", 1)[-1].removesuffix(".png")): job for job in found}

    return look


def test_every_batch_is_read_with_the_options(watch_once, jobs):
    options = ("--printed", "drop", "--min-confidence", "0.9", "--pdf-dpi", "100", "--save-crops")
    first, second = watch_once(31, *options), watch_once(32, *options)
    shares = watch_once(33, "--max-error-rate", "10/1000", "--force")

    assert (first.exit_code, second.exit_code, shares.exit_code) == (0, 0, 0)
    for width in (31, 32):
        asked = jobs()[width].options
        assert (asked.printed, asked.accept_confidence, asked.pdf_dpi) == (Printed.DROP, 0.9, 100)
        assert (asked.save_crops, asked.save_overlays, asked.max_error_rate) == (True, False, None)
    asked = jobs()[33].options
    assert (asked.printed, asked.accept_confidence, asked.max_error_rate) == (Printed.KEEP, None, 0.01)


def test_two_thresholds_are_refused_as_for_submit(watch_once, digitize, jobs):
    both = ("--min-confidence", "0.9", "--max-error-rate", "1/1000")

    refused, as_submit = watch_once(31, *both), digitize("submit", "31.png", *both)

    assert (refused.exit_code, refused.stderr) == (2, as_submit.stderr)
    assert "cannot both be given" in refused.stderr
    assert jobs() == {}


def test_other_options_than_before_are_refused_unless_forced_and_what_was_read_stays(
    watch_once, jobs, script
):
    assert watch_once(31).exit_code == 0

    refused = watch_once(32, "--printed", "drop")
    assert refused.exit_code == 6
    assert "with other options (printed: keep before, drop now); nothing was changed" in refused.stderr
    assert set(jobs()) == {31}

    forced = watch_once(32, "--printed", "drop", "--force")
    assert forced.exit_code == 0
    assert "other options than before: what was taken keeps those" in forced.stderr
    assert {width: job.options.printed for width, job in jobs().items()} == {
        31: Printed.KEEP,
        32: Printed.DROP,
    }
    assert [len(script.begun(width)) for width in (31, 32)] == [1, 1]

    assert watch_once(33, "--printed", "drop").exit_code == 0
    assert watch_once(34).exit_code == 6
    assert set(jobs()) == {31, 32, 33}


def test_a_batch_that_was_interrupted_is_finished_with_the_options_it_began_with(
    watch_once, jobs, monkeypatch
):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    with monkeypatch.context() as stopping:
        stopping.setattr(worker.embedded, "run_embedded", interrupted)
        assert watch_once(31, "--min-confidence", "0.5").exit_code == 130

    assert watch_once(32, "--min-confidence", "0.9", "--force").exit_code == 0

    assert {width: job.options.accept_confidence for width, job in jobs().items()} == {31: 0.5, 32: 0.9}
    assert not any(job.missing() for job in jobs().values())
