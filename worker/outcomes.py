"""Numbers that were read from drawn pages, and what is known of each: what a confidence is fitted on."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from model.calibration import NumberCalibration

__all__ = ["Outcomes", "merged"]


@dataclass(frozen=True, slots=True)
class Outcomes:
    """Numbers that were read, and whether they were right.

    Attributes
    ----------
    features : (N, F) float64 ndarray
        ``model.calibration.NumberEvidence.features`` of each.
    right : (N,) bool ndarray
        Whether just this text is written there.
    present : (N,) bool ndarray
        Whether any number is written there.
    written : int
        Numbers on the pages.
    acceptable : (N,) bool ndarray
        Whether each is accepted if only it is sure enough: a number with a digit without a credible reading
        never is, and neither is one that is doubtful for another reason, see :class:`worker.doubts.Doubt`.
    pages : (P, 2) float64 ndarray
        ``model.usual_pages.PageEvidence`` of each page on which a number is written and read.
    signs : (N,) float64 ndarray
        Probability that the signs of each are what they were read as, 1 where it has none.
    """

    features: NDArray[np.float64]
    right: NDArray[np.bool_]
    written: int
    acceptable: NDArray[np.bool_]
    pages: NDArray[np.float64]
    present: NDArray[np.bool_]
    signs: NDArray[np.float64]

    def those(self, chosen: NDArray[np.bool_]) -> "Outcomes":
        """Return some of the numbers, as a mask says."""
        return replace(
            self,
            features=self.features[chosen],
            right=self.right[chosen],
            acceptable=self.acceptable[chosen],
            present=self.present[chosen],
            signs=self.signs[chosen],
        )

    def confidences(self, calibration: NumberCalibration) -> NDArray[np.float64]:
        """Return how sure each is: its digits by the calibration, and its signs."""
        return calibration.probabilities(self.features) * self.signs


def merged(parts: list[Outcomes]) -> Outcomes:
    """Put the outcomes of several drawings together."""
    return Outcomes(
        np.concatenate([part.features for part in parts]),
        np.concatenate([part.right for part in parts]),
        sum(part.written for part in parts),
        np.concatenate([part.acceptable for part in parts]),
        np.concatenate([part.pages for part in parts]),
        np.concatenate([part.present for part in parts]),
        np.concatenate([part.signs for part in parts]),
    )
