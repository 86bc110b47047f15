"""Looks at what the program needs around it: versions, model, broker, folders, cores.

Nothing is changed; a file that is written to try a folder is removed again.
"""

import platform
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from typing import TYPE_CHECKING

from model.bundle import Bundle
from worker.asked_model import check_able, check_reader, model_reference, open_model, open_tried
from worker.broker_url import mask_url
from worker.current_folder import is_gone
from worker.embedded import usable_cores
from worker.error_rate import curve_of
from worker.errors import DigitizeError, OutputNotWritable, SettingsInvalid, UsageError
from worker.reader_cache import DEFAULT_READER
from worker.roots import roots_of
from worker.settings import Settings, origins

if TYPE_CHECKING:
    from redis import Redis

__all__ = ["Check", "examine", "settings_in_force"]

#: Parts whose version decides how pages are read and queued.
_PARTS = ("digitize", "numpy", "opencv-python-headless", "ai-edge-litert", "celery", "redis", "pypdfium2")


@dataclass(frozen=True)
class Check:
    """What one look found.

    Attributes
    ----------
    name : str
        What was looked at.
    found : str
        One line; of a problem its message.
    exit_code : int
        0 where all is well.
    remedy : str
        What to do about a problem.
    """

    name: str
    found: str
    exit_code: int = 0
    remedy: str = ""


def examine(settings: Settings) -> list[Check]:
    """Look at everything, the problem that matters most first among its kind.

    Parameters
    ----------
    settings : Settings
        Name the model, the broker and the folder of the jobs.

    Returns
    -------
    list of Check
        In the order in which reading a page needs them.

    Raises
    ------
    UsageError
        The current folder is gone, from which some of what is looked at may be named.
    """
    if is_gone():
        raise UsageError(
            "the current folder is not there any more", remedy="Go to a folder that is there (`cd`)."
        )
    looks: dict[str, Callable[[Settings], str]] = {
        "parts": _look_at_parts,
        "model": _look_at_model,
        "roots": _look_at_roots,
        "jobs folder": _look_at_jobs_folder,
        "broker": _look_at_broker,
        "workers": _look_for_workers,
    }
    checks = [_check(name, look, settings) for name, look in looks.items()]
    return [
        Check("python", f"{platform.python_version()} on {platform.platform()}"),
        *checks,
        *_facts(settings),
    ]


def settings_in_force(settings: Settings) -> list[tuple[str, str, str]]:
    """Return ``(name, value, origin)`` of every setting, secrets masked.

    Where no threshold is set it is the one that the model brings, as far as the model can be opened.

    Parameters
    ----------
    settings : Settings
        What is set.

    Returns
    -------
    list of (str, str, str)
        In the order of the settings' declaration.
    """
    return [
        (name, value or _threshold_of_model(settings) if name == "accept_confidence" else value, origin)
        for name, value, origin in origins(settings)
    ]


def _threshold_of_model(settings: Settings) -> str:
    """Return from which confidence the model has numbers accepted; empty where it does not say."""
    try:
        bundle = open_model(model_reference(settings))
        if settings.max_error_rate is not None:
            return _threshold_for(bundle, settings.max_error_rate)
        calibration = bundle.manifest.get("calibration")
    except DigitizeError:
        return ""  # the look at the model says more
    stored = calibration.get("accept_confidence") if isinstance(calibration, dict) else None
    return "" if stored is None else f"{stored} (the model's)"


def _threshold_for(bundle: Bundle, rate: float) -> str:
    """Return from which confidence the model holds a share of wrong numbers."""
    threshold = curve_of(bundle).threshold_for(rate)
    return "none: the model cannot promise that" if threshold is None else f"{threshold} (by max_error_rate)"


def _check(name: str, look: Callable[[Settings], str], settings: Settings) -> Check:
    """Look, and turn an error into what was found."""
    try:
        return Check(name, look(settings))
    except DigitizeError as error:
        return Check(name, error.message, error.exit_code, error.remedy)


def _facts(settings: Settings) -> Iterator[Check]:
    """Say what is neither right nor wrong."""
    cores = usable_cores()
    yield Check("cores", f"{cores}; {settings.jobs or cores} worker processes")
    if find_spec("tensorflow") is None:
        yield Check("training", "TensorFlow is not installed; only `digitize retrain` needs it")
    else:
        yield Check("training", f"tensorflow {_version('tensorflow') or _version('tensorflow-cpu')}")


def _look_at_parts(_settings: Settings) -> str:
    """Name the versions; a missing part is an installation that went wrong."""
    versions = {part: _version(part) for part in _PARTS}
    missing = [part for part, found in versions.items() if not found and part != "digitize"]
    if missing:
        raise DigitizeError(
            f"not installed: {', '.join(missing)}", remedy="Install again: `make install`, or `pip install .`"
        )
    return ", ".join(f"{part} {found or 'run from a checkout'}" for part, found in versions.items())


def _look_at_model(settings: Settings) -> str:
    """Check the model against its manifest, and have it loaded by what runs it."""
    bundle = open_tried(model_reference(settings))
    check_reader(DEFAULT_READER, str(bundle.folder.absolute()))
    check_able(bundle, max_error_rate=settings.max_error_rate, printed=settings.printed)
    return f"{bundle.id}, sha256 {bundle.sha256}, in {bundle.folder}"


def _look_at_roots(settings: Settings) -> str:
    """Look for the folders outside of which nothing is read; nor is what lies in one that is not there."""
    roots = roots_of(settings)
    if roots is None:
        return "none set: pages are read, and jobs written, wherever this user may"
    if missing := roots.not_there():
        raise SettingsInvalid(
            f"roots: not there: {', '.join(map(str, missing))}",
            remedy="Mount or make what is missing, or correct the setting roots (DIGITIZE_ROOTS).",
        )
    return ", ".join(map(str, roots.folders))


def _look_at_jobs_folder(settings: Settings) -> str:
    """Write a file where jobs would go, and remove it; a folder that is not there yet is not made."""
    folder = settings.jobs_dir.absolute()
    roots = roots_of(settings)
    if roots is not None and not roots.allow(folder):
        if _is_set("jobs_dir", settings):
            roots.check_output(folder)
        return (
            f"{folder} lies outside of roots: no job goes there, name another folder with -o or by jobs_dir"
        )
    place = next(above for above in (folder, *folder.parents) if above.exists())
    try:
        with tempfile.TemporaryFile(dir=place):
            pass
    except OSError as error:
        raise OutputNotWritable(f"{place} cannot be written: {error.strerror}") from error
    return f"{folder} can be {'written' if place == folder else 'made'}"


def _is_set(name: str, settings: Settings) -> bool:
    return any(setting == name and origin != "default" for setting, _, origin in origins(settings))


def _look_at_broker(settings: Settings) -> str:
    """Ask the broker for a sign of life; without one pages are read here."""
    if settings.broker_url is None:
        return "none configured: pages are read by the program itself"
    from worker.queue import ask_broker, check_broker

    check_broker(settings)
    url = settings.broker_url.get_secret_value()
    return f"{mask_url(url)} answers{ask_broker(url, _what_is_refused)}"


def _what_is_refused(client: "Redis") -> str:
    """Ask as a worker will that looks for pages of others; a refusal delays pages, and loses none."""
    from redis.exceptions import NoPermissionError

    try:
        client.info("server")
    except NoPermissionError:
        return (
            ", but refuses INFO: pages of workers that are killed wait for the visibility timeout; "
            "give this user of its access list +info (docs/operations.md)"
        )
    return ""


def _look_for_workers(settings: Settings) -> str:
    """Name the workers that gave a sign of life; that there is none may be meant."""
    if settings.broker_url is None:
        return "none: without a broker there is nothing to take pages from"
    from redis.exceptions import RedisError

    from worker.heartbeat import workers_alive
    from worker.queue import connect

    try:
        with connect(settings.broker_url.get_secret_value()) as client:
            alive = workers_alive(client, settings.key_prefix)
    except (RedisError, OSError):
        return "not known: the broker does not answer"
    return f"{len(alive)} alive: {', '.join(alive)}" if alive else "none alive: queued pages wait for one"


def _version(part: str) -> str:
    """Return the installed version, empty where there is none."""
    try:
        return version(part)
    except PackageNotFoundError:
        return ""
