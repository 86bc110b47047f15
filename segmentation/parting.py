"""Components taken apart: every part is a component of its own, with its own figures."""

import numpy as np
from numpy.typing import NDArray

__all__ = ["Parting"]


class Parting:
    """Components of a page while some of them are taken apart; what it was given is not modified.

    Parameters
    ----------
    labels : (H, W) int32 ndarray
        Which component a pixel belongs to, 0 on paper.
    stats : (N, 5) int32 ndarray
        Left, top, width, height, area of each component, the paper first.
    centres : (N, 2) float64 ndarray
        Their centres (x, y).
    """

    def __init__(
        self, labels: NDArray[np.int32], stats: NDArray[np.int32], centres: NDArray[np.float64]
    ) -> None:
        self.labels, self._own = labels, False
        self._stats, self._centres = list(stats), list(centres)

    @property
    def stats(self) -> NDArray[np.int32]:
        """Left, top, width, height, area of each component; new parts come last."""
        return np.array(self._stats, np.int32)

    @property
    def centres(self) -> NDArray[np.float64]:
        """Centre (x, y) of each component."""
        return np.array(self._centres, np.float64)

    def window(self, label: int) -> tuple[slice, slice]:
        """Return the rows and columns of a component's box."""
        left, top, width, height, _ = (int(v) for v in self._stats[label])
        return slice(top, top + height), slice(left, left + width)

    def mask(self, label: int) -> NDArray[np.bool_]:
        """Return the ink of a component in its box."""
        return np.asarray(self.labels[self.window(label)] == label)

    def take(self, label: int, part: NDArray[np.bool_], window: tuple[slice, slice] | None = None) -> int:
        """Make part of a component one of its own.

        Parameters
        ----------
        label : int
            The component.
        part : (h, w) bool ndarray
            What is taken, where the component has ink: some of it, not all. Not modified.
        window : tuple of slice, optional
            Rows and columns that `part` covers, by default the component's box.

        Returns
        -------
        int
            The part's label.
        """
        if not self._own:
            self.labels, self._own = self.labels.copy(), True
        rows, columns = window or self.window(label)
        here = self.labels[rows, columns] == label
        new = len(self._stats)
        self.labels[rows, columns][part & here] = new
        box, centre = _measured(part & here, columns.start, rows.start)
        self._stats.append(box)
        self._centres.append(centre)
        rest = _measured(here & ~part, columns.start, rows.start)
        self._stats[label], self._centres[label] = rest
        return new


def _measured(part: NDArray[np.bool_], left: int, top: int) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
    """Return box and area, and the centre, of a part of a component."""
    rows, columns = np.nonzero(part)
    x, y = int(columns.min()), int(rows.min())
    size = (int(columns.max()) - x + 1, int(rows.max()) - y + 1)
    box = np.array([left + x, top + y, *size, len(rows)], np.int32)
    return box, np.array([left + columns.mean(), top + rows.mean()])
