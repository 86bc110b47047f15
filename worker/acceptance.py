"""From which confidence on the numbers of a page are accepted, and what the page's record says of that.

Each page is decided by the model that reads it: a job may be read by several, one after the other.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from model.usual_pages import PageEvidence, UsualPages
from worker.error_rate import not_judged
from worker.records import ProcessingStep

if TYPE_CHECKING:  # what sends pages imports the name of the step, and never NumPy
    from model.calibration import Calibration, NumberEvidence

__all__ = ["ACCEPT", "NEVER", "Acceptance", "accept_step", "acceptance_of"]

#: Name of the step of a page's record that tells all of this.
ACCEPT = "accept"
#: A confidence that no number has: it is for people to look at.
NEVER = float("inf")


@dataclass(frozen=True, slots=True)
class Acceptance:
    """How sure numbers have to be.

    Attributes
    ----------
    confidence : float
        Numbers at least this sure are accepted; :data:`NEVER` where none is.
    settings : dict
        What the page's record says of it.
    """

    confidence: float
    settings: dict[str, float | int | str | bool]


def acceptance_of(
    calibration: "Calibration",
    model: str,
    *,
    accept_confidence: float | None = None,
    max_error_rate: float | None = None,
) -> Acceptance:
    """Return how sure numbers have to be for a model to accept them.

    Parameters
    ----------
    calibration : Calibration
        Of the model.
    model : str
        Its id.
    accept_confidence : float, optional
        What is asked for; by default what the model's manifest says.
    max_error_rate : float, optional
        The share of wrong numbers among the accepted that is allowed; goes before the other.

    Raises
    ------
    ModelRefused
        A share is asked for, and the model was not judged for that.
    """
    if max_error_rate is None:
        wanted = calibration.accept_confidence if accept_confidence is None else accept_confidence
        return Acceptance(wanted, {"accept_confidence": wanted})
    if calibration.error_curve is None:
        raise not_judged(model)
    threshold = calibration.error_curve.threshold_for(max_error_rate)
    if threshold is not None:
        return Acceptance(threshold, {"accept_confidence": threshold, "max_error_rate": max_error_rate})
    best = calibration.error_curve.best()
    return Acceptance(
        NEVER,
        {"max_error_rate": max_error_rate, "best_error_rate": best.rate, "best_kept": best.kept},
    )


def accept_step(
    acceptance: Acceptance, numbers: Sequence["NumberEvidence"], usual: UsualPages | None
) -> ProcessingStep:
    """Describe what the numbers of a page were held against, and how the page compares with usual ones.

    Parameters
    ----------
    acceptance : Acceptance
        From :func:`acceptance_of`.
    numbers : sequence of NumberEvidence
        Of the page; may be empty.
    usual : UsualPages, optional
        What the manifest of the model says of the pages that its confidence was fitted on.
    """
    settings = dict(acceptance.settings)
    page = PageEvidence.of(numbers)
    if page is not None and usual is not None:
        for name in ("log_odds", "unread_share"):
            low, high = getattr(usual, name)
            settings |= {
                name: round(getattr(page, name), 4),
                f"{name}_low": low,
                f"{name}_high": high,
            }
    return ProcessingStep(name=ACCEPT, settings=settings)
