"""A reader without a network, for tests of everything around reading.

It reads the width of a page as its only number, and does what a test told it through files
in a folder: hold a page until it is released, or be killed by it. Files, because the reader
lives in another process than the test.
"""

import os
import resource
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from worker.errors import ModelRefused
from worker.records import BoxRecord, DigitRecord, Kind, ModelRecord, NumberRecord, ProcessingStep, Status

FOLDER_VARIABLE = "FAKE_READER_FOLDER"
FACTORY = "tests.fake_readers:load_reader"
REFUSING_FACTORY = "tests.fake_readers:refuse"
FAILING_FACTORY = "tests.fake_readers:load_failing_reader"
GREEDY_FACTORY = "tests.fake_readers:load_greedy_reader"
MODEL = ModelRecord(id="fake", sha256="0" * 64)

#: No record is as short as this.
_TOO_SHORT_BYTES = 100

#: Far more than anything here takes; reached only when something is broken.
PATIENCE_S = 60.0


def wait_until(look: Callable[[], object], what: str) -> None:
    """Return as soon as `look` gives something true; fail when it never does."""
    deadline_s = time.monotonic() + PATIENCE_S
    while not look():
        if time.monotonic() > deadline_s:
            raise AssertionError(f"never happened: {what}")
        time.sleep(0.01)


@dataclass(frozen=True)
class Script:
    """What the fake reader is to do; pages are named by their width."""

    folder: Path

    def hold(self, width: int) -> None:
        """Let the page take until it is released."""
        (self.folder / f"hold-{width}").touch()

    def release(self, width: int) -> None:
        """Let the page be finished."""
        (self.folder / f"hold-{width}").unlink()

    def kill_reader_of(self, width: int) -> None:
        """Let the page kill its process whenever it is read."""
        (self.folder / f"kill-{width}").touch()

    def stop_killing(self, width: int) -> None:
        """Let the page be read."""
        (self.folder / f"kill-{width}").unlink()

    def ignore_soft_limit_of(self, width: int) -> None:
        """Let the page hang as native code does, which no soft limit reaches."""
        (self.folder / f"stubborn-{width}").touch()

    def fail_once(self, width: int) -> None:
        """Let the page run out of memory once, after it was held."""
        (self.folder / f"fail-{width}").touch()

    def kill_writer_of(self, width: int) -> None:
        """Let the page kill its process once, when half of its record is written."""
        (self.folder / f"torn-{width}").touch()

    def slow_disk_down_for(self, width: int) -> None:
        """Let the process of the page wait, from then on, for whatever it forces to the disk."""
        (self.folder / f"slow-{width}").touch()

    def fill_the_disk(self) -> None:
        """Let no record be written by those that begin a page from now on: each is too long."""
        (self.folder / "full").touch()

    def make_space(self) -> None:
        """Let records be written again."""
        (self.folder / "full").unlink()

    def begun(self, width: int) -> list[int]:
        """Return the processes that began the page, in order."""
        names = sorted(path.name for path in self.folder.glob(f"begun-{width}-*"))
        return [int(name.rsplit("-", 1)[1]) for name in names]

    def perform(self, width: int) -> None:
        """Do with a page what was asked; called by the reader."""
        (self.folder / f"begun-{width}-{time.monotonic_ns():020d}-{os.getpid()}").touch()
        if (self.folder / f"kill-{width}").exists():
            os.kill(os.getpid(), signal.SIGKILL)
        if (self.folder / f"stubborn-{width}").exists():
            signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1})
        if (self.folder / f"torn-{width}").exists():
            (self.folder / f"torn-{width}").unlink()
            os.fsync = lambda _: os.kill(os.getpid(), signal.SIGKILL)
        if (self.folder / f"slow-{width}").exists():
            os.fsync = lambda _: time.sleep(PATIENCE_S)
        largest = _TOO_SHORT_BYTES if (self.folder / "full").exists() else resource.RLIM_INFINITY
        resource.setrlimit(resource.RLIMIT_FSIZE, (largest, resource.RLIM_INFINITY))
        wait_until(lambda: not (self.folder / f"hold-{width}").exists(), f"page {width} released")
        if (self.folder / f"fail-{width}").exists():
            (self.folder / f"fail-{width}").unlink()
            raise MemoryError


@dataclass(frozen=True)
class FakeReading:
    """What the fake reader gives back."""

    numbers: tuple[NumberRecord, ...]
    processing: tuple[ProcessingStep, ...] = (ProcessingStep(name="fake", settings={"level": 0.5}),)
    warnings: tuple[()] = ()
    timings_s: dict[str, float] = field(default_factory=lambda: {"read": 0.0})


class FakeReader:
    """Reads the width of a page."""

    model = MODEL

    def read_page(self, page, *, accept_confidence=None, max_error_rate=None, printed="keep"):
        folder = os.environ.get(FOLDER_VARIABLE)
        if folder:
            Script(Path(folder)).perform(page.width)
        return FakeReading(numbers=(number_record(f"{page.width:05d}", page.width, page.height),))


class FailingReader:
    """Has a fault that shows on every page."""

    model = MODEL

    def read_page(self, page, *, accept_confidence=None, max_error_rate=None, printed="keep"):
        raise ZeroDivisionError("division by zero\nin a reader")


class GreedyReader:
    """Asks for more memory than there is."""

    model = MODEL

    def read_page(self, page, *, accept_confidence=None, max_error_rate=None, printed="keep"):
        raise MemoryError


def load_reader(model):
    return FakeReader()


def load_failing_reader(model):
    return FailingReader()


def load_greedy_reader(model):
    return GreedyReader()


def die(model):
    os.kill(os.getpid(), signal.SIGKILL)


def refuse(model):
    raise ModelRefused("the weights are not what the manifest vouches for")


def number_record(
    text: str,
    width: int = 20,
    height: int = 10,
    *,
    line: int = 1,
    number: int = 1,
    field_name: str = "",
    status: Status = Status.ACCEPTED,
    confidence: float = 0.99,
    kind: Kind | None = None,
) -> NumberRecord:
    """Return a number whose digits share its box."""
    box = BoxRecord(x=0, y=0, width=width, height=height)
    return NumberRecord(
        line=line,
        number=number,
        field=field_name,
        text=text,
        kind=kind,
        status=status,
        confidence=confidence,
        box=box,
        digits=tuple(DigitRecord(text=digit, confidence=confidence, box=box) for digit in text),
    )
