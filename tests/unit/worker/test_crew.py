"""A process of a crew that is lost is told, because what was done before may be worth keeping."""

import os

import pytest

from model.synth.digits import DigitSource
from worker.crew import done_by_crew
from worker.errors import DigitizeError


def end(_source, task):
    if task == 1:
        os._exit(9)
    return task


def test_a_process_that_is_ended_is_an_error_that_says_so():
    source = DigitSource.builtin()

    with pytest.raises(DigitizeError, match="was ended before it was done") as caught:
        done_by_crew(end, [source] * 2, [0, 1], jobs=2)

    assert "for lack of memory" in caught.value.remedy


def test_where_no_process_can_be_started_what_the_system_said_is_told(monkeypatch):
    def refuse(*_, **__):
        raise OSError(24, "Too many open files")

    monkeypatch.setattr("concurrent.futures.ProcessPoolExecutor.submit", refuse)

    with pytest.raises(DigitizeError, match=r"no process can be started .*: Too many open files") as caught:
        done_by_crew(end, [DigitSource.builtin()] * 2, [0, 0], jobs=2)

    assert "ulimit -n" in caught.value.remedy
