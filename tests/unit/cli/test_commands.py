"""The commands: what goes to which stream, and every exit code."""

import csv
import functools
import io
import json
import shutil
import signal
import subprocess
import sys
import zipfile
from pathlib import Path

import cv2
import numpy as np
import pytest

import worker.embedded
import worker.page_records
from model.bundle import extend_manifest, open_bundle, shipped_bundle
from tests import fake_readers
from tests.fake_readers import FOLDER_VARIABLE, Script
from tests.job_builders import png
from worker.errors import ModelRefused

pytestmark = pytest.mark.usefixtures("ink_reader")


@pytest.fixture
def page(digitize):
    pixels = np.full((60, 90), 255, np.uint8)
    pixels[20:40, 30:34] = 0
    path = Path("one.png")
    path.write_bytes(cv2.imencode(".png", pixels)[1].tobytes())
    return path


@pytest.fixture
def job(digitize, page):
    assert digitize("submit", page, "-o", "job").exit_code == 0
    return Path("job")


def test_results_go_to_stdout_and_the_rest_to_stderr(digitize, page):
    result = digitize("submit", page, "-o", "job")

    assert result.stdout.splitlines() == [
        "file     page  line  number  text  status    confidence",
        "one.png  1     1     1       007   accepted  0.800",
    ]
    assert "job: " in result.stderr
    assert "results.csv: " in result.stderr
    assert "1 page: 1 read, 0 failed; 1 number, 1 accepted, 0 review" in result.stderr


@pytest.mark.parametrize("arguments", [("-q", "submit"), ("submit", "-q"), ("submit", "--quiet")])
def test_quiet_says_nothing_but_results(digitize, page, arguments):
    result = digitize(*arguments, page, "-o", "job")

    assert result.stderr == ""
    assert "007" in result.stdout


def test_json_is_json(digitize, page):
    Path("bad.png").write_bytes(b"words")

    result = digitize("submit", page, "bad.png", "-o", "job", "--json")

    told = json.loads(result.stdout)
    assert told["pages"] == {"total": 2, "read": 1, "failed": 1, "missing": 0, "blank": 0}
    assert [row["text"] for row in told["results"]] == ["007"]
    assert told["errors"][0]["code"] == "not-an-image"
    assert Path(told["files"]["results.csv"]).is_file()


@pytest.fixture
def opened(monkeypatch):
    """Return which page files this process opened, in order; the others' are not seen."""
    names = []
    read = worker.page_records.read_place

    def counted_read(path, **bounds):
        if path.parent.name == "pages":
            names.append(path.name)
        return read(path, **bounds)

    monkeypatch.setattr("worker.page_records.read_place", counted_read)
    return names


@pytest.mark.parametrize("options", [(), ("--json",), ("-v",)])
def test_each_page_file_is_opened_once_for_all_that_is_written_and_printed(digitize, page, opened, options):
    shutil.copy(page, "two.png")

    digitize("submit", page, "two.png", "-o", "job", *options)
    after_submit = sorted(opened)
    opened.clear()
    digitize("resume", "job", *options)

    assert after_submit == sorted(path.name for path in Path("job/pages").iterdir())
    # Once to find out what is missing, once for the tables.
    assert sorted(opened) == sorted(2 * after_submit)


def test_more_numbers_than_a_terminal_shows_are_counted(digitize, page, monkeypatch):
    shutil.copy(page, "two.png")
    monkeypatch.setattr("cli.output._ROWS_ON_TERMINAL", 1)
    monkeypatch.setattr("cli.console.Console.on_terminal", True)

    result = digitize("submit", page, "two.png", "-o", "job")

    assert (result.stdout.count("007"), "and 1 more in results.csv" in result.stderr) == (1, True)


def test_strict_exits_with_9_when_numbers_wait(digitize, page):
    assert digitize("submit", page, "-o", "sure", "--strict").exit_code == 0

    result = digitize("submit", page, "-o", "unsure", "--strict", "--min-confidence", "0.9")

    assert result.exit_code == 9
    assert "error: 1 of 1 number needs a look" in result.stderr
    assert digitize("submit", page, "-o", "lax", "--min-confidence", "0.9").exit_code == 0


def test_same_submission_again_is_continued(digitize, page, job):
    before = (job / "pages").stat().st_mtime_ns

    result = digitize("submit", page, "-o", "job")

    assert result.exit_code == 0
    assert "job, continued" in result.stderr
    assert (job / "pages").stat().st_mtime_ns == before


def test_job_file_names_the_model_that_was_asked_for(digitize, page):
    shutil.copytree(shipped_bundle(), "ours")
    digitize("submit", page, "-o", "job", "--model", "ours")

    told = json.loads(Path("job/job.json").read_text())

    bundle = open_bundle(Path("ours"))
    assert told["model"] == {"id": bundle.id, "sha256": bundle.sha256}
    assert told["options"]["model"] == str(Path("ours").absolute())


def other_model(folder):
    """Make another model of the one in a folder: its hash differs, and its manifest vouches for it."""
    runtime = folder / "model.tflite"
    runtime.write_bytes(runtime.read_bytes() + b"\0")
    extend_manifest(folder)


def test_job_is_not_continued_with_another_model_under_the_same_path(digitize, page):
    shutil.copytree(shipped_bundle(), "ours")
    digitize("submit", page, "-o", "job", "--model", "ours")
    other_model(Path("ours"))

    result = digitize("submit", page, "-o", "job", "--model", "ours")

    assert result.exit_code == 6
    assert "holds another job (with another model); nothing was changed" in result.stderr


def test_resume_says_that_the_model_is_another_by_now(digitize, page, unfinished_job):
    shutil.copytree(shipped_bundle(), "ours")
    before = open_bundle(Path("ours")).id
    unfinished_job(page, "--model", "ours")
    other_model(Path("ours"))

    result, again = digitize("resume", "job"), digitize("resume", "job")

    now = open_bundle(Path("ours")).id
    assert f"warning: the model is now {now}; the job was begun with {before}" in result.stderr
    assert result.exit_code == 0
    assert "warning: " not in again.stderr


def test_overlays_and_crops(digitize, page):
    digitize("submit", page, "-o", "job", "--save-overlays", "--save-crops")

    assert len(list(Path("job/overlays").glob("*.png"))) == 1
    assert len(list(Path("job/crops").glob("*/*.png"))) == 1


def test_jobs_without_a_folder_go_to_the_folder_of_jobs(digitize, page, monkeypatch):
    monkeypatch.setenv("DIGITIZE_JOBS_DIR", "elsewhere")

    digitize("submit", page)
    digitize("submit", page)

    jobs = json.loads(digitize("status", "--json").stdout)
    assert len(jobs) == 2
    assert all(Path("elsewhere", job["job"], "results.csv").is_file() for job in jobs)
    assert digitize("results", jobs[0]["job"]).exit_code == 0


def test_timeout_exits_with_124_and_resume_goes_on(digitize, page, unfinished_job):
    result = unfinished_job(page)

    assert result.exit_code == 124
    assert "hint: digitize resume " in result.stderr
    assert Path("job/results.csv").is_file()
    assert digitize("resume", "job").exit_code == 0
    assert "007" in Path("job/results.csv").read_text()


def test_resume_of_a_finished_job_reads_nothing_and_prints_it(digitize, job):
    result = digitize("resume", job)

    assert result.exit_code == 0
    assert "0 of 1 page to read" in result.stderr
    assert "007" in result.stdout


def test_interrupt_exits_with_130_and_says_how_to_go_on(digitize, page, monkeypatch):
    def interrupted(*_):
        signal.raise_signal(signal.SIGTERM)

    monkeypatch.setattr("worker.embedded.run_embedded", interrupted)

    result = digitize("submit", page, "-o", "a job")

    assert result.exit_code == 130
    assert "error: interrupted; 0 of 1 page done" in result.stderr
    assert "hint: digitize resume '" in result.stderr


def test_interrupt_before_reading_begins(digitize, page, monkeypatch):
    monkeypatch.setattr("worker.inputs.find_inputs", lambda *_, **__: signal.raise_signal(signal.SIGINT))

    result = digitize("submit", page)

    assert result.exit_code == 130
    assert result.stderr.splitlines()[-1] == "error: interrupted"


def test_refused_model_exits_with_8(digitize, page, monkeypatch):
    def refused(*_):
        raise ModelRefused("the weights are damaged")

    monkeypatch.setattr("worker.embedded.run_embedded", refused)

    result = digitize("submit", page)

    assert result.exit_code == 8
    assert result.stderr.splitlines()[-2] == "error: the weights are damaged"
    assert result.stderr.splitlines()[-1].startswith("hint: ")


def test_unexpected_exits_with_1_and_shows_its_trace_when_asked(digitize, page, monkeypatch):
    def broken(*_):
        raise ZeroDivisionError("division by zero \x1b[1A")

    monkeypatch.setattr("worker.embedded.run_embedded", broken)

    short, long = digitize("submit", page), digitize("submit", page, "-v")

    assert "\x1b" not in short.stderr + long.stderr
    assert short.exit_code == long.exit_code == 1
    assert "error: unexpected: ZeroDivisionError: division by zero" in short.stderr
    assert "Traceback" not in short.stderr
    assert "Traceback" in long.stderr


def test_a_lost_process_is_told_in_one_line(digitize, monkeypatch):
    pixels = np.full((60, 31), 255, np.uint8)
    Path("two\nlines.png").write_bytes(cv2.imencode(".png", pixels)[1].tobytes())
    monkeypatch.setenv(FOLDER_VARIABLE, str(Path.cwd()))
    Script(Path.cwd()).kill_reader_of(31)
    monkeypatch.setattr(
        "worker.embedded.run_embedded",
        functools.partial(worker.embedded.run_embedded.func, reader_factory=fake_readers.FACTORY),
    )

    result = digitize("submit", "two\nlines.png", "-o", "job", "-j", "1")

    told = [line for line in result.stderr.splitlines() if "its process" in line]
    assert [line.partition(": its")[0] for line in told] == ["warning: page 1 of 'two\\nlines.png'"] * 3
    assert result.exit_code == 3


def test_failed_pages_are_no_reason_for_a_trace(digitize):
    Path("bad.png").write_bytes(b"words")

    assert "Traceback" not in digitize("submit", "bad.png", "-v").stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("nonsense",),
        ("submit",),
        ("submit", "--nonsense"),
        ("submit", "x.png", "--pdf-dpi", "5"),
        ("submit", "x.png", "--min-confidence", "2"),
        ("submit", "x.png", "-j", "0"),
        ("submit", "x.png", "--detach"),
        ("status", "no-such-job"),
        ("results", "no-such-job"),
        ("resume", "no-such-job"),
        ("results", "no-such-job", "--format", "pdf"),
    ],
)
def test_usage_exits_with_2_in_two_lines(digitize, arguments):
    result = digitize(*arguments)

    assert result.exit_code == 2
    error, hint = result.stderr.splitlines()
    assert error.startswith("error: ")
    assert hint.startswith("hint: ")
    assert result.stdout == ""


def test_nothing_at_all_shows_the_help(digitize):
    result = digitize()

    assert result.exit_code == 2
    assert "Usage: digitize" in result.stderr


@pytest.mark.parametrize("command", [("submit", "x.png"), ("status",), ("doctor",), ("worker",)])
def test_wrong_setting_exits_with_7(digitize, monkeypatch, command):
    monkeypatch.setenv("DIGITIZE_PDF_DPI", "many")

    result = digitize(*command)

    assert result.exit_code == 7
    assert "error: pdf_dpi (environment DIGITIZE_PDF_DPI)" in result.stderr


def test_variable_that_is_no_setting_is_told(digitize, monkeypatch):
    monkeypatch.setenv("DIGITIZE_JOBZ", "4")

    assert "warning: DIGITIZE_JOBZ in the environment is no setting" in digitize("status").stderr


def test_worker_without_a_broker(digitize):
    result = digitize("worker")

    assert result.exit_code == 7
    assert "hint: Set DIGITIZE_BROKER_URL" in result.stderr


def test_status_of_one_job_names_its_failures(digitize, page):
    Path("bad.png").write_bytes(b"words")
    digitize("submit", page, "bad.png", "-o", "job")

    result = digitize("status", "job")
    told = json.loads(digitize("status", "job", "--json").stdout)

    assert result.exit_code == 0
    assert "warning: bad.png, page 1: " in result.stderr
    assert (told["total"], told["read"], told["failed"], told["missing"]) == (2, 1, 1, 0)
    assert [failure["file"] for failure in told["failures"]] == ["bad.png"]


def test_status_passes_over_a_damaged_job(digitize, page):
    digitize("submit", page)
    Path("digitize-jobs/broken").mkdir()
    Path("digitize-jobs/broken/job.json").write_text("{")

    result = digitize("status")

    assert result.exit_code == 0
    assert "warning: " in result.stderr
    assert len(result.stdout.splitlines()) == 2


def test_status_without_jobs(digitize):
    told = digitize("status").stderr

    assert told.startswith(f"no jobs in {Path('digitize-jobs').absolute()}; ")
    assert json.loads(digitize("status", "--json").stdout) == []


def test_results_as_csv_and_json(digitize, job):
    (row,) = csv.DictReader(io.StringIO(digitize("results", job).stdout))
    assert (row["file"], row["text"]) == ("one.png", "007")

    told = json.loads(digitize("results", job, "--format", "json").stdout)
    assert told["pages"][0]["record"]["numbers"][0]["text"] == "007"

    (line,) = digitize("results", job, "-f", "jsonl").stdout.splitlines()
    assert json.loads(line)["file"] == "one.png"


def test_results_into_a_file(digitize, job):
    result = digitize("results", job, "--format", "xlsx", "-o", "numbers.xlsx")

    assert result.exit_code == 0
    assert result.stdout == ""
    assert Path("numbers.xlsx").read_bytes().startswith(b"PK")


@pytest.mark.parametrize(
    ("name", "beginning"),
    [
        ("march.xlsx", b"PK"),
        ("march.JSON", b'{"schema_version"'),
        ("march.jsonl", b'{"file"'),
        ("march.csv", b"file,"),
        ("march", b"file,"),
    ],
)
def test_the_name_of_the_file_decides_the_format(digitize, job, name, beginning):
    digitize("results", job, "-o", name)

    assert Path(name).read_bytes().startswith(beginning)


def test_an_ending_that_is_no_format_is_refused(digitize, job):
    result = digitize("results", job, "-o", "march.ods")

    assert (result.exit_code, Path("march.ods").exists()) == (2, False)
    assert "ods" in result.stderr.splitlines()[0]
    assert "csv, json, jsonl, xlsx" in result.stderr.splitlines()[1]
    assert digitize("results", job, "-f", "csv", "-o", "march.txt").exit_code == 0


def test_an_input_that_led_to_no_page_is_told_as_such(digitize, page):
    result = digitize("submit", page, "nowhere.png", "-o", "job")

    assert result.exit_code == 3
    assert "1 page: 1 read, 0 failed; 1 input led to no page; 1 number" in result.stderr
    assert "error: 1 input led to no page" in result.stderr.splitlines()


def test_status_counts_blank_pages_and_says_when_tables_are_behind(digitize, page):
    Path("blank.png").write_bytes(png(40))
    digitize("submit", page, "blank.png", "-o", "job")
    before = digitize("status", "job")
    Path("job/summary.json").unlink()

    after = digitize("status", "job")

    assert [line.split() for line in before.stdout.splitlines()] == [
        ["job", "total", "read", "blank", "failed", "missing", "state"],
        ["job", "2", "1", "1", "0", "0", "done"],
    ]
    assert "tables" not in before.stderr
    assert f"hint: digitize results {Path('job').absolute()} writes the tables" in after.stderr.splitlines()
    assert json.loads(digitize("status", "job", "--json").stdout)["tables"] is False
    digitize("results", "job")
    told = json.loads(digitize("status", "job", "--json").stdout)
    assert (told["tables"], told["read"], told["blank"]) == (True, 2, 1)


def test_folders_below_that_were_not_searched_are_counted(digitize, page):
    Path("in/below").mkdir(parents=True)
    Path("in/.hidden").mkdir()
    shutil.copy(page, "in/one.png")

    told = digitize("submit", "in", "-o", "job").stderr
    searched = digitize("submit", "in", "-r", "-o", "all").stderr

    assert "1 folder below not searched; -r " in told
    assert "not searched" not in searched


@pytest.mark.parametrize("finished", [True, False])
def test_a_job_in_the_way_is_to_be_finished_only_where_it_is_not(digitize, page, unfinished_job, finished):
    shutil.copy(page, "two.png")
    if finished:
        digitize("submit", page, "-o", "job")
    else:
        unfinished_job(page)

    result = digitize("submit", "two.png", "-o", "job")

    assert result.exit_code == 6
    assert ("finish that job: digitize resume" in result.stderr) is not finished


def test_a_named_format_beats_the_name_of_the_file(digitize, job):
    digitize("results", job, "-f", "csv", "-o", "march.xlsx")

    assert Path("march.xlsx").read_bytes().startswith(b"file,")


def test_workbook_on_stdout_is_whole(digitize, job):
    result = digitize("results", job, "-f", "xlsx")

    assert zipfile.ZipFile(io.BytesIO(result.stdout_bytes)).testzip() is None


def test_results_into_a_folder_that_is_not_there(digitize, job):
    assert digitize("results", job, "-o", "nowhere/numbers.csv").exit_code == 6


def test_results_of_an_unfinished_job_say_so(digitize, page, unfinished_job):
    unfinished_job(page)

    result = digitize("results", "job")

    assert result.exit_code == 0
    assert "warning: 1 of 1 page not read yet" in result.stderr


def test_doctor_masks_secrets_and_names_origins(digitize, monkeypatch):
    monkeypatch.setenv("DIGITIZE_BROKER_URL", "redis://clerk:sesame@127.0.0.1:1/0")

    plain, told = digitize("doctor"), json.loads(digitize("doctor", "--json").stdout)

    assert "sesame" not in plain.output
    (broker,) = [setting for setting in told["settings"] if setting["name"] == "broker_url"]
    assert broker == {
        "name": "broker_url",
        "value": "redis://clerk:***@127.0.0.1:1/0",
        "origin": "environment DIGITIZE_BROKER_URL",
    }
    checks = {check["name"]: check for check in told["checks"]}
    assert set(checks) == {
        "python",
        "parts",
        "model",
        "roots",
        "jobs folder",
        "broker",
        "workers",
        "cores",
        "training",
    }
    assert not checks["broker"]["ok"]


def looked_at(digitize):
    result = digitize("doctor", "--json")
    return result, {check["name"]: check for check in json.loads(result.stdout)["checks"]}


def test_doctor_names_the_roots_that_are_not_there(digitize, monkeypatch):
    for folder in ("scans", "scans/jobs"):
        Path(folder).mkdir()
    monkeypatch.setenv("DIGITIZE_JOBS_DIR", "scans/jobs")
    result, checks = looked_at(digitize)
    assert result.exit_code == 0
    assert checks["roots"]["found"].startswith("none set")

    monkeypatch.setenv("DIGITIZE_ROOTS", "scans:s3://bucket/scans")
    result, checks = looked_at(digitize)
    assert (result.exit_code, checks["roots"]["found"]) == (
        0,
        f"{Path('scans').absolute()}, s3://bucket/scans",
    )

    monkeypatch.setenv("DIGITIZE_ROOTS", "scans:scnas:gone")
    result, checks = looked_at(digitize)
    missing = ", ".join(str(Path(name).absolute()) for name in ("scnas", "gone"))
    assert (result.exit_code, checks["roots"]["ok"]) == (7, False)
    assert checks["roots"]["found"] == f"roots: not there: {missing}"


def test_doctor_looks_whether_the_folder_of_the_jobs_lies_in_the_roots(digitize, monkeypatch):
    Path("scans").mkdir()
    monkeypatch.setenv("DIGITIZE_ROOTS", "scans")
    result, checks = looked_at(digitize)
    assert result.exit_code == 0  # jobs may go elsewhere by -o
    assert "lies outside of roots" in checks["jobs folder"]["found"]

    monkeypatch.setenv("DIGITIZE_JOBS_DIR", "jobs")
    result, checks = looked_at(digitize)
    assert (result.exit_code, checks["jobs folder"]["ok"]) == (6, False)
    assert "lies outside of the folders of roots" in checks["jobs folder"]["found"]


def shown_threshold(digitize):
    settings = json.loads(digitize("doctor", "--json").stdout)["settings"]
    return [setting["value"] for setting in settings if setting["name"] == "accept_confidence"]


def test_doctor_shows_the_threshold_of_the_model_unless_one_is_set(digitize, monkeypatch):
    stored = open_bundle(shipped_bundle()).manifest["calibration"]["accept_confidence"]
    assert shown_threshold(digitize) == [f"{stored} (the model's)"]

    monkeypatch.setenv("DIGITIZE_ACCEPT_CONFIDENCE", "0")
    assert shown_threshold(digitize) == ["0.0"]

    monkeypatch.delenv("DIGITIZE_ACCEPT_CONFIDENCE")
    monkeypatch.setenv("DIGITIZE_MODEL", "nowhere")
    assert shown_threshold(digitize) == [""]


def test_doctor_refuses_a_model_that_is_none(digitize, monkeypatch):
    monkeypatch.setenv("DIGITIZE_MODEL", "nowhere")

    result = digitize("doctor")

    assert result.exit_code == 8
    assert "no model 'nowhere' in " in result.stderr


def test_doctor_finds_a_folder_that_cannot_be_written(digitize, monkeypatch):
    Path("taken").touch()
    monkeypatch.setenv("DIGITIZE_JOBS_DIR", "taken/jobs")

    told = json.loads(digitize("doctor", "--json").stdout)

    assert [check["ok"] for check in told["checks"] if check["name"] == "jobs folder"] == [False]


def test_retrain_without_tensorflow_says_how_to_get_it(digitize, monkeypatch):
    monkeypatch.setattr("cli.retrain.find_spec", lambda _: None)

    result = digitize("retrain")

    assert result.exit_code == 2
    assert "training needs TensorFlow and Matplotlib, which are not installed" in result.stderr
    assert "hint: In the clone: `pip install '.[train]'`" in result.stderr


def test_retrain_without_matplotlib_says_so_before_anything_is_done(digitize, monkeypatch):
    monkeypatch.setattr("cli.retrain.find_spec", lambda name: None if name == "matplotlib" else True)
    monkeypatch.setattr("worker.candidate.retrain_candidate", lambda *_, **__: pytest.fail("it was trained"))

    result = digitize("retrain")

    assert result.exit_code == 2
    assert "error: training needs Matplotlib, which is not installed" in result.stderr


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_script(shell):
    command = [sys.executable, "-m", "cli"]
    environment = {"_DIGITIZE_COMPLETE": f"source_{shell}", "PATH": "/usr/bin:/bin"}

    done = subprocess.run(
        command, env=environment, cwd=Path(__file__).parents[3], capture_output=True, text=True, check=False
    )

    assert done.returncode == 0
    assert "_DIGITIZE_COMPLETE=complete_" in done.stdout


@pytest.mark.parametrize("format_", ["csv", "json", "jsonl", "xlsx"])
def test_reader_of_stdout_may_leave(digitize, job, format_):
    process = subprocess.Popen(
        [sys.executable, "-m", "cli", "results", job.absolute(), "-f", format_],
        cwd=Path(__file__).parents[3],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    process.stdout.close()

    _, said = process.communicate(timeout=60)

    assert (process.returncode, said) == (0, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no device that is always full")
def test_stdout_on_a_full_disk_exits_with_6(digitize, job):
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "cli", "results", job.absolute()],
            cwd=Path(__file__).parents[3],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )

    assert done.returncode == 6
    assert done.stderr.splitlines()[0] == "error: cannot write standard output: No space left on device"


@pytest.mark.parametrize("stream", [">&-", "2>&-"])
def test_closed_stream_is_no_error(digitize, job, stream):
    command = f'exec "$0" -m cli results "$1" --format json {stream}'

    done = subprocess.run(
        ["/bin/sh", "-c", command, sys.executable, job.absolute()],
        cwd=Path(__file__).parents[3],
        capture_output=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, b"")
