"""What the pages are written with that the confidence of numbers is fitted on, and judged by.

A hand of ten pictures writes thousands of numbers, and says no more of how often they are wrong than ten
pictures can. So where there are few, the sample that comes with the program writes half of the pages, and of
what is still few nothing is promised.
"""

from collections import Counter
from collections.abc import Callable, Sequence

from model.contract import DIGITS
from model.dataset_apart import among, contents
from model.synth.digits import DigitSource
from worker.written_sources import Written

__all__ = ["LEAST_IMAGES", "independent_images", "page_sources"]

#: With fewer images than this for a part, the sample writes half of its pages.
FEW = 500
#: From fewer independent images than this nothing is promised: a model that is wrong on one of them is wrong
#: on every number that holds it.
LEAST_IMAGES = 200
#: Which half of the sample writes the pages of which part: what is judged by was not fitted on.
_HALVES = {"held out": 0, "test": 1}


def page_sources(written: Sequence[Written], part: str, say: Callable[[str], None]) -> list[Written]:
    """Return what the pages of a part are written with: the sources, and beside few images the sample.

    Parameters
    ----------
    written : sequence of Written
        What the model is trained with.
    part : str
        ``held out``, to fit on, or ``test``, to judge by.
    say : callable
        Told where the sample writes, too.
    """
    theirs = [(each, side) for each in written if (side := each.sides[part]) is not None]
    images = sum(len(side.labels) for _, side in theirs)
    if not theirs or images >= FEW:
        return list(written)
    sample = _sample(written, part)
    if sample is None:
        return list(written)
    say(f"of {images:,} images for these pages too little follows: the shipped sample writes half of them")
    return [*written, Written(sum(each.weight for each, _ in theirs), {**_NO_SIDES, part: sample})]


_NO_SIDES: dict[str, DigitSource | None] = {"training": None, "held out": None, "test": None}


def _sample(written: Sequence[Written], part: str) -> DigitSource | None:
    """Return a half of the sample, without what a source holds for another part; None if a digit lacks."""
    whole = DigitSource.builtin()
    images, labels = whole.images[_HALVES[part] :: 2], whole.labels[_HALVES[part] :: 2]
    others = (each.sides[name] for each in written for name in each.sides if name != part)
    new = ~among(images, contents(*(side.images for side in others if side is not None)))
    if len(set(labels[new].tolist())) < len(DIGITS):
        return None
    return DigitSource(images[new], labels[new])


def independent_images(sources: Sequence[DigitSource]) -> int:
    """Return how many images stand behind pages, counted as if all were as likely on them (Kish, 1965).

    Ten that write half of the pages weigh more than hundreds that write the others.

    Parameters
    ----------
    sources : sequence of DigitSource
        Of each piece of work; the same one may stand there many times.
    """
    if not sources:
        return 0
    by_id = {id(source): source for source in sources}
    shares = {key: count / len(sources) for key, count in Counter(id(source) for source in sources).items()}
    return round(1 / sum(share**2 / len(by_id[key].labels) for key, share in shares.items()))
