"""Lines of the log as JSON."""

import json
import logging
from datetime import datetime, timedelta

import pytest

from worker.log_lines import JsonLines, about_page
from worker.masking import mask_for


@pytest.fixture
def logged():
    """Log to a list of what the lines hold."""
    lines = []

    class Keep(logging.Handler):
        def emit(self, record):
            lines.append(json.loads(self.format(record)))

    handler = Keep()
    handler.setFormatter(JsonLines(mask_for("redis://:secret@host/0")))
    log = logging.getLogger("tests.log_lines")
    log.setLevel(logging.DEBUG)
    log.addHandler(handler)
    yield log, lines
    log.removeHandler(handler)


def test_a_line_says_when_how_grave_what_and_by_whom(logged):
    log, lines = logged

    log.warning("%d pages", 3)

    (line,) = lines
    assert (line["level"], line["message"], line["logger"]) == ("warning", "3 pages", "tests.log_lines")
    assert line["time"].endswith("Z")
    assert datetime.fromisoformat(line["time"]).utcoffset() == timedelta(0)
    assert not {"job", "file", "page"} & set(line)


def test_every_line_about_a_page_says_which_page_it_is(logged):
    log, lines = logged

    with about_page("/jobs/a", "1.png", 2):
        log.info("read", extra={"fields": {"outcome": "read"}})
        with about_page("/jobs/b", "2.png", 1):
            log.info("another in between")
        log.info("still the first")
    log.info("none")

    assert [(line.get("job"), line.get("file"), line.get("page")) for line in lines] == [
        ("/jobs/a", "1.png", 2),
        ("/jobs/b", "2.png", 1),
        ("/jobs/a", "1.png", 2),
        (None, None, None),
    ]
    assert lines[0]["outcome"] == "read"


def test_a_traceback_is_part_of_its_line_and_holds_no_secret(logged):
    log, lines = logged
    try:
        raise ValueError("cannot use redis://:secret@host/0\nat all")
    except ValueError:
        log.exception("failed: %s", "secret", extra={"fields": {"code": "secret"}})

    (line,) = lines
    assert "ValueError: cannot use redis://:***@host/0" in line["traceback"]
    assert "secret" not in json.dumps(line)


def test_names_of_files_with_odd_letters_stay_one_line(logged):
    log, lines = logged

    with about_page("/jobs/ä", "two\nlines \u2028.png", 1):
        log.info("read")

    assert lines[0]["file"] == "two\nlines \u2028.png"
    with about_page("j", "two\nlines \u2028 \udcff.png", 1):
        record = logging.LogRecord("name", logging.INFO, "", 0, "text", None, None)
        assert len(JsonLines().format(record).splitlines()) == 1
