"""Messages that Celery sends, which publishes for each that it was sent: for who listens to that.

:mod:`worker.page_messages` writes the same messages at a fifth of the cost, and nobody hears of them.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from worker.app import TASK_NAME, make_app
from worker.jobs import PageEntry
from worker.object_path import Place

if TYPE_CHECKING:
    from celery import Celery
    from kombu import Producer

    from worker.settings import Settings

__all__ = ["ToldMessages", "told_messages"]


class ToldMessages:
    """Sends messages over one connection of one app. Use :func:`told_messages`."""

    def __init__(self, app: "Celery", producer: "Producer") -> None:
        self._app = app
        self._producer: Any = producer

    def send(self, job: Place, entries: Collection[PageEntry]) -> None:
        """Have some pages queued, all at once.

        What they carry is not written into their headers a second time.

        Raises
        ------
        OSError
            The broker went away.
        """
        folder = str(job)
        with _as_os_errors(), self._producer.batch(len(entries)):
            for entry in entries:
                self._app.send_task(
                    TASK_NAME,
                    kwargs={"job": folder, "entry": entry.model_dump(mode="json")},
                    kwargsrepr=entry.key,
                    producer=self._producer,
                    retry=False,
                )


@contextmanager
def told_messages(settings: "Settings", *, answer_within_s: float) -> Iterator[ToldMessages]:
    """Make an app and a connection, which are to last for all messages of one submission.

    Both cost more than hundreds of messages do.

    Parameters
    ----------
    settings : Settings
        Broker, queue and prefix.
    answer_within_s : float
        For the connection to come about.

    Raises
    ------
    OSError
        The broker does not answer.
    """
    with make_app(settings) as app, app.connection_for_write() as connection:
        with _as_os_errors():
            connection.ensure_connection(max_retries=1, timeout=answer_within_s)
        with app.amqp.Producer(connection, auto_declare=False) as producer:
            yield ToldMessages(app, producer)


@contextmanager
def _as_os_errors() -> Iterator[None]:
    """Say in a way that every caller knows what Celery and Kombu have errors of their own for."""
    from celery.exceptions import OperationalError
    from kombu.exceptions import KombuError

    try:
        yield
    except (OperationalError, KombuError) as error:
        raise OSError(str(error)) from error
