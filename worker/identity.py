"""Page identity: from a file and a page number to a name that no other page of the job has.

The name comes from where the page lies, so ``a/1.png`` and ``b/1.png`` differ, and the
same page asked for twice, queued twice or read twice has one name and one page file.
"""

import hashlib
import os
import re
import unicodedata
from pathlib import Path
from urllib.parse import unquote_to_bytes, urlsplit

from worker.object_path import ObjectPath, Place

__all__ = [
    "KEY_PATTERN",
    "check_name",
    "display_name",
    "key_of_text",
    "page_key",
    "path_from_text",
    "path_to_text",
    "shelf_of",
]

#: How the places in object stores are told from paths, which begin with a slash.
_OBJECT = "s3://"

#: What a key looks like: safe as a file name on every system, no way out of the folder.
KEY_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9-]{0,120}$"

#: What a path that was taken apart and put together again would not hold, or not so.
_NOT_PLAIN = re.compile(r"//|/\.?/|/\.?$|\0")

#: Characters kept of a file's stem; names of files end at 255 bytes.
_STEM_LENGTH = 60

#: What file systems allow for one part of a path.
_LONGEST_NAME_BYTES = 255

#: Hexadecimal digits of the hash: 48 bits, for pages that share stem and number.
_HASH_LENGTH = 12


def page_key(path: Place, page: int) -> str:
    """Return the stem of the page's file: readable stem, page number, short hash.

    Parameters
    ----------
    path : Place
        Absolute path of the input file, or its place in an object store.
    page : int
        Counted from 1.

    Examples
    --------
    >>> page_key(Path("/scans/Meter 7.png"), 1)
    'Meter-7-p0001-f06ba2a98d5c'
    """
    spelled = os.fsencode(path) if isinstance(path, Path) else str(path).encode()
    return _key_of(spelled, path.stem, page)


def key_of_text(text: str, page: int) -> str:
    """Return the key of a page whose path was written down by :func:`path_to_text`.

    Parameters
    ----------
    text : str
        The path.
    page : int
        Counted from 1.

    Raises
    ------
    ValueError
        The path is not absolute, or holds a zero byte.
    """
    # Paths of very many pages are looked at several times each, and taking one apart costs most of it.
    if text.startswith("/") and text.isascii() and not _NOT_PLAIN.search(text):
        name = text.rpartition("/")[2]
        stem, dot, ending = name.rpartition(".")
        return _key_of(text.encode(), stem if stem and dot and ending else name, page)
    path = path_from_text(text)
    if isinstance(path, ObjectPath) and (not path.key or str(path) != text):
        raise ValueError("the URL has to be that of an object, spelled as it is everywhere")
    if not path.is_absolute() or "\0" in str(path):
        raise ValueError("the path has to be absolute, and without zero bytes")
    return page_key(path, page)


def _key_of(spelled: bytes, stem: str, page: int) -> str:
    digest = hashlib.sha256(spelled + b"\0" + str(page).encode()).hexdigest()
    return f"{_readable(stem)}-p{page:04d}-{digest[:_HASH_LENGTH]}"


def shelf_of(key: str, digits: int) -> str:
    """Return the name of the folder below that a page's files lie in; empty where there is none.

    Examples
    --------
    >>> shelf_of("Meter-7-p0001-f06ba2a98d5c", 2)
    'f0'
    """
    return key[-_HASH_LENGTH:][:digits]


def check_name(text: str) -> None:
    """Refuse what can be no path on any system, before it is asked for one.

    Raises
    ------
    ValueError
        It is empty, has a zero byte, or a part that is longer than file systems allow.
    """
    if not text:
        raise ValueError("a path must not be empty; the current folder is `.`")
    if "\0" in text:
        raise ValueError("a path must not hold a zero byte")
    if max(len(os.fsencode(part)) for part in text.split("/")) > _LONGEST_NAME_BYTES:
        raise ValueError(f"no name in a path may have more than {_LONGEST_NAME_BYTES} bytes")


def display_name(name: str) -> str:
    r"""Return `name` as text that UTF-8 can hold; bytes that are no UTF-8 become ``\xNN``."""
    # Not os.fsencode: in a locale of plain letters it refuses names that are text already.
    return name.encode("utf-8", errors="surrogateescape").decode("utf-8", errors="backslashreplace")


def path_to_text(path: Place) -> str:
    """Return an absolute path as JSON can hold it: plainly, or as ``file:`` URI if it is no UTF-8."""
    if isinstance(path, ObjectPath):
        return str(path)
    try:
        return os.fsencode(path).decode("utf-8")
    except UnicodeDecodeError:
        return path.as_uri()


def path_from_text(text: str) -> Place:
    """Return the path that :func:`path_to_text` wrote down, as the locale of this process spells it.

    Raises
    ------
    ValueError
        It is a URL, and none of a place in an object store.
    """
    if text.startswith(_OBJECT):
        return ObjectPath.parse(text)
    written = unquote_to_bytes(urlsplit(text).path) if text.startswith("file:") else text.encode("utf-8")
    return Path(os.fsdecode(written))


def _readable(stem: str) -> str:
    """Return what plain letters, digits and dashes can show of a file's stem."""
    plain = stem
    if not stem.isascii():
        text = os.fsencode(stem).decode("utf-8", errors="ignore")
        plain = unicodedata.normalize("NFKD", text).encode("ascii", errors="ignore").decode()
    return re.sub(r"[^A-Za-z0-9]+", "-", plain).strip("-")[:_STEM_LENGTH].strip("-") or "page"
