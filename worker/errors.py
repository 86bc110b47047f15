"""Everything that can go wrong for a user, each with its exit code and what to do next.

The tree::

    DigitizeError                 1   unexpected
    ├── UsageError                2   the command line cannot be carried out
    ├── PagesFailed               3   some pages could not be read
    ├── BrokerUnreachable         4   no answer from Redis
    ├── NoUsableInput             5   nothing to read
    ├── OutputNotWritable         6   the job folder cannot be written
    ├── SettingsInvalid           7   a setting is wrong
    ├── ModelRefused              8   the model is missing or damaged
    ├── ReviewNeeded              9   numbers wait for review (``--strict``)
    ├── StoreUnreachable         10   no answer from an object store
    ├── WaitTimedOut            124   the job did not finish in time
    └── JobCancelled            130   somebody cancelled the job

``130`` is also what Ctrl-C gives, without any error class.
"""

from typing import ClassVar

__all__ = [
    "BrokerUnreachable",
    "DigitizeError",
    "JobCancelled",
    "ModelRefused",
    "NoUsableInput",
    "OutputNotWritable",
    "PagesFailed",
    "ReviewNeeded",
    "SettingsInvalid",
    "StoreUnreachable",
    "UsageError",
    "WaitTimedOut",
]


class DigitizeError(Exception):
    """Base of all errors that a user sees.

    Parameters
    ----------
    message : str
        One line: what is wrong, naming the file and page where there is one.
    remedy : str, optional
        One line: what to do next. Defaults to the remedy of the class.
    """

    exit_code: ClassVar[int] = 1
    remedy_default: ClassVar[str] = "Run again with -v for the details."

    def __init__(self, message: str, *, remedy: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = self.remedy_default if remedy is None else remedy


class UsageError(DigitizeError):
    """The command line cannot be carried out as it stands."""

    exit_code = 2
    remedy_default = "See --help of the command."


class PagesFailed(DigitizeError):
    """Some pages could not be read; the others are in the table."""

    exit_code = 3
    remedy_default = "errors.csv in the job folder names each page and its cause."


class BrokerUnreachable(DigitizeError):
    """The configured broker gave no answer."""

    exit_code = 4
    remedy_default = (
        "Start Redis or correct DIGITIZE_BROKER_URL; unset it to read the pages here, without a server."
    )


class NoUsableInput(DigitizeError):
    """None of the paths led to a page."""

    exit_code = 5
    remedy_default = "Name PNG, JPEG, TIFF, BMP, WebP or PDF files, or a folder that holds some."


class OutputNotWritable(DigitizeError):
    """The job folder cannot be created or written."""

    exit_code = 6
    remedy_default = "Choose another folder with -o, or free some space."


class SettingsInvalid(DigitizeError):
    """A setting is wrong."""

    exit_code = 7
    remedy_default = "`digitize doctor` shows every setting and where it comes from."


class ModelRefused(DigitizeError):
    """The model is missing, damaged, or not what its manifest vouches for."""

    exit_code = 8
    remedy_default = (
        "Leave out --model and DIGITIZE_MODEL to use the current model; `digitize models list` shows all."
    )


class ReviewNeeded(DigitizeError):
    """Numbers wait for review, and ``--strict`` was asked for."""

    exit_code = 9
    remedy_default = "Look at the rows with status review or rejected in results.csv."


class StoreUnreachable(DigitizeError):
    """An object store gave no answer, or does not know who asks."""

    exit_code = 10
    remedy_default = (
        "Start it, or correct AWS_ENDPOINT_URL; what was done stays done, and `digitize resume` goes on."
    )


class WaitTimedOut(DigitizeError):
    """The job did not finish within ``--timeout``."""

    exit_code = 124
    remedy_default = "Workers go on; `digitize status` shows the progress, `digitize results` the table."


class JobCancelled(DigitizeError):
    """The job was cancelled by somebody while it was read or waited for."""

    exit_code = 130
    remedy_default = "`digitize resume` reads the rest."
