"""Signals wait for the program, and none is lost."""

import signal
import threading

import pytest

from worker.signals import deferred_signals


@pytest.fixture(autouse=True)
def handlers_as_before():
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGALRM)}
    signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def test_ctrl_c_is_raised_where_it_is_asked_for():
    steps = []
    with pytest.raises(KeyboardInterrupt), deferred_signals() as signals:
        signal.raise_signal(signal.SIGINT)
        steps.append("went on")
        signals.deliver()
        steps.append("not reached")
    assert steps == ["went on"]


def test_ctrl_c_that_nobody_asked_for_comes_at_the_end():
    steps = []
    with pytest.raises(KeyboardInterrupt), deferred_signals():
        signal.raise_signal(signal.SIGINT)
        steps.append("went on")
    assert steps == ["went on"]


def test_handlers_are_called_in_the_order_of_the_signals():
    come = []
    signal.signal(signal.SIGTERM, lambda number, _: come.append(number))
    signal.signal(signal.SIGALRM, lambda number, _: come.append(number))
    with deferred_signals() as signals:
        signal.raise_signal(signal.SIGALRM)
        signal.raise_signal(signal.SIGTERM)
        signal.raise_signal(signal.SIGALRM)
        assert come == []
        signals.deliver()
        assert come == [signal.SIGALRM, signal.SIGTERM, signal.SIGALRM]
        signals.deliver()
        assert len(come) == 3


def test_handlers_are_given_back():
    def handler(_number, _frame):
        pass

    signal.signal(signal.SIGTERM, handler)
    with deferred_signals():
        assert signal.getsignal(signal.SIGTERM) is not handler
    assert signal.getsignal(signal.SIGTERM) is handler
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_what_is_ignored_stays_ignored():
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    with deferred_signals() as signals:
        signal.raise_signal(signal.SIGTERM)
        signals.deliver()
        assert signal.getsignal(signal.SIGTERM) == signal.SIG_IGN


def test_other_threads_are_left_alone():
    seen = []

    def run():
        before = signal.getsignal(signal.SIGINT)
        with deferred_signals() as signals:
            signals.deliver()
            seen.append(signal.getsignal(signal.SIGINT) is before)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert seen == [True]
