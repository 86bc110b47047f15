"""THE output schema: what is written to ``pages/*.json`` and from there to every table.

A page file holds one :class:`PageRecord`: either the numbers that were read or the
reason why the page could not be read. Records are frozen and refuse unknown fields.
"""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

__all__ = [
    "SCHEMA_VERSION",
    "Alternative",
    "BoxRecord",
    "DigitRecord",
    "FailedPage",
    "Kind",
    "ModelRecord",
    "NumberRecord",
    "PageRecord",
    "ProcessingStep",
    "ReadPage",
    "SchemaVersion",
    "SignRecord",
    "SourceRecord",
    "Status",
    "ToolRecord",
    "WarningRecord",
]

#: Raised in its first part when a reader of older files would misunderstand newer ones.
SCHEMA_VERSION = "1.2"

#: What is written is read back as long as the first part is the same.
SchemaVersion = Annotated[str, Field(pattern=r"^1\.[0-9]+$")]

#: Larger than any page; a damaged file that says more would break what calculates with it.
_LARGEST = 2**31 - 1

Probability = Annotated[float, Field(ge=0.0, le=1.0)]
Position = Annotated[int, Field(ge=0, le=_LARGEST)]
Extent = Annotated[int, Field(ge=1, le=_LARGEST)]
Ordinal = Annotated[int, Field(ge=1, le=_LARGEST)]
Seconds = Annotated[float, Field(ge=0.0)]


class Record(BaseModel):
    """Base of all records: immutable, and strict about what belongs in it."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Status(StrEnum):
    """What became of a number."""

    ACCEPTED = "accepted"
    REVIEW = "review"
    REJECTED = "rejected"
    BLANK = "blank"


class Kind(StrEnum):
    """How a number came onto the paper."""

    HANDWRITTEN = "handwritten"
    PRINTED = "printed"


class BoxRecord(Record):
    """A box in integer pixels of the original page, origin top-left."""

    x: Position
    y: Position
    width: Extent
    height: Extent


class Alternative(Record):
    """Another reading and its calibrated probability."""

    text: str
    probability: Probability


class DigitRecord(Record):
    """One digit of a number; ``text`` is ``?`` when no reading is credible."""

    text: Annotated[str, Field(pattern=r"^[0-9?]$")]
    confidence: Probability
    box: BoxRecord
    alternatives: tuple[Alternative, ...] = ()


class SignRecord(Record):
    """A sign in or before a number; ``place`` says how many of its digits stand before it."""

    text: Annotated[str, Field(pattern=r"^[.,/:+-]$")]
    place: Annotated[int, Field(ge=0, le=_LARGEST)]
    confidence: Probability
    box: BoxRecord


class NumberRecord(Record):
    """One number: a row of ``results.csv``; ``text`` holds its digits and its signs."""

    line: Ordinal
    number: Ordinal
    field: str = ""
    text: str
    kind: Kind | None = None
    status: Status
    confidence: Probability
    box: BoxRecord
    digits: tuple[DigitRecord, ...] = ()
    signs: tuple[SignRecord, ...] = ()
    alternatives: tuple[Alternative, ...] = ()
    doubts: tuple[Annotated[str, Field(pattern=r"^[a-z]+(-[a-z]+)*$")], ...] = ()


class ToolRecord(Record):
    """The program that wrote the record."""

    name: str = "digitize"
    version: str


class ModelRecord(Record):
    """The model that read the page."""

    id: str
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class SourceRecord(Record):
    """Where the page came from; sizes and dpi are null where the page was never decoded."""

    path: str
    page: Ordinal
    sha256: str | None = None
    width: int | None = None
    height: int | None = None
    dpi: float | None = None


class ProcessingStep(Record):
    """One step on the page's way, with what it found or was set to."""

    name: str
    settings: dict[str, float | int | str | bool] = {}


class WarningRecord(Record):
    """Something the reader of the table should know about the page."""

    code: str
    message: str


class ReadPage(Record):
    """A page that was read, blank ones included."""

    outcome: Literal["read"] = "read"
    schema_version: SchemaVersion = SCHEMA_VERSION
    tool: ToolRecord
    model: ModelRecord
    source: SourceRecord
    processing: tuple[ProcessingStep, ...] = ()
    numbers: tuple[NumberRecord, ...] = ()
    warnings: tuple[WarningRecord, ...] = ()
    timings_s: dict[str, Seconds] = {}


class FailedPage(Record):
    """A page that could not be read, and why: a row of ``errors.csv``."""

    outcome: Literal["failed"] = "failed"
    schema_version: SchemaVersion = SCHEMA_VERSION
    tool: ToolRecord
    source: SourceRecord
    code: str
    message: str


PageRecord = Annotated[ReadPage | FailedPage, Field(discriminator="outcome")]
