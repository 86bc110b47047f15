"""Arguments that nobody means: each has its exit code and one clear line, and nothing is touched."""

import json
import os
import shutil
from pathlib import Path

import pytest

import worker.embedded
from tests.job_builders import page_file

pytestmark = pytest.mark.usefixtures("ink_reader")

LONG = "x" * 5000
NOT_UTF8 = os.fsdecode(b"scan-\xff")


@pytest.fixture
def page(digitize):
    return page_file(Path("in"), 31).file


@pytest.fixture
def job(digitize, page):
    assert digitize("submit", page, "-o", "job").exit_code == 0
    return Path("job")


@pytest.mark.parametrize(
    "arguments",
    [
        ("submit", ""),
        ("submit", "in", "-o", ""),
        ("submit", "in", "--model", ""),
        ("results", ""),
        ("results", "job", "-o", ""),
        ("status", ""),
        ("resume", ""),
        ("synth", ""),
        ("synth", "out", "--font", ""),
        ("retrain", "-o", ""),
        ("retrain", "--data", ""),
    ],
)
def test_an_empty_path_is_not_the_current_folder(digitize, job, arguments):
    before = sorted(Path().rglob("*"))

    result = digitize(*arguments)

    assert result.exit_code == 2
    assert "a path must not be empty; the current folder is `.`" in result.stderr
    assert sorted(Path().rglob("*")) == before


@pytest.mark.parametrize("seconds", ["inf", "1e300", "nan", "-1"])
def test_a_time_that_no_clock_can_hold(digitize, page, seconds):
    result = digitize("submit", page, "-o", "job", "--timeout", seconds)

    assert result.exit_code == 2
    assert "Invalid value for '--timeout': it has to be at " in result.stderr


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("submit", LONG), 5),
        (("submit", "in", "-o", LONG), 6),
        (("submit", "in", "--model", LONG), 7),
        (("status", LONG), 2),
        (("results", LONG), 2),
        (("results", "job", "-o", LONG), 6),
        (("resume", LONG), 2),
        (("synth", LONG, "--pages", "1", "--kinds", "boxes"), 6),
        (("synth", "out", "--digits", LONG), 5),
        (("synth", "out", "--font", LONG), 2),
    ],
    ids=lambda value: str(value).replace(LONG, "LONG"),
)
def test_a_name_that_is_too_long(digitize, job, arguments, code):
    result = digitize(*arguments)

    assert result.exit_code == code
    assert "unexpected" not in result.stderr


@pytest.mark.parametrize("end", ["/abc", "/0/1", "/%00", "/-1", "/99999999999999999999", "?db=abc"])
def test_an_address_of_a_broker_that_no_library_understands(digitize, page, monkeypatch, end):
    monkeypatch.setenv("DIGITIZE_BROKER_URL", f"redis://127.0.0.1:1{end}")

    told = [digitize(*command) for command in (("submit", page), ("worker",), ("doctor",))]

    assert {result.exit_code for result in told} == {7}
    assert {len(result.stderr.splitlines()) for result in told} == {2}
    assert all(result.stderr.startswith("error: broker_url (environment DIGITIZE_B") for result in told)


@pytest.mark.parametrize("variable", ["DIGITIZE_JOBS_DIR", "DIGITIZE_MODEL"])
def test_a_setting_that_can_be_no_path(digitize, page, monkeypatch, variable):
    monkeypatch.setenv(variable, LONG)

    assert {digitize(*command).exit_code for command in (("submit", page), ("status",), ("doctor",))} == {7}


def test_a_zero_byte_in_a_settings_file(digitize, page):
    Path("digitize.toml").write_text('jobs_dir = "a\\u0000b"\n')

    result = digitize("submit", page)

    assert result.exit_code == 7
    assert "jobs_dir (digitize.toml): a path must not hold a zero byte" in result.stderr


def test_names_that_are_no_utf8(digitize, page):
    submitted = digitize("submit", page, "-o", NOT_UTF8)
    told = json.loads(digitize("resume", NOT_UTF8, "--json").stdout)
    written = digitize("results", NOT_UTF8, "-o", f"{NOT_UTF8}.csv")

    assert (submitted.exit_code, written.exit_code) == (0, 0)
    assert told["job"].endswith("scan-\udcff")
    assert json.loads(Path(NOT_UTF8, "job.json").read_text())["id"] == r"scan-\xff"
    assert Path(f"{NOT_UTF8}.csv").is_file()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("submit", "in", "-j", "many"), "it has to be a whole number"),
        (("submit", "in", "-j", "0"), "it has to be at least 1"),
        (("submit", "in", "--min-confidence", "sure"), "it has to be a number"),
        (("results", "job", "-f", "pdf"), "'pdf' is not one of 'csv', 'json', 'jsonl', 'xlsx'"),
    ],
)
def test_what_is_wrong_is_said_in_plain_words(digitize, job, arguments, said):
    result = digitize(*arguments)

    assert result.exit_code == 2
    assert f": {said}" in result.stderr.splitlines()[0]
    assert "Input should" not in result.stderr


def test_results_never_go_over_the_job(digitize, job):
    before = Path("job/job.json").read_bytes()

    result = digitize("results", job, "-o", "job/job.json")

    assert result.exit_code == 2
    assert "belongs to the job" in result.stderr
    assert Path("job/job.json").read_bytes() == before


def test_folders_of_jobs_that_were_passed_over_are_named(digitize, page):
    digitize("submit", "in", "-o", "in")
    page_file(Path("more"), 32)
    for number in range(6):
        digitize("submit", "more", "-o", f"jobs/{number}")

    result = digitize("submit", "-r", ".", "-o", "all")

    assert result.exit_code == 0
    (line,) = (line for line in result.stderr.splitlines() if "job folders passed over" in line)
    assert line == (
        "7 job folders passed over: ./in, ./jobs/0, ./jobs/1, ./jobs/2, ./jobs/3, …; "
        "name such a folder to read what else lies in it"
    )
    inputs = json.loads(Path("all/job.json").read_text())["inputs"]
    assert [entry["name"] for entry in inputs] == ["./more/32.png"]


def test_a_damaged_page_is_named_and_kept_when_the_job_goes_on(digitize, page, job):
    (record,) = Path("job/pages").iterdir()
    record.write_bytes(b'{"outcome":"read"}\n')

    result = digitize("resume", job)

    assert result.exit_code == 0
    assert f"warning: {page}, page 1: its result was damaged" in result.stderr
    assert Path(f"{record}.damaged-1").read_bytes() == b'{"outcome":"read"}\n'
    assert record.is_file()


def test_a_job_that_is_taken_away_while_it_is_read(digitize, page, monkeypatch):
    read = worker.embedded.run_embedded

    def taken_away(job, *rest):
        shutil.rmtree(job.path)
        read(job, *rest)

    monkeypatch.setattr("worker.embedded.run_embedded", taken_away)

    result = digitize("submit", page, "-o", "job")

    assert result.exit_code == 6
    assert "the job was taken away while its pages were read" in result.stderr
    assert not Path("job").exists()
