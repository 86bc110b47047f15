"""URLs as typed -> the objects to read: what :mod:`worker.inputs` does with paths, by listing.

A store has no folders. What this program takes for one is what ends in a slash: all that lies between two
slashes of a key.
"""

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from worker import object_store
from worker.job_folder import JOB_FILE, OWN_NAMES
from worker.object_path import ObjectPath
from worker.places import is_there

if TYPE_CHECKING:
    from worker.inputs import FoundInputs

__all__ = ["add_objects"]

#: Told of something that is wrong: what was named, code and message.
OnProblem = Callable[[str, str, str], None]

_MAGIC = re.compile(r"[*?\[]")
_ODD_KEY = (
    "its key has a part that is empty, `.` or `..`, or control characters; give the object another name"
)


def add_objects(
    url: str, found: "FoundInputs", *, recursive: bool, is_page: Callable[[str], bool], on_problem: OnProblem
) -> None:
    """Add the objects that a URL leads to.

    Parameters
    ----------
    url : str
        An object, what ends in a slash, a bucket, or a pattern with ``*``, ``?`` or ``**`` in the key.
    found : FoundInputs
        Takes them, and what is passed over.
    recursive : bool
        Search what lies below, too; jobs are left out, and names that begin with a dot.
    is_page : callable
        Tells by its name whether what lies in a folder is a page.
    on_problem : callable
        Told what is wrong.

    Raises
    ------
    StoreUnreachable
        The store gives no answer.
    """
    place = ObjectPath.parse(url)
    named_folder = not place.key or url.endswith("/")
    try:
        if not named_folder and is_there(place):
            found.met.add_object(place)
        elif not named_folder and _MAGIC.search(place.key):
            _add_matches(place, found, on_problem)
        else:
            _add_named(place, url, found, recursive, is_page, on_problem)
    except FileNotFoundError as error:
        on_problem(url, "file-missing", str(error.strerror))
    except OSError as error:
        on_problem(url, "file-unreadable", f"cannot be opened: {error.strerror or error}")


def _add_named(
    place: ObjectPath,
    url: str,
    found: "FoundInputs",
    recursive: bool,
    is_page: Callable[[str], bool],
    on_problem: OnProblem,
) -> None:
    """Add what lies in a folder that was named; a folder is only there if something lies in it."""
    before = len(found.met)
    if not _add_folder(place, found, recursive, is_page, on_problem):
        on_problem(url, "file-missing", "no such object, and none below it")
    elif len(found.met) == before:
        found.empty_folders.append(url)


def _add_folder(
    folder: ObjectPath,
    found: "FoundInputs",
    recursive: bool,
    is_page: Callable[[str], bool],
    on_problem: OnProblem,
) -> bool:
    """Add the pages of a folder, and tell whether there is anything in it."""
    below: list[str] = []
    in_job = anything = False
    for each in object_store.listing(folder):
        anything = True
        if isinstance(each, str):
            below += [each] if each.endswith("/") else []
            if not each.endswith("/"):
                on_problem(f"s3://{folder.bucket}/{each}", "file-unreadable", _ODD_KEY)
            continue
        name = each.place.name
        in_job |= name == JOB_FILE
        if name.startswith(".") or not is_page(name):
            found.skipped += 1
        else:
            found.met.add_object(each.place)
    shown = _shown_of(below, folder, on_problem)
    folders = [place for place in shown if not (in_job and place.name in OWN_NAMES)]
    if not recursive:
        found.not_searched += len(folders)
        return anything
    for place in folders:
        if is_there(place / JOB_FILE):
            found.jobs.append(str(place))
        else:
            _add_folder(place, found, recursive, is_page, on_problem)
    return anything


def _shown_of(keys: list[str], folder: ObjectPath, on_problem: OnProblem) -> Iterator[ObjectPath]:
    """Go through the folders in one, without those that are hidden."""
    for key in keys:
        try:
            place = ObjectPath(folder.bucket, key.removesuffix("/"))
        except ValueError:
            on_problem(f"s3://{folder.bucket}/{key}", "file-unreadable", _ODD_KEY)
            continue
        if not place.name.startswith("."):
            yield place


def _add_matches(pattern: ObjectPath, found: "FoundInputs", on_problem: OnProblem) -> None:
    """Add what matches a pattern; as with files, none of the signs stands for a slash, but ``**/``."""
    head = _MAGIC.split(pattern.key, maxsplit=1)[0].rpartition("/")[0]
    rest = pattern.key[len(head) :]
    wanted = re.compile(_as_expression(pattern.key))
    before = len(found.met)
    for each in object_store.listing(ObjectPath(pattern.bucket, head), deep="/" in rest.removeprefix("/")):
        if not isinstance(each, str) and wanted.fullmatch(each.place.key):
            found.met.add_object(each.place)
    if len(found.met) == before:
        on_problem(str(pattern), "file-missing", "no object matches this pattern")


def _as_expression(pattern: str) -> str:
    """Return a glob as a regular expression; names that begin with a dot are only found by a dot."""
    parts = []
    for part in pattern.split("/"):
        if part == "**":
            parts.append(r"(?:(?!\.)[^/]+/)*")
            continue
        pieces = re.split(r"(\*|\?|\[[!^]?[^]]+\])", part)
        shown = "" if part.startswith(".") else r"(?!\.)"
        parts.append(shown + "".join(map(_piece, pieces)) + "/")
    return "".join(parts).removesuffix("/")


def _piece(piece: str) -> str:
    if piece in ("*", "?"):
        return "[^/]*" if piece == "*" else "[^/]"
    if piece.startswith("[") and piece.endswith("]"):
        inner = piece[1:-1].replace("\\", r"\\")
        return f"[^/{inner[1:]}]" if inner[0] in "!^" else f"[{inner}]"
    return re.escape(piece)
