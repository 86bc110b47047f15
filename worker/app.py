"""The Celery app: JSON messages over Redis, nothing lost with a worker, nothing kept as a result.

Progress and results are files in the job folder; Redis carries work and nothing else.
"""

from typing import TYPE_CHECKING, Any

from worker.broker_url import verifying
from worker.connection_options import connection_options
from worker.errors import SettingsInvalid
from worker.liveness import Liveness

if TYPE_CHECKING:
    from celery import Celery

    from worker.settings import Settings

__all__ = ["TASK_NAME", "broker_url", "make_app", "visibility_timeout_s"]

#: The one task; its name and payload are a contract between versions that share a broker.
TASK_NAME = "digitize.read_page"

#: Added to twice the hard limit: for a worker that shuts down or reconnects in between.
_VISIBILITY_MARGIN_S = 60

#: Should a worker be killed while it looks, the others wait this long for its lock; Kombu's own time
#: is five minutes.
_LOOKING_TAKES_AT_MOST_S = 10

#: Celery kills a child that is not ready by then; loading the reader on a busy machine takes seconds.
_CHILD_START_S = 60


def broker_url(settings: "Settings") -> str:
    """Return the broker's address, password included.

    Raises
    ------
    SettingsInvalid
        No broker is configured.
    """
    if settings.broker_url is None:
        raise SettingsInvalid(
            "broker_url is not set, and a queue needs a broker",
            remedy="Set DIGITIZE_BROKER_URL=redis://host:6379/0; `digitize submit` alone needs no broker.",
        )
    return settings.broker_url.get_secret_value()


def visibility_timeout_s(settings: "Settings") -> int:
    """Return after how many seconds Redis hands an unfinished page to another worker.

    A worker holds one page more than it reads, so a page may wait one hard limit and then take
    another; a shorter time would have pages read twice at once.
    """
    return 2 * settings.task_time_limit_s + _VISIBILITY_MARGIN_S


def make_app(settings: "Settings", liveness: Liveness | None = None) -> "Celery":
    """Return a configured app without tasks, which is all that sending takes.

    Parameters
    ----------
    settings : Settings
        Broker, queue, prefix and limits.
    liveness : Liveness, optional
        How often a worker looks for pages of those that are gone.

    Raises
    ------
    SettingsInvalid
        No broker is configured.
    """
    from celery import Celery  # a quarter of a second, which who only asks the broker need not wait

    app = Celery("digitize", broker=verifying(broker_url(settings)), set_as_current=False)
    app.conf.update(_message_options(settings))
    app.conf.update(_delivery_options(settings, liveness or Liveness()))
    app.conf.update(_worker_options())
    return app


def _message_options(settings: "Settings") -> dict[str, Any]:
    """JSON in, nothing out."""
    return {
        "accept_content": ["json"],
        "task_serializer": "json",
        "result_serializer": "json",
        "result_backend": None,
        "task_ignore_result": True,
        "task_store_errors_even_if_ignored": False,
        "task_default_queue": settings.queue,
        "task_create_missing_queues": True,
        # Published, not kept: where nobody listens they cost the broker nothing.
        "worker_send_task_events": settings.task_events,
        "task_send_sent_event": settings.task_events,
    }


def _delivery_options(settings: "Settings", liveness: Liveness) -> dict[str, Any]:
    """When a message is done with, and what happens when its worker or the broker is gone."""
    return {
        # A page is acknowledged when its record lies in the job folder, and given to another
        # worker when its own was killed; reading it twice does no harm.
        "task_acks_late": True,
        "task_reject_on_worker_lost": True,
        # A page that fails or takes too long is recorded as failed, and never comes back.
        "task_acks_on_failure": True,
        "task_acks_on_timeout": True,
        "task_soft_time_limit": settings.task_soft_time_limit_s,
        "task_time_limit": settings.task_time_limit_s,
        "broker_connection_retry": True,
        "broker_connection_retry_on_startup": True,
        "broker_connection_max_retries": None,
        # A broker that answers, and refuses what is written to it, is waited for as one that is away.
        "broker_channel_error_retry": True,
        # Celery's own name for the visibility timeout does not reach the transport; this one does.
        "broker_transport_options": {
            "visibility_timeout": visibility_timeout_s(settings),
            "global_keyprefix": settings.key_prefix,
            **connection_options(),
            "unacked_restore_interval": liveness.look_every_s,
            "unacked_restore_throttle": 1,
            "unacked_mutex_expire": _LOOKING_TAKES_AT_MOST_S,
            # There is one queue, and its pages are read in order.
            "priority_steps": [0],
        },
    }


def _worker_options() -> dict[str, Any]:
    """How a worker on one machine behaves."""
    return {
        "worker_prefetch_multiplier": 1,
        "worker_pool_start_method": "fork",
        "worker_proc_alive_timeout": _CHILD_START_S,
        # The page being read is finished and recorded while the connection comes back.
        "worker_cancel_long_running_tasks_on_connection_loss": False,
        # Nobody asks workers anything over the broker: replies would pile up there.
        "worker_enable_remote_control": False,
        "worker_hijack_root_logger": False,
        "worker_redirect_stdouts": False,
    }
