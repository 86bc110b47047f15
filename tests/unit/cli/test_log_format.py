"""`--log-format json`: every line on standard error is an object, whatever the command says."""

import json
from pathlib import Path

import pytest

from tests.job_builders import png


def objects(result):
    return [json.loads(line) for line in result.stderr.splitlines()]


@pytest.fixture
def page(digitize, ink_reader):
    Path("31.png").write_bytes(png(31))
    Path("words.png").write_bytes(b"words")


def test_submit_says_everything_in_objects_and_names_the_page(digitize, page):
    result = digitize("submit", "31.png", "words.png", "-o", "job", "-j", "1", "--log-format", "json")

    lines = objects(result)
    assert result.exit_code == 3
    assert all({"time", "level", "message"} <= set(line) for line in lines)
    (failure,) = [line for line in lines if line.get("file") == "words.png"]
    assert (failure["level"], failure["page"], failure["code"]) == ("warning", 1, "not-an-image")
    assert (failure["job"], failure["outcome"]) == (str(Path("job").absolute()), "failed")
    assert (lines[-1]["level"], bool(lines[-1]["hint"])) == ("error", True)
    assert result.stdout.startswith("file ")


def test_watch_says_of_a_page_that_failed_which_job_it_is_of(digitize, page):
    Path("inbox").mkdir()
    Path("words.png").rename("inbox/words.png")
    Path("digitize.toml").write_text("watch_stable_s = 0.0\n")

    result = digitize("--log-format", "json", "watch", "inbox", "-o", "jobs", "--once")

    (failure,) = [line for line in objects(result) if line.get("code")]
    assert (failure["job"], failure["outcome"]) == (result.stdout.strip(), "failed")


@pytest.mark.parametrize("args", [("--log-format", "json", "status", "job"), ("status", "job")])
def test_the_format_of_any_command_comes_from_before_it_or_from_the_environment(digitize, monkeypatch, args):
    if "json" not in args:
        monkeypatch.setenv("DIGITIZE_LOG_FORMAT", "json")

    (line,) = objects(digitize(*args))

    assert (line["level"], "job" in line["message"], bool(line["hint"])) == ("error", True, True)


def test_the_format_may_come_from_the_settings_file_and_a_flag_goes_before_it(digitize):
    Path("digitize.toml").write_text('log_format = "json"\n')

    assert objects(digitize("status", "job"))[0]["level"] == "error"
    assert digitize("--log-format", "text", "status", "job").stderr.startswith("error: ")


def test_details_and_tracebacks_are_objects_too(digitize):
    (line,) = objects(digitize("--log-format", "json", "-v", "status", "job"))

    assert "UsageError" in line["traceback"]


def test_a_usage_error_is_an_object(digitize):
    (line,) = objects(digitize("--log-format", "json", "submit", "--no-such-option"))

    assert (line["level"], line["hint"]) == ("error", "digitize submit --help")


def test_the_brokers_password_is_in_no_line(digitize, page, monkeypatch):
    monkeypatch.setenv("DIGITIZE_BROKER_URL", "redis://:topsecret@127.0.0.1:1/0")

    told = [digitize("-v", *form, "submit", "31.png") for form in ((), ("--log-format", "json"))]

    assert [result.exit_code for result in told] == [4, 4]
    assert all("127.0.0.1:1" in result.stderr and "topsecret" not in result.stderr for result in told)


@pytest.mark.parametrize(
    ("args", "hint"),
    [
        (
            ("watch", "--log-format", "json", "x"),
            "--log-format goes before the command: digitize --log-format",
        ),
        (("models", "list", "--log-format", "json"), "… models list …"),
        (("status", "--no-such"), "digitize status --help"),
    ],
)
def test_an_option_that_goes_before_the_command_is_told_so(digitize, args, hint):
    result = digitize(*args)
    assert result.exit_code == 2
    assert hint in result.stderr
