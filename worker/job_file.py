"""``job.json``: what was asked, written once. Few pages stand in it, many in a list beside it."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, Literal, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError, model_validator

from worker.asked_options import MOST_JOB_BYTES, JobVersion, ShelfDigits
from worker.durable import create_durably
from worker.identity import display_name
from worker.job_folder import JOB_FILE, ReadOptions
from worker.list_file import ListBeside, write_list
from worker.object_path import Place
from worker.page_entry import PageEntry, each_once
from worker.pile import FEW, ModelLines, Pile
from worker.places import is_there, read_place, remove
from worker.records import SCHEMA_VERSION, FailedPage, ModelRecord, ToolRecord
from worker.tool import tool_record

__all__ = ["JobFile", "write_job_file"]

#: Of a job file that names lists beside it, which earlier programs would misunderstand.
_LONG_VERSION = "2.0"

#: Page files on a shelf, at most, where two digits name it: there are 256 of those, and 4,096 of three.
_FILES_ON_A_SHELF = 1000


class JobFile(BaseModel):
    """What ``job.json`` holds; written once, never changed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    schema_version: JobVersion = SCHEMA_VERSION
    id: str
    created: AwareDatetime
    tool: ToolRecord
    model: ModelRecord | None = None
    options: ReadOptions
    shelf_digits: ShelfDigits = 0
    inputs: tuple[PageEntry, ...] = ()
    inputs_file: ListBeside | None = None
    failures: tuple[FailedPage, ...] = ()
    failures_file: ListBeside | None = None

    @model_validator(mode="after")
    def _each_page_once(self) -> Self:
        if len({entry.key for entry in self.inputs}) < len(self.inputs):
            raise ValueError("a page stands in it twice")
        return self

    @model_validator(mode="after")
    def _each_list_in_one_place(self) -> Self:
        told = self.model_fields_set
        if ("inputs" in told) == (self.inputs_file is not None):
            raise ValueError("its pages have to stand either in it or beside it")
        if self.failures and self.failures_file:
            raise ValueError("its failures have to stand either in it or beside it")
        return self

    def encode(self) -> bytes:
        """Return it as the bytes of the file; what only long lists need is left out where there is none."""
        absent = {"inputs"} if self.inputs_file else {"inputs_file", "shelf_digits"}
        absent |= {"failures"} if self.failures_file else {"failures_file"}
        return self.model_dump_json(indent=1, exclude=absent).encode() + b"\n"


def write_job_file(
    folder: Place,
    entries: Iterable[PageEntry],
    failures: Iterable[FailedPage],
    options: ReadOptions,
    model: ModelRecord | None,
) -> JobFile | None:
    """Write a job file, and before it the lists that it names.

    What cannot be finished leaves nothing behind that would be in the way of trying again.

    Parameters
    ----------
    folder : Place
        Of the job; has to be there.
    entries, failures : iterable
        The pages, and the inputs that led to none.
    options, model
        How and by what the pages are to be read.

    Returns
    -------
    JobFile or None
        None if there is a job file already, made just now by another program, say.

    Raises
    ------
    OutputNotWritable
        The folder cannot be written.
    """
    items: dict[Literal["inputs", "failures"], Pile[Any]] = {
        "inputs": each_once(entries),
        "failures": failures if isinstance(failures, Pile) else Pile(ModelLines(FailedPage), failures),
    }
    beside: dict[Literal["inputs", "failures"], ListBeside] = {}
    made = False
    try:
        for kind in items:
            if len(items[kind]) > FEW:
                beside[kind] = write_list(folder, kind, items[kind])
        asked = JobFile(
            schema_version=_LONG_VERSION if beside else SCHEMA_VERSION,
            id=display_name(folder.absolute().name),
            created=datetime.now(UTC),
            tool=tool_record(),
            model=model,
            options=options,
            shelf_digits=_shelf_digits(len(items["inputs"])),
            **{kind: tuple(items[kind]) for kind in items if kind not in beside},
            **{f"{kind}_file": listed for kind, listed in beside.items()},
        )
        made = create_durably(folder / JOB_FILE, asked.encode())
    finally:
        if not made:
            _take_away(folder, beside.values())
    for kind, listed in beside.items():
        if made and not is_there(folder / listed.name):  # taken away by another that made the same list
            write_list(folder, kind, items[kind])
    return asked if made else None


def _shelf_digits(pages: int) -> int:
    """Return how many digits name a shelf, so that no folder gets too full to be listed."""
    if pages <= FEW:
        return 0
    return 2 if pages <= 16**2 * _FILES_ON_A_SHELF else 3


def _take_away(folder: Place, lists: Iterable[ListBeside]) -> None:
    """Take away lists that no job file names."""
    named: set[str] = set()
    try:
        there = JobFile.model_validate_json(read_place(folder / JOB_FILE, most_bytes=MOST_JOB_BYTES))
        named = {listed.name for listed in (there.inputs_file, there.failures_file) if listed}
    except FileNotFoundError:
        pass
    except (OSError, ValidationError):
        return  # who knows what it names
    for listed in lists:
        if listed.name not in named:
            with suppress(OSError):
                remove(folder / listed.name)
