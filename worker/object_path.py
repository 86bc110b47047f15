"""Places in an object store, ``s3://bucket/key``, beside those in a file system.

An :class:`ObjectPath` has what this program asks of a path, and is none for the system: what only knows
files refuses it at once, and does not look for a folder called ``s3:``. Nothing is imported here that talks
to a store, because every command has to tell the one from the other.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Self

__all__ = ["ObjectPath", "Place", "is_url", "place_of"]

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_BUCKET = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,253}[A-Za-z0-9]")
#: What S3 allows for a key.
_LONGEST_KEY_BYTES = 1024
#: A proxy may take such parts of a key for ways to other keys.
_LEADING_ELSEWHERE = ("", ".", "..")

_LOOKS_LIKE = (
    "a place in an object store looks like s3://bucket/folder; credentials belong into the environment"
)


@dataclass(frozen=True, slots=True)
class ObjectPath:
    """An object, or what all objects below have in common; `key` is empty for a whole bucket.

    Use :meth:`parse` for what somebody typed or wrote.
    """

    bucket: str
    key: str = ""

    def __post_init__(self) -> None:
        if not _BUCKET.fullmatch(self.bucket):
            raise ValueError(_LOOKS_LIKE)
        if self.key and any(part in _LEADING_ELSEWHERE for part in self.key.split("/")):
            raise ValueError("no part of a key may be empty, `.` or `..`")
        if any(
            ord(sign) < 32 or 0x7F <= ord(sign) < 0xA0 or 0xD800 <= ord(sign) < 0xE000 for sign in self.key
        ):
            raise ValueError("a key has to be UTF-8 without control characters")
        if len(self.key.encode()) > _LONGEST_KEY_BYTES:
            raise ValueError(f"a key must not have more than {_LONGEST_KEY_BYTES} bytes")

    @classmethod
    def parse(cls, url: str) -> Self:
        """Return the place that a URL names; a slash at its end says nothing.

        Raises
        ------
        ValueError
            It names none. What it said is not repeated: somebody may have put a password into it.
        """
        scheme, _, rest = url.partition("://")
        if scheme.lower() != "s3":
            raise ValueError("the only object stores that are known are those of s3://bucket/folder")
        bucket, _, key = rest.partition("/")
        return cls(bucket, key.removesuffix("/"))

    def __str__(self) -> str:
        return f"s3://{self.bucket}/{self.key}" if self.key else f"s3://{self.bucket}"

    def __truediv__(self, name: str) -> "ObjectPath":
        return ObjectPath(self.bucket, f"{self.key}/{name}" if self.key and name else self.key or name)

    @property
    def name(self) -> str:
        """Last part of the key; that of a whole bucket is the bucket's."""
        return self.key.rpartition("/")[2] or self.bucket

    @property
    def stem(self) -> str:
        """The name without its ending."""
        return PurePosixPath(self.name).stem

    @property
    def parts(self) -> tuple[str, ...]:
        """What stands between slashes, as a path has it."""
        return ("s3:", self.bucket, *(self.key.split("/") if self.key else ()))

    @property
    def parent(self) -> "ObjectPath":
        """What lies above; a bucket is its own."""
        return ObjectPath(self.bucket, self.key.rpartition("/")[0])

    @property
    def parents(self) -> Iterator["ObjectPath"]:
        """Everything above, the bucket last."""
        place = self
        while place.key:
            place = place.parent
            yield place

    def with_name(self, name: str) -> "ObjectPath":
        """Return the place beside this one that has another name."""
        return self.parent / name

    def absolute(self) -> "ObjectPath":
        """Return itself: a URL says all."""
        return self

    def is_absolute(self) -> bool:
        """Tell that it is."""
        return True

    def lies_in(self, folder: "ObjectPath") -> bool:
        """Tell whether this is another place or lies below it."""
        return self == folder or folder in self.parents


#: Where something lies.
Place = Path | ObjectPath


def is_url(text: object) -> bool:
    """Tell whether what was typed is meant as a URL; a local path begins with ``./`` then."""
    return isinstance(text, ObjectPath) or (isinstance(text, str) and _URL.match(text) is not None)


def place_of(text: str | Place) -> Place:
    """Return the place that a text names.

    Raises
    ------
    ValueError
        It is a URL, and none of a place in an object store that is known.
    """
    if isinstance(text, str):
        return ObjectPath.parse(text) if is_url(text) else Path(text)
    return text
