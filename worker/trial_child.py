"""The process in which a model is tried: it reads digits with everything its manifest says of confidence.

    python -m worker.trial_child < REQUEST

The request is that of :func:`worker.trial.trial_request`; the answer is a line of JSON, ``{"fault": "..."}``,
empty where there is none. What a network does to this process, it does to no other.
"""

import json
import os
import signal
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from model.bundle import MANIFEST, Bundle
from model.calibration import Calibration, NumberEvidence, log_odds
from model.chatter import native_chatter_hidden
from model.classify import Classifier
from model.contract import CLASSES, to_batch
from model.errors import BundleInvalid
from model.makes import weighed
from model.synth.digits import DigitSource
from worker.failures import one_line
from worker.memory_limit import is_out_of_memory, limit_memory

__all__ = ["LEAST_RIGHT", "fault_of", "main", "parsed_request"]

#: Share of the shipped sample that a model reads right at least. Chance reads a tenth; models that were
#: trained on other people's digits, or on printed ones, well above this.
LEAST_RIGHT = 0.5
#: Temperatures outside of this are damage: training looks for the best between 0.5 and 3.
_LEAST_TEMPERATURE, _MOST_TEMPERATURE = 0.1, 10.0
#: A candidate that is one whole component, as most digits are.
_WHOLE = 0

#: Five hundred digits take a tenth of a second, and loading what runs the network some seconds where the
#: machine is busy.
_TIME_LIMIT_S = 60
#: Beside what Python and its libraries take; the shipped model takes less than fifty.
_MEMORY_MB = 1024


def fault_of(bundle: Bundle, name: str) -> str:
    """Try a model in this process, and return why it may not read; empty where it may.

    Parameters
    ----------
    bundle : Bundle
        As opened and checked.
    name : str
        What the model is called in the answer.
    """
    sample = DigitSource.builtin()
    try:
        with native_chatter_hidden():
            classifier = Classifier.of(bundle)
            answers = classifier.predict(to_batch(sample.images))
    except BundleInvalid as error:
        return str(error)
    calibration, manifest = classifier.calibration, bundle.folder / MANIFEST
    if not _LEAST_TEMPERATURE <= calibration.temperature <= _MOST_TEMPERATURE:
        return (
            f"{manifest}: its temperature is {calibration.temperature:g}, "
            f"and no training gives one outside of {_LEAST_TEMPERATURE:g} to {_MOST_TEMPERATURE:g}"
        )
    if not np.isfinite(answers).all():
        return f"{name} cannot read: its answers to digits are not finite"
    if said := _too_few_right(answers, sample):
        return f"{name} cannot read: {said}"
    # The network is sound; what is wrong from here on stands in the manifest.
    if said := _too_few_right(weighed(answers, [_WHOLE] * len(answers), calibration.makes), sample):
        return f"{manifest}: weighed by what its calibration says of makes, {said}"
    return _fault_of_confidence(calibration, manifest)


def _too_few_right(answers: NDArray[np.float32], sample: DigitSource) -> str:
    right, count = int((answers.argmax(axis=1) == sample.labels).sum()), len(sample.labels)
    if right >= LEAST_RIGHT * count:
        return ""
    return (
        f"of {count} digits that come with the program it reads {right} right, "
        f"and {LEAST_RIGHT * count:.0f} is the least"
    )


def _fault_of_confidence(calibration: Calibration, manifest: Path) -> str:
    """Say what is wrong with confidences by which a mere guess is accepted, or what is certain is doubted."""
    guess, certain = (
        calibration.number.probability(NumberEvidence((value,), page_log_odds=log_odds(value)))
        for value in (1 / CLASSES, 1.0)
    )
    if guess >= calibration.accept_confidence:
        return (
            f"{manifest}: its calibration accepts guesses: a digit that is as likely as any other has the "
            f"confidence {guess:.3g}, and {calibration.accept_confidence:g} is enough to be accepted"
        )
    if not certain > max(guess, 0.5):
        return (
            f"{manifest}: its calibration is upside down: a digit that is certain has the "
            f"confidence {certain:.3g}, a mere guess {guess:.3g}"
        )
    return ""


def parsed_request(request: bytes) -> tuple[Bundle, str]:
    """Return the model that is to be tried, and what it is called."""
    line, _, files = request.partition(b"\n")
    asked = json.loads(line)
    runtime, ink = files[: asked["runtime_bytes"]], files[asked["runtime_bytes"] :]
    bundle = Bundle(
        Path(asked["folder"]), asked["id"], asked["sha256"], runtime, asked["manifest"], ink or None
    )
    return bundle, asked["name"]


def main() -> None:
    """Answer the request on standard input."""
    bundle, name = parsed_request(sys.stdin.buffer.read())
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(_TIME_LIMIT_S)
    limit_memory(_MEMORY_MB)
    try:
        fault = fault_of(bundle, name)
    except Exception as error:
        if not is_out_of_memory(error):
            raise
        fault = f"{name} cannot read: it takes more than {_MEMORY_MB} MB for a few digits"
    # Written to the stream itself: nothing that a library does at the end can add to it, or take it back.
    os.write(sys.stdout.fileno(), json.dumps({"fault": one_line(fault)}).encode())
    os._exit(0)


if __name__ == "__main__":
    main()
