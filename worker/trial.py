"""A model is tried on real digits before it may read: each page would have to bear what is wrong with it.

That its files are whole says nothing of what they hold. Whether a model is any better than another
is not asked here; judging does that.
"""

import numpy as np

from model.bundle import MANIFEST, Bundle
from model.chatter import native_chatter_hidden
from model.classify import Classifier
from model.contract import to_batch
from model.errors import BundleInvalid
from model.synth.digits import DigitSource
from worker.errors import ModelRefused

__all__ = ["LEAST_RIGHT", "check_works"]

#: Share of the shipped sample that a model reads right at least. Chance reads a tenth; models that were
#: trained on other people's digits, or on printed ones, well above this.
LEAST_RIGHT = 0.5
#: Temperatures outside of this are damage: training looks for the best between 0.5 and 3.
_LEAST_TEMPERATURE, _MOST_TEMPERATURE = 0.1, 10.0

_REMEDY = "The current model goes on reading. `digitize models evaluate` shows what a model reads."


def check_works(bundle: Bundle, name: str) -> None:
    """Refuse a model that does not read: broken numbers inside, a damaged temperature, or nothing learned.

    Parameters
    ----------
    bundle : Bundle
        As opened and checked.
    name : str
        What the model is called in the message.

    Raises
    ------
    ModelRefused
        It does not load, gives no probabilities, or reads less than :data:`LEAST_RIGHT` of the sample.
    """
    sample = DigitSource.builtin()
    try:
        with native_chatter_hidden():
            classifier = Classifier.of(bundle)
            answers = classifier.predict(to_batch(sample.images))
    except BundleInvalid as error:
        raise ModelRefused(str(error), remedy=_REMEDY) from error
    temperature = classifier.calibration.temperature
    if not _LEAST_TEMPERATURE <= temperature <= _MOST_TEMPERATURE:
        raise ModelRefused(
            f"{bundle.folder / MANIFEST}: its temperature is {temperature:g}, "
            f"and no training gives one outside of {_LEAST_TEMPERATURE:g} to {_MOST_TEMPERATURE:g}",
            remedy=_REMEDY,
        )
    if not np.isfinite(answers).all():
        raise ModelRefused(f"{name} cannot read: its answers to digits are not finite", remedy=_REMEDY)
    right, count = int((answers.argmax(axis=1) == sample.labels).sum()), len(sample.labels)
    if right < LEAST_RIGHT * count:
        raise ModelRefused(
            f"{name} cannot read: of {count} digits that come with the program it reads {right} right, "
            f"and {LEAST_RIGHT * count:.0f} is the least",
            remedy=_REMEDY,
        )
