"""The worst pages for people to look at: an overlay of each, and a sheet that says what is wrong."""

import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from segmentation.errors import PageUnreadable
from segmentation.page import decode_page
from worker.durable import write_durably
from worker.durable_folders import make_folder
from worker.errors import OutputNotWritable
from worker.jobs import Job, PageEntry
from worker.object_path import Place
from worker.orientation import quarters_of
from worker.overlay import draw_overlay, encode_png
from worker.page_file import FileFault, read_page_file
from worker.page_findings import Mistake, PageFindings
from worker.places import is_there, read_place
from worker.records import ReadPage

__all__ = ["SHEET", "Overlay", "overlay_of", "write_sheet"]

#: Name of the sheet.
SHEET = "worst.html"
#: Folder beside it with the pictures.
_PICTURES = "worst"
#: Mistakes of a page that the sheet names.
_MISTAKES_NAMED = 100

_HEAD = """\
<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Worst pages</title>
<style>
body { font: 16px/1.5 sans-serif; margin: 2em auto; max-width: 60em; padding: 0 1em }
section { border-top: 1px solid #999; margin-top: 2em }
img { max-width: 100%; border: 1px solid #ccc }
table { border-collapse: collapse } td, th { padding: 0 1em 0 0; text-align: left }
</style></head><body>
<h1>Worst pages</h1>
<p>Green was accepted, orange is for review, red has no credible reading. What is written and was not
read stands in the table alone.</p>
"""


@dataclass(frozen=True, slots=True)
class Overlay:
    """Where the overlay of a page lies, or why there is none.

    Attributes
    ----------
    path : Path, optional
        Of the PNG.
    why_not : str
        Empty where there is one.
    """

    path: Place | None
    why_not: str = ""


def overlay_of(job: Job, page: PageFindings) -> Overlay:
    """Return the overlay of a page, drawn into the job's folder where it is not there yet.

    Of a file that was compared as a whole it is that of the page with the most mistakes.
    """
    entry = _most_wrong(page)
    if entry is None:
        return Overlay(None, "the job has no such page")
    path = job.overlay_path(entry.key)
    if path.is_file() if isinstance(path, Path) else is_there(path):
        return Overlay(path)
    record = job.read_record(entry.key, entry.sha256)
    if not isinstance(record, ReadPage):
        return Overlay(None, "the page was not read")
    try:
        file = read_page_file(entry, job.options.max_file_bytes)
        if record.source.sha256 not in (None, file.sha256):
            return Overlay(None, "the file is not the one that was read")
        page_read = decode_page(file.data, page=entry.page, limits=job.options.limits)
        picture = draw_overlay(page_read, record.numbers, quarters=quarters_of(record.processing))
        make_folder(path.parent)
        write_durably(path, encode_png(picture))
    except (FileFault, PageUnreadable, OutputNotWritable) as error:
        return Overlay(None, error.message)
    return Overlay(path)


def write_sheet(folder: Path, pages: Sequence[tuple[PageFindings, Overlay]]) -> Path:
    """Write the sheet, and beside it copies of the overlays, so that the folder can be passed on.

    Parameters
    ----------
    folder : Path
        Exists.
    pages : sequence of (PageFindings, Overlay)
        The worst first.

    Returns
    -------
    Path
        Of the sheet, which needs no network and runs nothing.

    Raises
    ------
    OutputNotWritable
        The folder cannot be written.
    """
    pictures = folder / _PICTURES
    make_folder(pictures)
    parts = [_HEAD]
    for place, (page, overlay) in enumerate(pages, start=1):
        shown = f"<p>No picture: {escape(overlay.why_not)}.</p>"
        if overlay.path is not None:
            name = f"{place:02d}-{overlay.path.name}"
            _copy(overlay.path, pictures / name)
            shown = f'<p><img src="{_PICTURES}/{name}" alt="what was read on the page" loading="lazy"></p>'
        parts.append(f"<section><h2>{escape(page.truth.shown)}</h2>\n{_told(page)}{shown}</section>\n")
    path = folder / SHEET
    write_durably(path, "".join([*parts, "</body></html>\n"]).encode(errors="backslashreplace"))
    return path


def _copy(source: Place, target: Path) -> None:
    try:
        if isinstance(source, Path):
            shutil.copyfile(source, target)
        else:
            target.write_bytes(read_place(source))
    except OSError as error:
        raise OutputNotWritable(f"cannot write {target}: {error.strerror or error}") from error


def _most_wrong(page: PageFindings) -> PageEntry | None:
    """Return the page with the most mistakes of those that a page of the truth is."""
    mistakes = Counter(mistake.page for mistake in page.mistakes)
    return max(page.entries, key=lambda entry: mistakes[entry.page], default=None)


def _told(page: PageFindings) -> str:
    """Say in words and a table what is wrong."""
    score = page.score
    kind = f"{escape(page.truth.kind)}: " if page.truth.kind else ""
    words = f"<p>{kind}{score.hits} of {score.truth} numbers right, {score.read} read"
    words += f"; not read: {escape(', '.join(page.codes))}.</p>\n" if page.codes else ".</p>\n"
    if not page.mistakes:
        return words
    rows = "".join(_rows(page.mistakes[:_MISTAKES_NAMED]))
    more = len(page.mistakes) - _MISTAKES_NAMED
    rest = f"<p>And {more} more.</p>\n" if more > 0 else ""
    head = "<tr><th>written</th><th>read</th><th>line, number</th><th>status</th><th>confidence</th></tr>"
    return f"{words}<table>{head}\n{rows}</table>\n{rest}"


def _rows(mistakes: Sequence[Mistake]) -> Iterator[str]:
    for mistake in mistakes:
        where = "" if mistake.line is None else f"{mistake.line}, {mistake.number}"
        sure = "" if mistake.confidence is None else f"{mistake.confidence:.3f}"
        cells = (mistake.written or "nothing", mistake.read or "not read", where, mistake.status, sure)
        yield "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>\n"
