"""Watching a folder: look, take what is whole, have it read, bring away what is done; again and again."""

import os
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from worker.dropped_files import DroppedFile, Drops, FoundDrops
from worker.durable_folders import make_folder
from worker.errors import NoUsableInput, OutputNotWritable, UsageError
from worker.identity import display_name
from worker.signals import deferred_signals
from worker.watch_batches import Batches, FinishedBatch
from worker.watch_failed import failed_before, said_of_failed
from worker.watch_moving import move_file, undo_killed_moves
from worker.watch_queue import Teller
from worker.watch_state import WatchState

__all__ = ["FolderWatch", "check_folders"]

#: Between two looks; a folder that takes long to look at is looked at less often.
_LOOK_EVERY_S = 1.0
_REST_PER_LOOK = 5.0

#: Files that are whole wait for those that still grow, so that a stack becomes one job; not longer than this.
_PATIENCE_S = 60.0


def check_folders(folder: Path, jobs_dir: Path, move_to: Path | None) -> None:
    """Make sure that nothing that is written comes back as something to be read.

    Raises
    ------
    UsageError
        What is watched is no folder, or what is written would lie in it.
    """
    if not folder.is_dir():
        raise UsageError(
            f"{folder} is no folder that can be watched", remedy="Name the folder that the scanner writes to."
        )
    watched = folder.resolve()
    for what, place in (("the folder of the jobs", jobs_dir), ("the folder after --move-to", move_to)):
        if place is not None and place.resolve().is_relative_to(watched):
            raise UsageError(
                f"{what}, {place}, lies in the watched folder {folder}",
                remedy="Name a folder beside it, or anywhere else.",
            )


class FolderWatch:
    """Watches one folder.

    Parameters
    ----------
    folder : Path
        The folder.
    state : WatchState
        What became of its files.
    batches : Batches
        What makes jobs of them.
    stable_s : float
        How long a file has to be unchanged.
    move_to : Path or None
        Where files go whose pages were all read.
    teller : Teller
        Tells what happens.
    on_finished : callable
        Told of each batch whose results are there.
    """

    def __init__(
        self,
        folder: Path,
        state: WatchState,
        batches: Batches,
        *,
        stable_s: float,
        move_to: Path | None,
        teller: Teller,
        on_finished: Callable[[FinishedBatch], None],
    ) -> None:
        self._folder = folder
        self._state = state
        self._batches = batches
        self._stable_s = stable_s
        self._move_to = move_to
        self._teller = teller
        self._on_finished = on_finished
        self._drops = Drops(folder, stable_s, time.monotonic)
        self._since_s: float | None = None
        self._away = False
        self._read_whole: dict[str, tuple[int, set[str]]] = {}
        self._changed_ns: dict[str, int] = {}

    def start(self) -> None:
        """Put in order what a killed run left, and go on with its jobs.

        Raises
        ------
        DigitizeError
            Jobs cannot be read, or nothing can be written.
        """
        if self._move_to is not None:
            make_folder(self._move_to)
        with suppress(OSError):  # a folder that is away is told with the first look
            undo_killed_moves(self._folder)
        self._batches.go_on()

    def for_ever(self) -> None:
        """Watch until somebody interrupts.

        Raises
        ------
        KeyboardInterrupt
            Somebody did.
        DigitizeError
            Jobs cannot be read, or nothing can be written.
        """
        while True:
            began_s = time.monotonic()
            found = self._look()
            if found is not None and self._is_due(found):
                self._batches.take(found.whole)
            self._bring_away(found)
            time.sleep(max(_LOOK_EVERY_S, _REST_PER_LOOK * (time.monotonic() - began_s)))

    def once(self) -> None:
        """Take what is whole now, and return when that is read; with a broker, when it is queued.

        Raises
        ------
        NoUsableInput
            The folder cannot be looked into.
        DigitizeError
            Jobs cannot be read, or nothing can be written.
        """
        first = self._look()
        if first is not None and first.growing:  # which all are that are seen for the first time
            time.sleep(self._stable_s)
        found = self._look()
        if found is None:
            raise NoUsableInput(f"{self._folder} cannot be looked into")
        for name in found.growing:
            self._teller.note(f"{self._shown(name)}: still growing, left for the next time")
        before = failed_before(found.whole, self._state, self._is_read)
        self._batches.take(found.whole)
        self._bring_away(found)
        if before:
            self._teller.note(said_of_failed(before))

    def _look(self) -> FoundDrops | None:
        """Look at the folder and name what is never taken; None while the folder is away."""
        try:
            found = self._drops.look()
        except OSError as error:
            if not self._away:
                self._teller.warning(f"{self._folder} cannot be looked into: {error.strerror or error}")
            self._away = True
            return None
        if self._away:
            self._teller.note(f"{self._folder} is there again")
        self._away = False
        for name, why in found.refused.items():
            if self._state.name_once(f"{name}: {why}"):
                self._teller.warning(f"{self._shown(name)}: {why}")
        return found

    def _is_due(self, found: FoundDrops) -> bool:
        """Tell whether a batch is complete: nothing in the folder grows, or it has waited long enough."""
        now_s = time.monotonic()
        if all(self._state.hash_of(file) is not None for file in found.whole):
            self._since_s = None
            return False
        if self._since_s is None:
            self._since_s = now_s
        if found.growing and now_s - self._since_s < _PATIENCE_S:
            return False
        self._since_s = None
        return True

    def _bring_away(self, found: FoundDrops | None) -> None:
        """Finish what is read, and move its files."""
        for finished in self._batches.finished():
            self._on_finished(finished)
        if self._move_to is None or found is None:
            return
        self._changed_ns.clear()
        for file in found.whole:
            sha256 = self._state.hash_of(file)
            owner = None if sha256 is None else self._state.owner_of(sha256)
            if owner is not None and self._is_read(*owner):
                self._move(file, self._move_to)

    def _is_read(self, job: str, name: str) -> bool:
        """Tell whether all pages of a file were read; asked anew only when its job changed."""
        batch = self._state.batch(job)
        if batch is None or not batch.done:
            return False
        if job not in self._changed_ns:  # once a pass, for there may be many files, and many shelves
            self._changed_ns[job] = self._batches.changed_ns(job)
        changed_ns = self._changed_ns[job]
        if job not in self._read_whole or self._read_whole[job][0] != changed_ns:
            self._read_whole[job] = changed_ns, self._batches.read_whole(job)
        return name in self._read_whole[job][1]

    def _move(self, file: DroppedFile, target: Path) -> None:
        try:
            with deferred_signals():
                place = move_file(self._folder, file, target)
        except OutputNotWritable as error:
            if self._state.name_once(error.message):
                self._teller.warning(error.message)
            return
        if place is not None and place.name != file.name:
            self._teller.note(f"{self._shown(file.name)}: moved to {place}")

    def _shown(self, name: str) -> str:
        return display_name(os.path.join(self._folder, name))  # noqa: PTH118 - as it was typed
