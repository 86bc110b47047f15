"""``digitize worker``: take pages from the queue until told to stop."""

from typing import Annotated

import typer

from cli.options import Jobs, LogLines, NoColor, Quiet, Verbose, console_of, settings_of
from worker.errors import SettingsInvalid

__all__ = ["worker"]

MetricsPort = Annotated[
    int | None,
    typer.Option(
        "--metrics-port",
        min=1,
        max=65535,
        metavar="N",
        help="Serve metrics for Prometheus, /livez and /readyz there.",
    ),
]
MetricsHost = Annotated[
    str | None,
    typer.Option(
        "--metrics-host", metavar="ADDRESS", help="Serve them on this address; by default 127.0.0.1."
    ),
]


def worker(
    ctx: typer.Context,
    jobs: Jobs = None,
    metrics_port: MetricsPort = None,
    metrics_host: MetricsHost = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
    no_color: NoColor = False,
    log_format: LogLines = None,
) -> None:
    """Start workers on this machine: they take pages from the queue until Ctrl-C or SIGTERM.

    The broker comes from DIGITIZE_BROKER_URL. Any number of machines may do this, as long as
    they see the pages and the job folders under the same paths.
    """
    from worker.serve import run_worker

    settings = settings_of(ctx, jobs=jobs, metrics_port=metrics_port, metrics_host=metrics_host)
    if settings.broker_url is None:
        raise SettingsInvalid(
            "broker_url is not set: there is no queue to take pages from",
            remedy="Set DIGITIZE_BROKER_URL=redis://host:6379/0.",
        )
    console = console_of(ctx)
    level = "DEBUG" if console.verbose else "WARNING" if console.quiet else "INFO"
    raise typer.Exit(run_worker(settings, settings.jobs or _every_core(), log_level=level))


def _every_core() -> int:
    from worker.embedded import usable_cores  # with it comes the pool, which a worker has no use for

    return usable_cores()
