"""What is printed where, and how text from outside is kept from doing harm."""

import io
import sys

import pytest

from cli.console import Console


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def terminal(monkeypatch):
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")

    def attach():  # in the test itself: pytest sets its own streams after the fixtures
        for name in ("stdout", "stderr"):
            monkeypatch.setattr(sys, name, Terminal())

    return attach


def test_error_is_coloured_on_a_terminal(terminal):
    terminal()
    Console().error("broken", hint="mend it")

    assert sys.stderr.getvalue() == "\x1b[1;31merror:\x1b[0m broken\n\x1b[1;36mhint:\x1b[0m mend it\n"


@pytest.mark.parametrize(("variable", "value"), [("NO_COLOR", "1"), ("TERM", "dumb")])
def test_colours_can_be_turned_off(terminal, monkeypatch, variable, value):
    terminal()
    monkeypatch.setenv(variable, value)
    console = Console()

    console.error("broken")
    console.table(("status",), [("failed",)])

    assert "\x1b[" not in sys.stderr.getvalue() + sys.stdout.getvalue()


def test_file_gets_no_colours(capsys, monkeypatch):
    monkeypatch.delenv("NO_COLOR", raising=False)

    Console().error("broken")

    assert capsys.readouterr().err == "error: broken\n"


def test_quiet_keeps_warnings_and_errors(capsys):
    console = Console()
    console.quiet = True

    console.note("by the way")
    console.warning("mind")
    console.error("broken")

    assert capsys.readouterr().err == "warning: mind\nerror: broken\n"


def test_plain_table_is_aligned_and_on_one_line_a_row(capsys):
    Console().table(("file", "page"), [("a\nb.png", "1"), ("c.png", "12")])

    assert capsys.readouterr().out == "file      page\na\\nb.png  1\nc.png     12\n"


def test_table_without_rows_is_its_header(capsys):
    Console().table(("file", "page"), [])

    assert capsys.readouterr().out == "file  page\n"


def test_markup_in_a_name_is_only_text(terminal):
    terminal()
    Console().table(("file",), [("[red]name[/red].png",)])

    assert "[red]name[/red].png" in sys.stdout.getvalue()


def test_no_bar_away_from_a_terminal(capsys):
    with Console().progress("pages", 2) as advance:
        advance(1, "")

    assert capsys.readouterr() == ("", "")


def test_bar_on_a_terminal_is_on_stderr(terminal):
    terminal()
    with Console().progress("pages", 2) as advance:
        advance(1, "[1 failed]")

    assert "pages" in sys.stderr.getvalue()
    assert sys.stdout.getvalue() == ""


def test_name_in_the_bar_cannot_steer_the_terminal(terminal):
    terminal()
    with Console().progress("files", 2) as advance:
        advance(1, "a\x1b[2Jb.png")

    assert "\x1b[2J" not in sys.stderr.getvalue()
    assert "a\\x1b[2Jb.png" in sys.stderr.getvalue()
