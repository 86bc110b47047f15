"""A disk that is full: said so, exit code 6, and no half file anywhere."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fake_readers import FACTORY, number_record
from tests.job_builders import job_of, png, read_record
from worker.errors import OutputNotWritable
from worker.page_task import process_page
from worker.tables import write_tables

ROOT = Path(__file__).parents[2]

WRITE_BEYOND_THE_LIMIT = """
import resource, signal, sys
from pathlib import Path
from worker.durable import write_durably
from worker.errors import OutputNotWritable

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
try:
    write_durably(Path(sys.argv[1]), b"x" * 100_000)
except OutputNotWritable as error:
    print(error.message)
    sys.exit(error.exit_code)
"""


@pytest.fixture
def full_disk(monkeypatch):
    """Let every flush to the disk fail, as where the last block is gone."""

    def no_space(_descriptor):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def fill():
        monkeypatch.setattr("os.fsync", no_space)

    return fill


def test_a_file_that_grows_beyond_what_fits_leaves_nothing(tmp_path):
    target = tmp_path / "record.json"
    target.write_bytes(b"old")
    done = subprocess.run(
        [sys.executable, "-c", WRITE_BEYOND_THE_LIMIT, str(target)],
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == OutputNotWritable.exit_code == 6, done.stderr
    assert "record.json" in done.stdout
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_page_whose_record_does_not_fit_stays_missing(tmp_path, full_disk):
    job = job_of(tmp_path, [31])
    full_disk()
    with pytest.raises(OutputNotWritable, match="No space left"):
        process_page(job, job.entries[0], attempt=1, reader_factory=FACTORY)
    assert list(job.pages.iterdir()) == []
    assert job.missing() == job.entries


def test_tables_that_do_not_fit_leave_the_old_ones(tmp_path, full_disk):
    job = job_of(tmp_path, [31])
    (entry,) = job.entries
    write_tables(job)
    before = {path.name: path.read_bytes() for path in job.path.iterdir() if path.is_file()}
    job.write_record(entry.key, read_record(entry, [number_record("7")]))
    full_disk()
    with pytest.raises(OutputNotWritable):
        write_tables(job)
    assert {path.name: path.read_bytes() for path in job.path.iterdir() if path.is_file()} == before


@pytest.mark.parametrize(
    ("cause", "hint"), [(errno.ENOSPC, "Free some space"), (errno.EACCES, "Mend that, or free some space")]
)
def test_a_job_in_its_middle_goes_on_where_it_is_and_not_in_another_folder(
    digitize, unfinished_job, monkeypatch, cause, hint
):
    Path("1.png").write_bytes(png(40, 40))
    unfinished_job(Path("1.png"))

    def refused(*_):
        raise OutputNotWritable(f"cannot write job/pages/1.json: {os.strerror(cause)}")

    monkeypatch.setattr("worker.embedded.run_embedded", refused)
    result = digitize("resume", "job")

    assert result.exit_code == 6
    assert f"hint: {hint}; `digitize resume {Path('job').absolute()}` goes on.\n" in result.stderr


def test_tables_that_cannot_be_written_are_made_by_another_resume(
    digitize, unfinished_job, monkeypatch, full_disk
):
    Path("1.png").write_bytes(png(40, 40))
    unfinished_job(Path("1.png"))
    monkeypatch.setattr("worker.embedded.run_embedded", lambda *_: full_disk())

    result = digitize("resume", "job")

    assert result.exit_code == 6
    assert "hint: Free some space; `digitize resume " in result.stderr
