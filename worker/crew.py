"""Processes that each hold the same digits, and do pieces of work with them on all cores.

The digits go to each process once, when it starts: tens of megabytes in every task would fill the pipe
between the processes, and whoever fills it while a process is lost waits for ever.
"""

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from typing import TypeVar

from model.synth.digits import DigitSource
from worker.errors import DigitizeError
from worker.orphan import end_with_parent
from worker.reader_cache import use_one_thread
from worker.shortage import remedy_for, what_was_said
from worker.signals import DeferredSignals, deferred_signals, interrupts_left_to_the_parent

__all__ = ["done_by_crew"]

Task = TypeVar("Task")
Result = TypeVar("Result")

#: How often somebody who waits for a piece of work looks whether the run is to stop.
_LOOK_EVERY_S = 0.2

#: In a child: what all its work is done with.
_at_hand: tuple[DigitSource, ...] = ()


def done_by_crew(
    work: Callable[[DigitSource, Task], Result],
    sources: Sequence[DigitSource],
    tasks: Sequence[Task],
    *,
    jobs: int,
    on_done: Callable[[Result], None] = lambda _: None,
) -> list[Result]:
    """Do pieces of work, and return what comes of each, in their order.

    Signals that stop the program are minded between two looks at what is done, and no process is left behind.

    Parameters
    ----------
    work : callable
        Given a source and a task; a function of a module, so that other processes find it.
    sources : sequence of DigitSource
        Of each task; the same one may stand there many times.
    tasks : sequence
        What else each piece of work needs: little.
    jobs : int
        Processes; 1 = this one. They do not change the result.
    on_done : callable
        Told what came of each, in their order.

    Raises
    ------
    DigitizeError
        A process could not be started, or was ended before it was done.
    """
    jobs = min(jobs, len(tasks))
    done: list[Result] = []
    with deferred_signals() as signals:
        results = _alone if jobs <= 1 else _together
        for result in results(work, sources, tasks, jobs, signals):
            done.append(result)
            on_done(result)
    return done


def _alone(
    work: Callable[[DigitSource, Task], Result],
    sources: Sequence[DigitSource],
    tasks: Sequence[Task],
    _jobs: int,
    signals: DeferredSignals,
) -> Iterator[Result]:
    for source, task in zip(sources, tasks, strict=True):
        signals.deliver()
        yield work(source, task)


def _together(
    work: Callable[[DigitSource, Task], Result],
    sources: Sequence[DigitSource],
    tasks: Sequence[Task],
    jobs: int,
    signals: DeferredSignals,
) -> Iterator[Result]:
    distinct = {id(source): source for source in sources}
    places = {key: place for place, key in enumerate(distinct)}
    with _loss_told(), _crew(jobs, tuple(distinct.values())) as crew:
        with interrupts_left_to_the_parent(), _shortage_told():
            coming = [
                crew.submit(_do, work, places[id(source)], task)
                for source, task in zip(sources, tasks, strict=True)
            ]
        # Each is let go once it was seen: twice everything would be gigabytes.
        coming.reverse()
        while coming:
            yield _result(coming.pop(), signals)


def _result(coming: "Future[Result]", signals: DeferredSignals) -> Result:
    while True:
        signals.deliver()
        try:
            return coming.result(timeout=_LOOK_EVERY_S)
        except TimeoutError:
            if coming.done():  # the work's own
                raise


@contextmanager
def _loss_told() -> Iterator[None]:
    """Have the loss of a process told as what it is: what was done until then may be worth keeping."""
    try:
        yield
    except BrokenProcessPool as error:
        raise DigitizeError(
            "a process that draws and reads pages was ended before it was done",
            remedy=f"Somebody, or the system for lack of memory, ended it. {remedy_for(error)}",
        ) from error


@contextmanager
def _shortage_told() -> Iterator[None]:
    try:
        yield
    except BrokenProcessPool:
        raise
    except (OSError, RuntimeError) as error:
        raise DigitizeError(
            f"no process can be started to draw and read pages: {what_was_said(error)}",
            remedy=remedy_for(error),
        ) from error


@contextmanager
def _crew(jobs: int, at_hand: tuple[DigitSource, ...]) -> Iterator[ProcessPoolExecutor]:
    """Start processes, and end them at once where nobody wants what they are doing."""
    use_one_thread()
    others = set(multiprocessing.active_children())
    context = multiprocessing.get_context("spawn")
    crew = ProcessPoolExecutor(jobs, mp_context=context, initializer=_prepare_child, initargs=(at_hand,))
    try:
        yield crew
    except BaseException:
        for child in set(multiprocessing.active_children()) - others:
            child.terminate()
        # The executor's own thread has to have ended before the program does, or both close the same pipe.
        crew.shutdown(cancel_futures=True)
        raise
    finally:
        crew.shutdown()


def _prepare_child(at_hand: tuple[DigitSource, ...]) -> None:
    global _at_hand
    import cv2

    cv2.setNumThreads(1)
    _at_hand = at_hand
    end_with_parent()


def _do(work: Callable[[DigitSource, Task], Result], place: int, task: Task) -> Result:
    return work(_at_hand[place], task)
