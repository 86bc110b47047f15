"""A training whose loss is no number ends at once, and says so; one that somebody stopped ends as before."""

import math

import pytest

from model.course import EpochReport
from model.errors import TrainingDiverged
from model.train_watch import LossWatch


def report(epoch, loss=0.5, held_out_loss=0.5):
    return EpochReport(epoch, 9, loss, 0.5, held_out_loss, 0.5)


@pytest.mark.parametrize("losses", [(math.nan, 0.5), (0.5, math.inf)])
def test_a_loss_that_is_no_number_stops_the_training(losses):
    told = []
    watch = LossWatch(told.append, lambda: False)

    def train():
        watch.on_epoch(report(1))
        assert not watch.stopped()
        watch.on_epoch(report(2, *losses))
        assert watch.stopped()
        raise KeyboardInterrupt  # as a fit that was stopped does

    with pytest.raises(TrainingDiverged, match="no number in epoch 2"), watch.told():
        train()
    assert [each.epoch for each in told] == [1, 2]


def test_a_last_epoch_without_a_number_is_told_too():
    watch = LossWatch([].append, lambda: False)

    with pytest.raises(TrainingDiverged), watch.told():
        watch.on_epoch(report(9, math.nan))


def test_who_is_stopped_by_somebody_is_no_failed_training():
    watch = LossWatch([].append, lambda: True)

    assert watch.stopped()
    with pytest.raises(KeyboardInterrupt), watch.told():
        raise KeyboardInterrupt


def test_a_training_with_numbers_goes_through():
    watch = LossWatch([].append, lambda: False)

    with watch.told():
        watch.on_epoch(report(1))
    assert not watch.stopped()
