"""Files -> pages to read: count the pages of each file, and remember its hash.

No pixel is decoded here, and OpenCV is not loaded: this runs in the process that submits.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field

from segmentation.errors import PageUnreadable
from segmentation.page import DecodeLimits
from worker.failures import failed_page
from worker.fetching import fetched_ahead
from worker.inputs import LINK_OUTSIDE, FoundFile, FoundInputs
from worker.page_counting import count_pages
from worker.page_entry import ENTRY_LINES, PageEntry
from worker.page_file import OUTSIDE_ROOTS, FileFault
from worker.pile import ModelLines, Pile
from worker.places import read_place
from worker.read_options import ReadOptions
from worker.records import FailedPage
from worker.regular_file import FileTooLong, LiesOutside
from worker.roots import Roots

__all__ = ["SubmissionPlan", "plan_pages"]


@dataclass
class SubmissionPlan:
    """The pages to read, and the inputs that led to none."""

    entries: Pile[PageEntry] = field(default_factory=lambda: Pile(ENTRY_LINES))
    failures: Pile[FailedPage] = field(default_factory=lambda: Pile(ModelLines(FailedPage)))


def plan_pages(
    found: FoundInputs,
    options: ReadOptions,
    on_file: Callable[[int, str], None],
    *,
    roots: Roots | None = None,
) -> SubmissionPlan:
    """Turn files into pages.

    Parameters
    ----------
    found : FoundInputs
        What the paths led to; its errors become failures of the plan.
    options : ReadOptions
        Holds the limits.
    on_file : callable
        Called with the number of files that are done and the name of the last.
    roots : Roots, optional
        Where files are read; anywhere without.

    Raises
    ------
    StoreUnreachable
        An object store gives no answer: that says nothing about any file.
    """
    plan = SubmissionPlan()
    for name, code, message in found.errors:
        plan.failures.append(failed_page(path=name, code=code, message=message))
    limits = options.limits
    contents = fetched_ahead(found.files, lambda file: _read(file, limits.max_file_bytes, roots))
    for done, (file, content) in enumerate(contents, start=1):
        _plan_file(file, content, limits, plan)
        on_file(done, file.name)
    return plan


def _plan_file(
    file: FoundFile, content: Callable[[], bytes], limits: DecodeLimits, plan: SubmissionPlan
) -> None:
    """Add the pages of one file, or the reason why there are none."""
    digest = None
    try:
        data = content()
        digest = hashlib.sha256(data).hexdigest()
        pages = count_pages(data, limits=limits)
    except (PageUnreadable, FileFault) as error:
        plan.failures.append(
            failed_page(path=file.name, code=error.code, message=error.message, sha256=digest)
        )
    except OSError as error:
        message = f"cannot be opened: {error.strerror or error}"
        plan.failures.append(failed_page(path=file.name, code="file-unreadable", message=message))
    else:
        plan.entries.extend(
            PageEntry.of(file.path, name=file.name, page=page, sha256=digest) for page in range(1, pages + 1)
        )


def _read(file: FoundFile, max_bytes: int, roots: Roots | None) -> bytes:
    """Read a file that is not too large, and still lies where it was found."""
    if roots is not None and not roots.allow(file.path):
        raise FileFault("outside-roots", OUTSIDE_ROOTS)
    below = None if file.within is None else [file.within]
    try:
        return read_place(file.path, most_bytes=max_bytes, below=below)
    except FileTooLong as error:
        raise PageUnreadable("too-large", f"{error.strerror}; that is the limit max_file_bytes") from None
    except LiesOutside:
        raise FileFault(*LINK_OUTSIDE) from None
    except FileNotFoundError:
        raise FileFault("file-missing", "it is not there any more") from None
