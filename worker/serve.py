"""A worker on this machine: takes pages from the queue until it is told to stop.

What the queue needs is loaded while another process tries the model: each takes about as long.
"""

from typing import TYPE_CHECKING

from worker.asked_model import model_reference, open_tried, reader_checked
from worker.liveness import Liveness
from worker.queue import check_broker
from worker.reader_cache import DEFAULT_READER, use_one_thread

if TYPE_CHECKING:
    from worker.settings import Settings

__all__ = ["run_worker"]


def run_worker(
    settings: "Settings",
    jobs: int,
    *,
    reader_factory: str = DEFAULT_READER,
    log_level: str = "INFO",
    liveness: Liveness | None = None,
    **task_options: float,
) -> int:
    """Read pages from the queue with `jobs` processes until SIGTERM or Ctrl-C.

    On SIGTERM no further page is taken, the pages being read are finished, and the function
    returns. The parent never loads NumPy, OpenCV or the network: each child does, once.

    Parameters
    ----------
    settings : Settings
        Broker, queue, limits, model, form of the log, metrics.
    jobs : int
        Number of processes.
    reader_factory : str
        ``package.module:function`` that builds the reader.
    log_level : str
        Of the log, on stderr: at INFO a line a page, which names its file.
    liveness : Liveness, optional
        How soon a worker that is gone is missed.
    **task_options
        For :func:`worker.tasks.add_tasks`.

    Returns
    -------
    int
        Exit code of the worker: 0 after an orderly stop, 130 after one that left pages unfinished.

    Raises
    ------
    BrokerUnreachable
        The broker does not answer now. One that goes away later is waited for.
    ModelRefused
        The model is missing or damaged.
    SettingsInvalid
        The metrics cannot be served where they are to be.
    DigitizeError
        The process that tries to load the model cannot be started, or was ended; or the worker stood still.
    """
    check_broker(settings)
    model = model_reference(settings)
    use_one_thread()
    open_tried(model)  # says better than the process below what to do about a refused one
    with reader_checked(reader_factory, model):
        from worker.queue_worker import read_from_queue
    return read_from_queue(
        settings,
        jobs,
        model,
        reader_factory=reader_factory,
        log_level=log_level,
        liveness=liveness or Liveness(),
        **task_options,
    )
