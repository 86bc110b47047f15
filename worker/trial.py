"""A model is tried on real digits before it may read: each page would have to bear what is wrong with it.

That its files are whole says nothing of what they hold: one wrong byte inside a network can end the
process that runs it. So it is tried in a process of its own (``worker/trial_child.py``), whose time and
memory are limited, and nothing here loads what runs a network. Whether a model is any better than another is
not asked; judging does that.
"""

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from model.bundle import Bundle
from worker.errors import DigitizeError, ModelRefused
from worker.shortage import remedy_for

__all__ = ["check_survives", "check_works", "find_fault", "trial_request"]

_REMEDY = "The current model goes on reading. `digitize models evaluate` shows what a model reads."

#: What runs the trial; a list so that it starts as this program did.
_COMMAND = (sys.executable, "-m", "worker.trial_child")
#: Where this program's packages lie, also when the current folder is another or gone.
_ROOT = Path(__file__).parents[1]

#: What ends a process for what it does itself. Any other signal was sent by somebody, or by the system.
_OWN_FAULTS = (signal.SIGSEGV, signal.SIGBUS, signal.SIGFPE, signal.SIGILL, signal.SIGABRT, signal.SIGSYS)


def check_works(bundle: Bundle, name: str, *, remedy: str | None = _REMEDY) -> None:
    """Refuse a model that does not read: damage inside, confidences without sense, or nothing learned.

    Parameters
    ----------
    bundle : Bundle
        As opened and checked.
    name : str
        What the model is called in the message.
    remedy : str, optional
        What to do about a refused one; None is what :class:`ModelRefused` says by itself.

    Raises
    ------
    ModelRefused
        The trial found a fault, or the model ended it.
    DigitizeError
        The trial could not be held.
    """
    fault = find_fault(bundle, name)
    if fault:
        raise ModelRefused(fault, remedy=remedy)


def find_fault(bundle: Bundle, name: str) -> str:
    """Try a model in a process of its own, and return why it may not read; empty where it may.

    Parameters
    ----------
    bundle : Bundle
        As opened and checked: the very bytes that were hashed are what is tried.
    name : str
        What the model is called in the answer.

    Raises
    ------
    DigitizeError
        The process could not be started, was ended by somebody, or failed for another cause than the model.
    """
    return _held(bundle, name).fault


def check_survives(bundle: Bundle, name: str) -> None:
    """Refuse a model that would end, or hold up, the process that judges it; how it reads does not matter.

    Parameters
    ----------
    bundle : Bundle
        As opened and checked.
    name : str
        What the model is called in the message.

    Raises
    ------
    ModelRefused
        It ended the process of the trial, or took too long.
    DigitizeError
        The trial could not be held.
    """
    trial = _held(bundle, name)
    if not trial.answered:
        raise ModelRefused(trial.fault)


class _Trial(NamedTuple):
    """What came of a trial: why the model may not read, and whether its process lived to say so."""

    fault: str
    answered: bool


def _held(bundle: Bundle, name: str) -> _Trial:
    try:
        done = subprocess.run(
            _COMMAND, input=trial_request(bundle, name), capture_output=True, cwd=_ROOT, check=False
        )
    except OSError as error:
        raise DigitizeError(
            f"no process can be started to try {name}: {error.strerror or error}", remedy=remedy_for(error)
        ) from error
    if done.returncode == -signal.SIGALRM:
        return _Trial(f"{name} cannot read: it had not read a few digits when its time was over", False)
    if -done.returncode in _OWN_FAULTS:
        ended = signal.Signals(-done.returncode).name
        fault = f"{name} cannot read: it ends the process that tries it ({ended}), so it is damaged inside"
        return _Trial(fault, False)
    try:
        return _Trial(str(json.loads(done.stdout)["fault"]), True)
    except (ValueError, KeyError, TypeError):
        said = done.stderr.decode(errors="replace").split("\n")
        why = next((line.strip() for line in reversed(said) if line.strip()), f"code {done.returncode}")
        raise DigitizeError(
            f"the process that was to try {name} was ended before it could say how that went ({why})",
            remedy="Try again; somebody, or the system for lack of memory, ended it.",
        ) from None


def trial_request(bundle: Bundle, name: str) -> bytes:
    """Return what the process of the trial is given: a line of JSON, then what is run."""
    asked = {
        "name": name,
        "folder": str(bundle.folder),
        "id": bundle.id,
        "sha256": bundle.sha256,
        "manifest": bundle.manifest,
        "runtime_bytes": len(bundle.runtime),
    }
    return json.dumps(asked).encode() + b"\n" + bundle.runtime + (bundle.ink or b"")
