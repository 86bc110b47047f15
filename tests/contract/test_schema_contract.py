"""The shipped schemas describe what is written."""

import json

import pytest
from jsonschema import Draft202012Validator, ValidationError

from tests.fake_readers import FACTORY
from tests.job_builders import job_of, page_file
from worker.failures import failed_page
from worker.job_folder import ReadOptions
from worker.jobs import Job
from worker.page_task import process_page
from worker.schema import SCHEMA_NAMES, make_schema, schema_path
from worker.tables import write_tables


def validator(name):
    schema = json.loads(schema_path(name).read_text("utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


@pytest.fixture
def job(tmp_path):
    entries = [page_file(tmp_path / "in", width) for width in (31, 32, 33)]
    entries[1].file.unlink()
    gone = failed_page(path="gone.png", code="file-missing", message="no such file")
    job = Job.create(tmp_path / "job", entries, [gone], ReadOptions())
    for entry in entries[:2]:
        process_page(job, entry, attempt=1, reader_factory=FACTORY)
    write_tables(job)
    return job


@pytest.mark.parametrize("name", SCHEMA_NAMES)
def test_the_shipped_schema_is_the_one_the_records_give(name):
    assert schema_path(name).read_text("utf-8") == make_schema(name), "run `python -m worker.schema`"


def test_page_files_are_as_their_schema_says(job):
    files = sorted(job.pages.iterdir())
    assert len(files) == 2
    for file in files:
        validator("page").validate(json.loads(file.read_bytes()))


@pytest.mark.parametrize("name", ["results", "summary"])
def test_the_tables_are_as_their_schema_says(job, name):
    validator(name).validate(json.loads((job.path / f"{name}.json").read_bytes()))


def test_the_schema_refuses_what_no_page_is(tmp_path):
    job = job_of(tmp_path, [31])
    process_page(job, job.entries[0], attempt=1, reader_factory=FACTORY)
    record = json.loads(job.record_path(job.entries[0].key).read_bytes())
    for change in ({"numbers": [{"text": 7}]}, {"outcome": "maybe"}, {"model": None}, {"unknown": 1}):
        with pytest.raises(ValidationError):
            validator("page").validate(record | change)
