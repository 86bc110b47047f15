"""A marker that somebody wrote by hand cancels a job all the same, whatever is in it."""

import pytest

from tests.job_builders import job_of
from worker.cancelling import cancelled_at, is_cancelled


@pytest.mark.parametrize("text", ["", "yes", "[]", '{"cancelled": 7}', '{"cancelled": ' + "[" * 100_000])
def test_a_marker_that_is_none_of_ours_tells_when_it_was_written(text, tmp_path):
    job = job_of(tmp_path, [31])
    job.cancelled_file.write_text(text)
    assert is_cancelled(job)
    assert cancelled_at(job).timestamp() == pytest.approx(job.cancelled_file.stat().st_mtime)
