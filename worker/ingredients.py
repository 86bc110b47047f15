"""Where digits come from that a model is trained on: as it is asked for, and as it is loaded."""

import hashlib
import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np

from model.dataset import find_mnist
from model.dataset_apart import apart
from model.dataset_digits import Digits
from model.dataset_mix import Ingredient
from model.synth.digits import DigitSource
from worker.corrections import load_all_corrections
from worker.errors import UsageError
from worker.locate import find_local_job
from worker.settings import Settings

__all__ = ["MNIST", "Asked", "asked_sources", "described", "load_ingredients", "parse_asked"]

Kind = Literal["mnist", "digits", "corrections"]

#: What MNIST is called where sources are named; a file or folder of that name is ``./mnist``.
MNIST = "mnist"
#: Of corrections, where none is given: so little is drawn with them that what they are not is not forgotten.
CORRECTIONS_WEIGHT = 0.25


@dataclass(frozen=True, slots=True)
class Asked:
    """A source of digits, as it was asked for.

    Attributes
    ----------
    kind : {"mnist", "digits", "corrections"}
        Digits in files, or what people corrected in a job.
    path : Path
        Of the file or folder; of MNIST it says nothing.
    weight : float, optional
        How much is drawn with it beside others; None = not said.
    """

    kind: Kind
    path: Path
    weight: float | None = None


def parse_asked(text: str, kind: Kind = "digits") -> Asked:
    """Parse ``PATH`` or ``PATH=WEIGHT``.

    Parameters
    ----------
    text : str
        As typed. A path that is there with all of its equals signs is a path.
    kind : {"digits", "corrections"}
        What lies there; the word ``mnist`` means MNIST among digits.

    Raises
    ------
    UsageError
        The path is empty, or the weight is none.
    """
    path, equals, weight = text.rpartition("=")
    if not equals or _is_there(text):
        path, weight = text, ""
    elif not weight:
        raise UsageError(f"no weight after the equals sign: {text!r}", remedy=_HOW)
    if not path:
        raise UsageError("a path must not be empty; the current folder is `.`", remedy=_HOW)
    if path == MNIST and kind == "digits":
        return Asked("mnist", Path(path), _weight(weight, text))
    return Asked(kind, Path(path), _weight(weight, text))


def asked_sources(data: Sequence[str], corrections: Sequence[str], settings: Settings) -> list[Asked]:
    """Parse what stands after ``--data`` and ``--from-corrections``.

    Parameters
    ----------
    data, corrections : sequence of str
        As typed; corrections name jobs.
    settings : Settings
        Say where the jobs are.

    Raises
    ------
    UsageError
        A path is empty, a weight is none, or there is no such job.
    """
    asked = [parse_asked(text) for text in data]
    for text in corrections:
        job = parse_asked(text, "corrections")
        asked.append(replace(job, path=find_local_job(job.path, settings)))
    return asked


_NUMBER = re.compile(r"(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_HOW = "PATH, or PATH=WEIGHT with a number above 0, such as ours=0.5."


def _is_there(text: str) -> bool:
    try:
        return Path(text).exists()
    except (OSError, ValueError):
        return False


def _weight(text: str, whole: str) -> float | None:
    if not text:
        return None
    # Python's own idea of a number has underscores and the digits of all scripts in it.
    weight = float(text) if _NUMBER.fullmatch(text) else math.nan
    if not 0 < weight < math.inf:
        raise UsageError(f"a weight is a number above 0. Received: {text!r} in {whole!r}", remedy=_HOW)
    return weight


def load_ingredients(asked: Sequence[Asked], say: Callable[[str], None]) -> tuple[Ingredient, ...]:
    """Load every source that was asked for.

    Parameters
    ----------
    asked : sequence of Asked
        Nothing = MNIST. Beside corrections alone MNIST is taken, too.
    say : callable
        Told what is looked for, and what is passed over.

    Returns
    -------
    tuple of Ingredient
        At least one, of which the first holds every digit on both sides; each has a name of its own.

    Raises
    ------
    DataInvalid
        A source cannot be used, or one is judged by what it or another trains on.
    UsageError
        A job is none.
    """
    if all(source.kind == "corrections" for source in asked):
        asked = (Asked("mnist", Path(MNIST)), *asked)
    # Digits first: they are lent to corrections that lack some.
    ordered = sorted(asked, key=lambda source: source.kind == "corrections")
    jobs = [source.path for source in ordered if source.kind == "corrections"]
    files = [_digits(source, say) for source in ordered if source.kind != "corrections"]
    found = [*files, *(load_all_corrections(jobs, say) if jobs else [])]
    loaded: list[Ingredient] = []
    for source, digits in zip(ordered, found, strict=True):
        usual = CORRECTIONS_WEIGHT if source.kind == "corrections" else 1.0
        weight = usual if source.weight is None else source.weight
        loaded.append(Ingredient(_name(source, loaded), digits, weight))
    return tuple(apart(loaded, DigitSource.builtin().images, say))


def _digits(source: Asked, say: Callable[[str], None]) -> Digits:
    return find_mnist(None if source.kind == "mnist" else source.path, say=say)


def _name(source: Asked, others: Sequence[Ingredient]) -> str:
    """Call a source after its file or folder, and by a number where another is called so."""
    plain = MNIST if source.kind == "mnist" else source.path.resolve().name
    taken, name, number = {each.name for each in others}, plain, 1
    while name in taken:
        number += 1
        name = f"{plain}-{number}"
    return name


def described(ingredients: Sequence[Ingredient], parts: Sequence[int] | None = None) -> list[dict[str, Any]]:
    """Return what a manifest says of the sources.

    Parameters
    ----------
    ingredients : sequence of Ingredient
        What was trained on.
    parts : sequence of int, optional
        Of the drawing, one count a source; without them nothing was drawn, and weights did not count.

    Returns
    -------
    list of dict
        Of each source name, origin, counts, and the sha256 of the images and labels of either part, those of
        what is no digit included: a path says nothing of what lay there.
    """
    return [
        {
            "name": each.name,
            "origin": each.digits.origin,
            "train_digits": len(each.digits.train_labels),
            "test_digits": len(each.digits.test_labels),
            "train_not_a_digit": len(each.digits.train_others),
            "test_not_a_digit": len(each.digits.test_others),
            **{f"{part}_sha256": _digest(each.digits, part) for part in ("train", "test")},
            **({} if parts is None else {"weight": each.weight, "drawn_parts": parts[k]}),
        }
        for k, each in enumerate(ingredients)
    ]


def _digest(digits: Digits, part: str) -> str:
    """Return a hash of one part of a source: equal where the same digits were given in the same order."""
    found = hashlib.sha256()
    for kind in ("images", "labels", "others"):
        found.update(np.ascontiguousarray(getattr(digits, f"{part}_{kind}"), np.uint8).tobytes())
    return found.hexdigest()
