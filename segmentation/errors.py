"""What can be wrong with a page.

The tree::

    SegmentationError
    └── PageUnreadable    the bytes do not give a page; ``code`` says why
"""

from typing import Literal, TypeAlias

__all__ = ["PageErrorCode", "PageUnreadable", "SegmentationError"]

PageErrorCode: TypeAlias = Literal[
    "empty-file",
    "no-such-page",
    "not-an-image",
    "out-of-memory",
    "password-protected",
    "time-limit",
    "too-large",
    "truncated",
    "unsupported",
]


class SegmentationError(Exception):
    """Base of all errors of this package."""


class PageUnreadable(SegmentationError):
    """The bytes do not give a page.

    Parameters
    ----------
    code : str
        Stable name of the cause, in kebab-case; it is what ``errors.csv`` shows.
    message : str
        One line for people. Names no file, because the bytes have none.
    """

    def __init__(self, code: PageErrorCode, message: str) -> None:
        super().__init__(code, message)
        self.code: PageErrorCode = code
        self.message = message

    def __str__(self) -> str:
        return self.message
