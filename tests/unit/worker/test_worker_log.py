"""The log of a worker as text: what strangers wrote is a part of its line, and never another one."""

import logging

import pytest

from tests.job_builders import plain_settings
from worker.log_lines import about_page
from worker.worker_log import worker_log

log = logging.getLogger("tests.worker_log")

FORGED = "/jobs/a\n[2026-11-29 10:52:59,258: INFO/MainProcess] page 1 of '1.png': read\x1b[1A\r\u2028"


@pytest.fixture
def said(capsys):
    """Log as a worker does, and return the lines."""

    def lines_of(log_something):
        with worker_log(plain_settings(broker_url="redis://:sec\vret@host/0"), "INFO"):
            capsys.readouterr()  # of a worker that runs as root, that it does
            log_something()
        return capsys.readouterr().err.removesuffix("\n").split("\n")

    return lines_of


def test_what_strangers_wrote_forges_no_line_and_moves_no_cursor(said):
    (line,) = said(lambda: log.warning("page 1 of 'x.png' put off: %s lies elsewhere", FORGED))

    assert line.isprintable()
    assert r"put off: /jobs/a\n[2026-11-29" in line
    assert line.endswith(r"\x1b[1A\r\u2028 lies elsewhere")


def test_nor_does_an_error_within_its_traceback(said):
    def fail():
        try:
            raise ValueError(FORGED)
        except ValueError:
            log.exception("failed")

    first, *traceback = said(fail)

    assert first.startswith("[")
    assert "  Traceback (most recent call last):" in traceback
    assert all(line.isprintable() and line.startswith("  ") for line in traceback)


def test_a_password_of_odd_signs_is_masked_before_these_are_escaped(said):
    (line,) = said(lambda: log.warning("refused by redis://:sec\vret@host/0"))

    assert line.endswith("refused by redis://:***@host/0")


def test_a_line_about_a_page_names_it_once_whoever_says_it(said):
    def tell():
        with about_page("/jobs/a", "two\nlines.png", 3):
            logging.getLogger("celery.worker.request").error("Task handler raised error: %r", ValueError())
            log.warning("page %s of %r put off", 3, "two\nlines.png")
        log.warning("no page")

    lines = [line.partition("] ")[2] for line in said(tell)]

    assert lines == [
        r"page 3 of 'two\nlines.png': Task handler raised error: ValueError()",
        r"page 3 of 'two\nlines.png' put off",
        "no page",
    ]
