"""How far confidences are from what comes true."""

import numpy as np
from numpy.typing import NDArray

__all__ = ["expected_calibration_error"]


def expected_calibration_error(
    confidences: NDArray[np.float64], right: NDArray[np.bool_], *, bins: int = 15
) -> float:
    """Return the mean gap between confidence and accuracy over equal bins (Naeini et al., 2015).

    Parameters
    ----------
    confidences : (N,) float64 ndarray
        In [0, 1]. Not modified.
    right : (N,) bool ndarray
        Whether each came true.
    bins : int
        How many.

    Returns
    -------
    float
        0..1, 0.0 for nothing at all.
    """
    if not len(right):
        return 0.0
    which = np.minimum((confidences * bins).astype(int), bins - 1)
    gaps = [
        abs(float(confidences[which == k].mean()) - float(right[which == k].mean())) * (which == k).mean()
        for k in range(bins)
        if (which == k).any()
    ]
    return float(sum(gaps))
