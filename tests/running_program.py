"""The program as a process of its own, with the fake reader: to be waited for, signalled and killed."""

import functools
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from tests.fake_readers import FACTORY, FOLDER_VARIABLE, PATIENCE_S, Script, wait_until

ROOT = Path(__file__).parents[1]

#: Any child that reads imports this anew, so that nothing may happen then.
PROGRAM = Path(__file__)


class Running:
    """One run of the program; what it prints goes to files that can be read while it runs."""

    def __init__(self, here: Path, script: Script, arguments: tuple[object, ...], **variables: str) -> None:
        number = len(list(here.glob("stdout-*")))
        self._stdout, self._stderr = here / f"stdout-{number}", here / f"stderr-{number}"
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(here),
            "PYTHONPATH": str(ROOT),
            FOLDER_VARIABLE: str(script.folder),
            **variables,
        }
        with self._stdout.open("wb") as out, self._stderr.open("wb") as err:
            self.process = subprocess.Popen(
                [sys.executable, str(PROGRAM), *map(str, arguments)],
                cwd=here,
                env=environment,
                stdout=out,
                stderr=err,
                start_new_session=True,
            )

    @property
    def stdout(self) -> str:
        return self._stdout.read_text()

    @property
    def stderr(self) -> str:
        return self._stderr.read_text()

    def says(self, text: str) -> None:
        """Wait until it has said something, on either stream."""
        wait_until(lambda: text in self.stdout + self.stderr or self.process.poll() is not None, repr(text))
        assert text in self.stdout + self.stderr, self.stdout + self.stderr

    def send(self, number: int) -> None:
        self.process.send_signal(number)

    def ends(self) -> int:
        """Wait until it ends by itself, and return its exit code."""
        return self.process.wait(PATIENCE_S)

    def kill(self) -> None:
        """End it and all its children at once, as a power cut does."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(PATIENCE_S)


Start = Callable[..., Running]


def main() -> None:
    """Run the command line with the fake reader in place of the real one."""
    import worker.embedded

    worker.embedded.run_embedded = functools.partial(worker.embedded.run_embedded, reader_factory=FACTORY)
    from cli.main import main as run

    run()


if __name__ == "__main__":
    main()
