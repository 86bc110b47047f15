"""The one place that prints: results on standard output, everything else on standard error.

Whoever reads standard output may stop reading: what follows is dropped without a word.
Text from outside (names of files above all) is printed with its control characters escaped.
"""

import errno
import json
import os
import sys
import traceback
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from itertools import chain
from typing import TYPE_CHECKING, Any, BinaryIO, TextIO

from cli.lost_terminal import is_terminal_gone
from worker.errors import OutputNotWritable
from worker.escaping import printable
from worker.log_lines import LogFormat, json_line
from worker.masking import Mask, nothing_masked

if TYPE_CHECKING:  # only for people, and slow to load
    from rich.table import Table

__all__ = ["DEVICE_REFUSES", "ELSEWHERE", "Advance", "Console", "Redraw", "as_json"]

#: Takes the number of steps done and a word on how they went.
Advance = Callable[[int, str], None]

#: Takes the header of a table, its rows, and lines to stand below it.
Redraw = Callable[[Sequence[str], Sequence[Sequence[str]], Sequence[str]], None]

_STYLES = {"error": "\x1b[1;31m", "warning": "\x1b[1;33m", "hint": "\x1b[1;36m"}
_RESET = "\x1b[0m"

#: Colours of cells that hold exactly this.
_CELL_STYLES = {
    "accepted": "green",
    "review": "yellow",
    "rejected": "red",
    "failed": "red",
    "cancelled": "yellow",
    "done": "green",
}

#: What a device says that takes no more bytes.
DEVICE_REFUSES = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)

#: What to do then.
ELSEWHERE = "Free some space, or write to another place."
_STILL_IN_THE_JOB = "The results are in the job folder; free some space, or write them to another place."


def as_json(value: object, *, indent: int | None = None) -> str:
    """Return JSON that standard output can hold: escapes stand for what its encoding does not know."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    plain = not encoding.lower().startswith("utf")
    return json.dumps(value, ensure_ascii=plain, indent=indent)


class Console:
    """What one run of the program prints.

    Attributes
    ----------
    quiet : bool
        Only results, warnings and errors.
    verbose : bool
        Details, and the traceback of an error.
    color : bool
        Colours on a terminal; ``NO_COLOR`` turns them off.
    log_format : LogFormat
        Whether standard error holds lines for people or JSON.
    format_asked : LogFormat or None
        What the command line asks for.
    mask : callable
        Takes secrets out of whatever stands on standard error.
    unread : bool
        Whoever read standard output has left.
    job_keeps_results : bool
        What is printed lies in a job folder, too.
    """

    def __init__(self) -> None:
        self.quiet = False
        self.verbose = False
        self.unread = False
        self.job_keeps_results = False
        self.color = not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
        # What is wrong with the settings is said before these are known.
        in_json = os.environ.get("DIGITIZE_LOG_FORMAT") == LogFormat.JSON
        self.log_format = LogFormat.JSON if in_json else LogFormat.TEXT
        self.format_asked: LogFormat | None = None
        self.mask: Mask = nothing_masked

    def result(self, text: str) -> None:
        """Print one line of the result."""
        with self._reader_may_leave():
            sys.stdout.write(_encodable(text) + "\n")

    def result_json(self, value: object, *, in_one_line: bool = False) -> None:
        """Print the result as JSON."""
        self.result(as_json(value, indent=None if in_one_line else 2))

    def result_parts(self, parts: Iterable[str]) -> None:
        """Print a result that is made while it is printed, and end its last line."""
        with self._reader_may_leave():
            sys.stdout.writelines(_encodable(part) for part in parts)
            sys.stdout.write("\n")

    @contextmanager
    def result_bytes(self) -> Iterator[BinaryIO]:
        """Give a stream to standard output for a result that is bytes."""
        with self._reader_may_leave():
            sys.stdout.flush()
            yield sys.stdout.buffer
            sys.stdout.buffer.flush()

    def table(self, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        """Print a table: drawn on a terminal, plain and aligned otherwise; a collection may be a long one."""
        rows = rows if isinstance(rows, Collection) else [*rows]
        if self.on_terminal:
            self._drawn_table(header, [[*map(printable, row)] for row in rows])
            return
        widths = [len(cell) for cell in header]
        for row in rows:
            widths = [max(width, len(printable(cell))) for width, cell in zip(widths, row, strict=True)]
        lines = ("\n" + _aligned([*map(printable, row)], widths) for row in rows)
        self.result_parts(chain([_aligned(header, widths)], lines))

    @property
    def on_terminal(self) -> bool:
        """Tell whether standard output is a terminal."""
        return sys.stdout.isatty()

    @property
    def on_screen(self) -> bool:
        """Tell whether standard output is a terminal on which what was drawn can be drawn over."""
        return self.on_terminal and os.environ.get("TERM") != "dumb"

    def note(self, text: str) -> None:
        """Say something that is good to know."""
        if not self.quiet:
            self._tell("info", text)

    def detail(self, text: str, about: Mapping[str, Any] = {}) -> None:
        """Say something that only -v asks for; `about` as for :meth:`warning`."""
        if self.verbose:
            self._tell("debug", text, about=about)

    def usage(self, text: str) -> None:
        """Print the help to someone who seems to need it."""
        if self.log_format is LogFormat.JSON:
            self._tell("error", text)
        else:
            self._say(text)

    def warning(self, text: str, about: Mapping[str, Any] = {}) -> None:
        """Say that something may not be as it was meant.

        Parameters
        ----------
        text : str
            One line.
        about : mapping
            The page that it is about, as `file` and `page`, and the like, for programs: fields of the JSON.
        """
        self._tell("warning", text, label="warning", about=about)

    def hint(self, text: str) -> None:
        """Say what to do next."""
        self._tell("info", text, label="hint")

    def error(self, message: str, *, hint: str = "", trace: bool = False) -> None:
        """Say what is wrong, in one line, and in another what to do next.

        With `trace` and -v the traceback of the error being handled comes first.
        """
        shown = trace and self.verbose and sys.exc_info()[0] is not None
        tail = traceback.format_exc().rstrip() if shown else ""
        if self.log_format is LogFormat.JSON:
            told = {"hint": hint, "traceback": tail}
            self._tell("error", message, about={name: text for name, text in told.items() if text})
            return
        for line in tail.splitlines():
            self._say(printable(line))
        self._tell("error", message, label="error")
        if hint:
            self.hint(hint)

    @contextmanager
    def progress(self, label: str, total: int) -> Iterator[Advance]:
        """Show a bar on a terminal, and nothing anywhere else."""
        if self.quiet or self.log_format is LogFormat.JSON or not sys.stderr.isatty():
            yield lambda done, word: None
            return
        from rich.console import Console as RichConsole  # only for people, and slow to load
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[word]}", markup=False),
            TimeRemainingColumn(),
        )
        screen = RichConsole(file=sys.stderr, color_system="auto" if self.color else None)
        with Progress(*columns, console=screen, redirect_stdout=False, transient=True) as bar:
            task = bar.add_task(label, total=total, word="")
            yield lambda done, word: bar.update(task, completed=done, word=printable(word))

    @contextmanager
    def refreshed(self) -> Iterator[Redraw]:
        """Give what draws a table on the terminal again and again, in its place, with lines below it."""
        from rich.console import Console as RichConsole
        from rich.console import Group
        from rich.live import Live
        from rich.text import Text

        screen = RichConsole(file=sys.stdout, color_system="auto" if self.color else None)
        with Live(console=screen, auto_refresh=False, redirect_stdout=False, redirect_stderr=False) as live:

            def redraw(header: Sequence[str], rows: Sequence[Sequence[str]], below: Sequence[str]) -> None:
                lines = [Text(printable(line)) for line in below]
                live.update(Group(_rich_table(header, rows), *lines), refresh=True)

            yield redraw

    def _drawn_table(self, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        from rich.console import Console as RichConsole

        with self._reader_may_leave():
            RichConsole(file=sys.stdout, color_system="auto" if self.color else None).print(
                _rich_table(header, rows)
            )

    def _tell(self, level: str, text: str, *, label: str = "", about: Mapping[str, Any] = {}) -> None:
        """Say one thing in the form that is asked for; `about` is for programs."""
        if self.log_format is LogFormat.JSON:
            self._say(
                json_line(level, self.mask(text), {name: self._masked(told) for name, told in about.items()})
            )
        else:
            self._say(self._labelled(label, text) if label else printable(text))

    def _masked(self, value: Any) -> Any:
        return self.mask(value) if isinstance(value, str) else value

    def _labelled(self, label: str, text: str) -> str:
        colored = self.color and sys.stderr.isatty()
        shown = f"{_STYLES[label]}{label}:{_RESET}" if colored else f"{label}:"
        return f"{shown} {printable(text)}"

    def _say(self, line: str) -> None:
        try:
            sys.stderr.write(self.mask(line) + "\n")
            sys.stderr.flush()
        except OSError:  # when nobody reads standard error any more there is nobody to tell
            _drop(sys.stderr)

    def drop_results(self) -> None:
        """Send what standard output did not take nowhere, and what follows too."""
        _drop(sys.stdout)

    def drop_everything(self) -> None:
        """Do so with what standard error did not take, too."""
        _drop(sys.stdout)
        _drop(sys.stderr)

    @contextmanager
    def _reader_may_leave(self) -> Iterator[None]:
        try:
            yield
            sys.stdout.flush()
        except BrokenPipeError:
            self.unread = True
            _drop(sys.stdout)
        except OSError as error:
            if error.errno not in DEVICE_REFUSES:
                raise
            is_gone = is_terminal_gone(error)
            _drop(sys.stdout)
            if is_gone:
                raise KeyboardInterrupt from error
            raise OutputNotWritable(
                f"cannot write standard output: {error.strerror}",
                remedy=_STILL_IN_THE_JOB if self.job_keeps_results else ELSEWHERE,
            ) from error


def _drop(stream: TextIO) -> None:
    """Send what is still in the buffer nowhere: it has to go somewhere when Python ends."""
    with suppress(OSError):  # a stream that is no file, as in tests, keeps what it has
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


def _rich_table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> "Table":
    """Return a table as a terminal shows it."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(*header, box=box.SIMPLE_HEAD)
    for row in rows:
        table.add_row(*(Text(printable(cell), style=_CELL_STYLES.get(cell, "")) for cell in row))
    return table


def _encodable(text: str) -> str:
    """Return `text` with an escape for each character that standard output cannot show."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    return text.encode(encoding, errors="backslashreplace").decode(encoding)


def _aligned(row: Sequence[str], widths: Sequence[int]) -> str:
    """Return one row of a plain table."""
    return "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
