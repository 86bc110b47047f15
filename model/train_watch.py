"""Stops a training whose loss is no number any more: nothing that comes after is a model."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import isfinite

from model.course import EpochReport
from model.errors import TrainingDiverged

__all__ = ["LossWatch"]


class LossWatch:
    """Looks at the loss of each epoch, between the training and whoever is told of it.

    Parameters
    ----------
    on_epoch : callable
        Told the figures of each epoch.
    stopped : callable
        Asked again and again whether somebody wants the training to stop.
    """

    def __init__(self, on_epoch: Callable[[EpochReport], None], stopped: Callable[[], bool]) -> None:
        self._on_epoch, self._stopped = on_epoch, stopped
        self._lost_in = 0

    def on_epoch(self, report: EpochReport) -> None:
        """Pass the figures on, and note where they are none."""
        self._on_epoch(report)
        if not (isfinite(report.loss) and isfinite(report.held_out_loss)):
            self._lost_in = report.epoch

    def stopped(self) -> bool:
        """Tell whether the training is to stop, for whatever cause."""
        return self._lost_in > 0 or self._stopped()

    @contextmanager
    def told(self) -> Iterator[None]:
        """Have a training that was stopped for its loss told as what it is.

        Raises
        ------
        TrainingDiverged
            The loss was no number.
        """
        # An exception in the middle of a fit hangs TensorFlow: so it is stopped first, as by a signal.
        try:
            yield
        except KeyboardInterrupt:
            if not self._lost_in:
                raise
        if self._lost_in:
            raise TrainingDiverged(
                f"the training came apart: its loss was no number in epoch {self._lost_in}"
            )
