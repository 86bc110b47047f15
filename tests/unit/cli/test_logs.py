"""What is logged while pages are read becomes lines of the console."""

import logging

import pytest

from cli.console import Console
from cli.logs import logs_on

log = logging.getLogger("worker.embedded")


@pytest.fixture
def console():
    return Console()


def stumble():
    try:
        raise ZeroDivisionError("by zero")
    except ZeroDivisionError:
        log.error("page 1 of %r failed", "two\nlines.png", exc_info=True)


def test_a_warning_is_one_line_whatever_is_in_it(console, capsys):
    with logs_on(console):
        log.warning("page 1 of %s: \x1b[31mred\nand a second line", "scan.png")
        log.debug("not for everyone")
    assert capsys.readouterr().err == "warning: page 1 of scan.png: \\x1b[31mred\\nand a second line\n"


def test_a_fault_is_one_line(console, capsys):
    with logs_on(console):
        stumble()
    assert capsys.readouterr().err == "warning: page 1 of 'two\\nlines.png' failed\n"


def test_details_and_tracebacks_are_there_when_asked_for(console, capsys):
    console.verbose = True
    with logs_on(console):
        stumble()
        log.debug("attempt 1")
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == "Traceback (most recent call last):"
    assert lines[-3:] == [
        "ZeroDivisionError: by zero",
        "warning: page 1 of 'two\\nlines.png' failed",
        "attempt 1",
    ]


def test_nothing_stays_behind(console, capsys):
    console.verbose = True
    before = (logging.getLogger().handlers[:], logging.getLogger("worker").level)
    with logs_on(console):
        pass
    assert (logging.getLogger().handlers, logging.getLogger("worker").level) == before
