"""Paths as typed -> the files to read, in natural order, each once.

Files, folders and globs, and the same in object stores by URL. A folder is searched for pages by the
ending of the names, because folders also hold other things, which are passed over and counted. What is
named directly is always taken: whether it is a page is found from its content, later.
"""

import errno
import glob
import os
import stat
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from worker.errors import UsageError
from worker.identity import display_name
from worker.input_order import FoundFile, InputOrder, natural_key
from worker.job_folder import JOB_FILE, OWN_NAMES
from worker.object_path import ObjectPath, is_url
from worker.page_file import OUTSIDE_ROOTS
from worker.regular_file import lies_below
from worker.roots import Roots

__all__ = [
    "LINK_OUTSIDE",
    "PAGE_SUFFIXES",
    "FoundFile",
    "FoundInputs",
    "InputProblem",
    "find_inputs",
    "natural_key",
]

#: Endings of pictures that are not read. They are taken all the same, and become failures that name what they
#: are: telephones write HEIC unless told otherwise, and who hands in such a folder must not miss half of it.
_UNREAD_SUFFIXES = {".heic", ".heif", ".avif", ".gif", ".jp2", ".jxl", ".djvu", ".psd"}
#: Endings under which pages are looked for in a folder, compared in lower case.
PAGE_SUFFIXES = frozenset(
    {".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".tif", ".tiff", ".pdf", ".bmp", ".dib", ".webp"}
    | _UNREAD_SUFFIXES
)

_NOT_REGULAR = ("not-a-regular-file", "is a device, a pipe or a socket")
#: A file that a link in a folder leads to, as a row of the error table.
LINK_OUTSIDE = (
    "link-outside",
    "is a link to a file outside of the folder that was named; name the link itself to have it read",
)


@dataclass(frozen=True)
class InputProblem:
    """Something that was named and cannot be read: a row of ``errors.csv``."""

    name: str
    code: str
    message: str

    def __iter__(self) -> Iterator[str]:
        return iter((self.name, self.code, self.message))


@dataclass
class FoundInputs:
    """What the paths led to.

    Attributes
    ----------
    files : collection of FoundFile
        In natural order of their paths, no file twice.
    skipped : int
        Files of other kinds that were passed over in folders.
    errors : list of InputProblem
        What was named and is missing, unreadable or no regular file.
    empty_folders : list of str
        Folders that were named and hold no page.
    jobs : list of str
        Folders of jobs that were met and passed over.
    not_searched : int
        Folders below those that were named, where these were not to be searched.
    """

    files: Collection[FoundFile] = ()
    skipped: int = 0
    errors: list[InputProblem] = field(default_factory=list)
    empty_folders: list[str] = field(default_factory=list)
    jobs: list[str] = field(default_factory=list)
    not_searched: int = 0
    met: InputOrder = field(default_factory=InputOrder, repr=False)


def find_inputs(
    paths: Sequence[str | Path], *, recursive: bool = False, roots: Roots | None = None
) -> FoundInputs:
    """Find the files that `paths` lead to.

    Parameters
    ----------
    paths : sequence of str or Path
        Files, folders, or globs that no shell has expanded; URLs, as text, of objects and what they have
        in common.
    recursive : bool
        Search the folders below a folder, too. Job folders, what a job wrote into a folder that was
        named, and hidden folders are left out, and links to folders are not followed.
    roots : Roots, optional
        Outside of these no object store is asked.

    Returns
    -------
    FoundInputs
        Nothing is opened, and of files nothing raised: what is wrong stands in ``errors``.

    Raises
    ------
    UsageError
        A URL is none of an object store that is known.
    StoreUnreachable
        A store gives no answer.
    """
    found = FoundInputs()
    for typed in paths:
        if is_url(typed):
            _add_url(str(typed), recursive, found, roots)
            continue
        for name in _expand(os.fspath(typed), found):
            _add(name, recursive, found)
    found.jobs.sort(key=natural_key)
    found.files = found.met.in_order()
    return found


def _expand(typed: str, found: FoundInputs) -> list[str]:
    """Return the names that `typed` stands for; a name that exists is never taken for a glob."""
    if os.path.lexists(typed) or not glob.has_magic(typed):
        return [typed]
    names = glob.glob(typed, recursive=True)  # noqa: PTH207 - Path.glob takes no absolute pattern
    if not names:
        found.errors.append(_problem(typed, ("file-missing", "no file matches this pattern")))
    return names


def _add_url(url: str, recursive: bool, found: FoundInputs, roots: Roots | None) -> None:
    """Add what a URL leads to."""

    def on_problem(name: str, code: str, message: str) -> None:
        found.errors.append(_problem(name, (code, message)))

    try:
        place = ObjectPath.parse(url)
    except ValueError as error:
        raise UsageError(f"a URL that cannot be used: {error}") from None
    if roots is not None and not roots.allow(place):
        on_problem(str(place), "outside-roots", OUTSIDE_ROOTS)
        return
    from worker.object_inputs import add_objects

    add_objects(url, found, recursive=recursive, is_page=_has_page_suffix, on_problem=on_problem)


def _add(name: str, recursive: bool, found: FoundInputs) -> None:
    """Add one file, or the pages of one folder."""
    try:
        mode = Path(name).stat().st_mode
        if stat.S_ISDIR(mode):
            before = len(found.met)
            _add_folder(name, Path(name).absolute(), recursive, found)
            if len(found.met) == before:
                found.empty_folders.append(display_name(name))
        elif stat.S_ISREG(mode):
            _add_file(name, found, is_link=True)
        else:
            found.errors.append(_problem(name, _NOT_REGULAR))
    except OSError as error:
        found.errors.append(_problem(name, error))


def _add_folder(folder: str, named: Path, recursive: bool, found: FoundInputs) -> None:
    """Add the pages of a folder; each folder below that cannot be opened is one error."""
    folders: list[str] = []
    with os.scandir(folder) as entries:
        for entry in entries:
            name = os.path.join(folder, entry.name)  # noqa: PTH118 - a Path would drop a leading "./"
            hidden = entry.name.startswith(".")
            if entry.is_dir(follow_symlinks=False):
                folders += [] if hidden else [name]
            elif hidden or not _has_page_suffix(entry.name):
                found.skipped += not entry.is_dir()
            else:
                _add_page(entry, name, named, found)
    in_job = _is_job(folder)
    folders = [below for below in folders if not (in_job and Path(below).name in OWN_NAMES)]
    if not recursive:
        found.not_searched += len(folders)
        return
    for below in folders:
        try:
            if _is_job(below):
                found.jobs.append(display_name(below))
            else:
                _add_folder(below, named, recursive, found)
        except OSError as error:
            found.errors.append(_problem(below, error))


def _add_page(entry: "os.DirEntry[str]", name: str, named: Path, found: FoundInputs) -> None:
    """Add a file that has the name of a page; a broken link or a pipe is an error, not passed over.

    So is a link out of the folder: whoever can put files into a folder that others submit could have
    any file read that these may read.
    """
    try:
        regular = entry.is_file(follow_symlinks=False) or stat.S_ISREG(entry.stat().st_mode)
        is_link = entry.is_symlink()
        if regular and is_link and not lies_below(Path(name), [named]):
            found.errors.append(_problem(name, LINK_OUTSIDE))
        elif regular:
            _add_file(name, found, is_link=is_link, within=named)
        elif not entry.is_dir():
            found.errors.append(_problem(name, _NOT_REGULAR))
    except OSError as error:
        found.errors.append(_problem(name, error))


def _has_page_suffix(name: str) -> bool:
    """Tell whether a name ends like that of a page."""
    return os.path.splitext(name)[1].lower() in PAGE_SUFFIXES  # noqa: PTH122 - called for every file


def _is_job(folder: str) -> bool:
    """Tell whether a folder is a job's: its overlays and crops are output, not input."""
    return (Path(folder) / JOB_FILE).is_file()


def _add_file(name: str, found: FoundInputs, *, is_link: bool, within: Path | None = None) -> None:
    """Add the file under its absolute path; resolve() would follow links."""
    path = os.path.abspath(name)  # noqa: PTH100
    found.met.add(path, display_name(name), is_link=is_link, within=within)


def _problem(name: str, cause: OSError | tuple[str, str]) -> InputProblem:
    """Return a row of the error table."""
    if not isinstance(cause, OSError):
        code, message = cause
    elif cause.errno in (errno.ENOENT, errno.ENOTDIR):
        code, message = "file-missing", "no such file or folder"
    else:
        code, message = "file-unreadable", f"cannot be opened: {cause.strerror}"
    return InputProblem(display_name(name), code, message)
