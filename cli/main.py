"""Where the program `digitize` begins and ends, signals included, whatever it is doing in between.

The commands are imported here and not above: a Ctrl-C in that time ends the program in order, too.
"""

import os
import sys
from pathlib import Path
from typing import NoReturn

from cli.interrupts import ended, take_signals

__all__ = ["main"]


def main() -> NoReturn:
    """Run the program; never returns."""
    code: str | int | None = 130
    try:
        take_signals()
        _open_closed_streams()
        from cli.app import run

        run()
    except SystemExit as error:
        code = error.code
    except KeyboardInterrupt:
        sys.stderr.write("error: interrupted\n")
    ended()
    sys.exit(code)


def _open_closed_streams() -> None:
    """Give the program the streams that whoever started it has closed."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open("w"))  # noqa: SIM115 - open to the end
