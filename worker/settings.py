"""Settings: flag > ``DIGITIZE_*`` environment > ``digitize.toml`` > default, validated once.

A secret is never shown: :func:`origins` masks what it returns.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    PlainValidator,
    PrivateAttr,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict

from worker.broker_url import broker_variable, mask_url, problem_with
from worker.error_rate import parse_error_rate
from worker.errors import SettingsInvalid
from worker.identity import check_name
from worker.log_lines import LogFormat
from worker.object_path import Place, is_url, place_of
from worker.printed import Printed
from worker.queue_name import check_queue_name
from worker.roots import parse_roots
from worker.settings_sources import BrokerSource, TomlSource, config_files, read_settings_file, reason_of

__all__ = ["Settings", "config_files", "load_settings", "origins", "unknown_variables"]

ENV_PREFIX = "DIGITIZE_"

#: Of these only one can be set; a flag for either goes before whatever else sets the other.
_RIVALS = {"accept_confidence": "max_error_rate", "max_error_rate": "accept_confidence"}

Count = Annotated[int, Field(ge=1)]
Root = Annotated[Place, PlainValidator(place_of)]


def _models_dir() -> Path:
    """Return the user's folder for models: below ``$XDG_DATA_HOME``, else ``~/.local/share``."""
    return Path(os.environ.get("XDG_DATA_HOME") or "~/.local/share").expanduser() / "digitize" / "models"


class Settings(BaseSettings):
    """Everything that can be set, with its default; frozen once made.

    Built by :func:`load_settings`, which turns what is wrong into one line for the user.
    """

    model_config = SettingsConfigDict(
        env_prefix=ENV_PREFIX, env_ignore_empty=True, extra="forbid", frozen=True, hide_input_in_errors=True
    )

    #: redis://[user:password@]host:port/db; without one the pages are read here and now.
    broker_url: SecretStr | None = None
    #: Where jobs go that were given no folder.
    jobs_dir: Path = Path("digitize-jobs")
    #: Folder of the model, or its name in the registry; None is the one that is current there.
    model: Path | None = None
    #: The registry: where models are kept, and what says which one is current.
    models_dir: Path = Field(default_factory=_models_dir)
    #: A page with more pixels is refused before it is decoded.
    max_image_pixels: Count = 200_000_000
    max_file_bytes: Count = 500_000_000
    #: Pages in one file.
    max_pages: Count = 10_000
    #: Dots per inch at which a page of a PDF is drawn.
    pdf_dpi: Annotated[int, Field(ge=36, le=1200)] = 200
    #: A page that takes longer is asked to stop, and recorded as failed.
    task_soft_time_limit_s: Count = 60
    #: A page that takes longer is killed.
    task_time_limit_s: Count = 90
    #: A page whose worker was lost this many times is recorded as failed.
    max_attempts: Count = 3
    #: Megabytes that a page may cost the process that reads it, beside what the reader itself takes.
    max_memory_mb: Annotated[int, Field(ge=64, le=2**40)] = 2048
    #: Worker processes; None is one a core.
    jobs: Count | None = None
    #: Numbers at least this sure are accepted; None takes the threshold of the model.
    accept_confidence: Annotated[float, Field(ge=0.0, le=1.0)] | None = None
    #: Share of wrong numbers among the accepted that is allowed, as 10/1000, 1% or 0.01.
    max_error_rate: Annotated[float, BeforeValidator(parse_error_rate)] | None = None
    #: Whether printed numbers are kept beside handwritten ones, or left out.
    printed: Printed = Printed.KEEP
    #: Folders and URLs outside of which nothing is read or written; None is no such bound.
    roots: Annotated[tuple[Root, ...] | None, NoDecode, BeforeValidator(parse_roots)] = None
    #: Name of the queue in the broker.
    queue: Annotated[str, Field(min_length=1), AfterValidator(check_queue_name)] = "digitize"
    #: Put before every key in the broker, so that several programs can share it.
    key_prefix: str = "digitize:"
    #: What is said on standard error: lines for people, or a JSON object a line.
    log_format: LogFormat = LogFormat.TEXT
    #: A worker that takes no page for so long, although pages wait, ends; 0 lets it be.
    stall_timeout_s: Annotated[int, Field(ge=0)] = 120
    #: Port on which a worker serves its metrics; None serves none.
    metrics_port: Annotated[int, Field(ge=1, le=65535)] | None = None
    #: Address on which it does; any other than this machine's own lets others ask, too.
    metrics_host: Annotated[str, Field(min_length=1)] = "127.0.0.1"
    #: Whether submitters and workers tell the broker of each page, for programs that watch, as Flower.
    task_events: bool = False
    #: `digitize watch` takes a file that was unchanged for this long.
    watch_stable_s: Annotated[float, Field(ge=0.0, le=3600.0)] = 5.0

    _origins: dict[str, str] = PrivateAttr(default_factory=dict)

    @field_validator("broker_url")
    @classmethod
    def _broker_speaks_redis(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and (problem := problem_with(value.get_secret_value())):
            raise ValueError(problem)
        return value

    @field_validator("jobs_dir", "model", "models_dir", mode="before")
    @classmethod
    def _is_a_name(cls, value: object) -> object:
        if is_url(value):
            raise ValueError("it has to be a local folder, not a URL")
        if isinstance(value, str | Path):
            check_name(str(value))
        return value

    @field_validator("jobs_dir", "model", "models_dir")
    @classmethod
    def _home_is_spelled_out(cls, value: Path | None) -> Path | None:
        return None if value is None else value.expanduser()

    @model_validator(mode="after")
    def _limits_are_ordered(self) -> "Settings":
        if self.task_soft_time_limit_s >= self.task_time_limit_s:
            raise ValueError(
                f"task_soft_time_limit_s ({self.task_soft_time_limit_s}) has to be smaller than "
                f"task_time_limit_s ({self.task_time_limit_s})"
            )
        return self

    @model_validator(mode="after")
    def _accepts_by_one_rule(self) -> "Settings":
        if self.accept_confidence is not None and self.max_error_rate is not None:
            raise ValueError(
                "accept_confidence and max_error_rate cannot both be set: either picks the threshold"
            )
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Order the sources: flags, environment, the broker's common names, then the files."""
        files = (TomlSource(settings_cls, path) for path in config_files())
        return (init_settings, env_settings, BrokerSource(settings_cls), *files)


def load_settings(**flags: Any) -> Settings:
    """Gather the settings from all sources and validate them.

    Parameters
    ----------
    **flags
        Values given on the command line, by the name of the setting; None means not given.

    Returns
    -------
    Settings

    Raises
    ------
    SettingsInvalid
        A value is wrong or a file holds an unknown key; names the key and its origin.
    """
    for name, value in os.environ.items():
        if name.upper() == _variable("roots") and not value:
            raise SettingsInvalid(
                f"{name} is empty, and without it a worker reads anywhere",
                remedy="Name the folders of pages and jobs, or leave the variable away.",
            )
    given = {name: value for name, value in flags.items() if value is not None}
    overruled = {_RIVALS[name]: None for name in given if name in _RIVALS and _RIVALS[name] not in given}
    try:
        settings = Settings(**given, **overruled)
    except ValidationError as error:
        raise _first_problem(error, given) from None
    found = _find_origins(given)
    settings._origins.update({name: origin for name, origin in found.items() if name not in overruled})
    return settings


def origins(settings: Settings) -> list[tuple[str, str, str]]:
    """Return ``(name, value, origin)`` of every setting, secrets masked."""
    rows = []
    for name in Settings.model_fields:
        value = getattr(settings, name)
        shown = _shown(value)
        rows.append((name, "" if value is None else shown, settings._origins.get(name, "default")))
    return rows


def _shown(value: object) -> str:
    """Return a value as it would be set, a secret masked."""
    if isinstance(value, SecretStr):
        return mask_url(value.get_secret_value())
    return os.pathsep.join(map(str, value)) if isinstance(value, tuple) else str(value)


def unknown_variables(environ: Mapping[str, str]) -> list[str]:
    """Return the ``DIGITIZE_*`` variables that name no setting, sorted."""
    known = {_variable(name) for name in Settings.model_fields}
    return sorted(
        name for name in environ if name.upper().startswith(ENV_PREFIX) and name.upper() not in known
    )


def _variable(name: str) -> str:
    """Return the environment variable of a setting."""
    return ENV_PREFIX + name.upper()


def _first_problem(error: ValidationError, flags: Mapping[str, object]) -> SettingsInvalid:
    """Return an error naming the setting, where its value came from, what is wrong and where to mend it."""
    first = error.errors(include_url=False, include_input=False)[0]
    found = _find_origins(flags)
    if not first["loc"]:
        message = reason_of(error)
        places = [_place(name, origin) for name, origin in found.items() if name in message.split()]
        return SettingsInvalid(message, remedy=f"Correct {' or '.join(places)}.")
    name = str(first["loc"][0])
    origin = found.get(name, "given")
    return SettingsInvalid(
        f"{name} ({origin}): {reason_of(error)}", remedy=f"Correct {_place(name, origin)}."
    )


def _place(name: str, origin: str) -> str:
    """Return where a value is to be corrected."""
    kind, _, variable = origin.partition(" ")
    if kind == "environment":
        return f"the variable {variable}"
    return f"the flag for {name}" if kind in ("flag", "given") else f"{name} in {origin}"


def _find_origins(flags: Mapping[str, object]) -> dict[str, str]:
    """Return the origin of every setting that has another one than its default."""
    found: dict[str, str] = {}
    for path in reversed(config_files()):
        found.update(dict.fromkeys(read_settings_file(path), str(path)))
    if fallback := broker_variable(os.environ):
        found["broker_url"] = f"environment {fallback}"
    upper = {name.upper(): name for name, value in os.environ.items() if value}
    for name in Settings.model_fields:
        if variable := upper.get(_variable(name)):
            found[name] = f"environment {variable}"
    return found | dict.fromkeys(flags, "flag")
