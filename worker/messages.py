"""What a message has to be, to the last field, before anything is done with it.

Whoever can write to the broker can put anything there. What goes on from here is built anew from what was
checked, so that nothing else of a message is ever parsed, logged or obeyed: not the links to further
messages, time limits, dates and compression that Celery would follow, nor objects of any kind.
"""

import base64
import binascii
import re
from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal

from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    PlainValidator,
    TypeAdapter,
    ValidationError,
    field_validator,
)

from worker.app import TASK_NAME
from worker.jobs import PageEntry
from worker.object_path import Place, is_url, place_of

__all__ = ["MOST_MESSAGE_BYTES", "PageMessage", "PagePayload", "checked_message", "why_refused"]

#: Three paths of the length that systems allow, in the longest form that JSON and Base64 give them, and
#: what Celery puts around them. A usual message has 1,500 bytes.
MOST_MESSAGE_BYTES = 128 * 1024

#: A page is put off for seconds: what is said to be for later was written by a clock that is ahead.
_LATEST = timedelta(seconds=60)
#: What was to be read long ago is read now; dates that no clock has shown cannot be reckoned with.
_EARLIEST = timedelta(days=1)

Id = Annotated[str, Field(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
Count = Annotated[int, Field(ge=0, le=2**31 - 1)]
Shown = Annotated[str, Field(max_length=4096)]
Name = Annotated[str, Field(max_length=255)]
Nothing = Annotated[tuple[()], Field()]


def _place(value: object) -> Place:
    """Return the folder that a message names, which has to be a text."""
    if not isinstance(value, str | Place):
        raise ValueError("a job's folder is a path or a URL")
    place = place_of(value)
    if is_url(value) and str(place) != str(value):
        raise ValueError("the URL of a job's folder has to be spelled as it is everywhere")
    return place


JobPlace = Annotated[Place, PlainValidator(_place), PlainSerializer(str)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class PagePayload(_Part):
    """What a message carries: the job's folder as all machines see it, and the page."""

    job: JobPlace
    entry: PageEntry

    @field_validator("job")
    @classmethod
    def _is_absolute(cls, value: Place) -> Place:
        if not value.is_absolute():
            raise ValueError("the job's folder has to be absolute, workers run elsewhere")
        if "\0" in str(value):
            raise ValueError("the job's folder must not hold a zero byte")
        return value


class _Links(_Part):
    """Where Celery would go on from the page: nowhere."""

    callbacks: None = None
    errbacks: None = None
    chain: None = None
    chord: None = None


class _Headers(_Part):
    lang: Literal["py"]
    task: Annotated[str, Field(pattern=f"^{re.escape(TASK_NAME)}$")]
    id: Id
    root_id: Id | None = None
    parent_id: Id | None = None
    eta: AwareDatetime | None = None
    retries: Count = 0
    #: The worker's own limits hold.
    timelimit: tuple[None, None] = (None, None)
    shadow: None = None
    expires: None = None
    group: None = None
    group_index: None = None
    argsrepr: Shown = ""
    kwargsrepr: Shown = ""
    origin: Shown = ""
    ignore_result: bool | None = None
    replaced_task_nesting: Literal[0] = 0
    stamped_headers: Nothing | None = None
    stamps: Annotated[dict[str, None], Field(max_length=0)] = {}
    redelivered: bool = False

    @field_validator("eta")
    @classmethod
    def _is_soon(cls, value: datetime | None) -> datetime | None:
        if value is None:
            return None
        now = datetime.now(UTC)
        return max(now - _EARLIEST, min(value, now + _LATEST))


class _DeliveryInfo(_Part):
    exchange: Literal[""] = ""
    routing_key: Name
    redelivered: bool = False


class _Properties(_Part):
    correlation_id: Id
    delivery_tag: Id
    delivery_info: _DeliveryInfo
    body_encoding: Literal["base64"]
    delivery_mode: Literal[1, 2] = 2
    priority: Annotated[int, Field(ge=0, le=9)] = 0
    #: Celery puts it here as well as into the headers.
    kwargsrepr: Shown = ""
    reply_to: Annotated[str, Field(pattern=r"^[0-9a-f-]{0,36}$")] = ""
    origin: Shown = ""


class PageMessage(_Part):
    """A message as it lies in Redis, but for its body."""

    body: str
    content_type: Annotated[Literal["application/json"], Field(alias="content-type")]
    content_encoding: Annotated[Literal["utf-8"], Field(alias="content-encoding")]
    headers: _Headers
    properties: _Properties


_BODY: TypeAdapter[tuple[tuple[()], PagePayload, _Links]] = TypeAdapter(tuple[tuple[()], PagePayload, _Links])


def checked_message(raw: bytes) -> bytes:
    """Return a message anew, of nothing but what was checked of it.

    Parameters
    ----------
    raw : bytes
        As it lay in the queue.

    Returns
    -------
    bytes
        JSON, as Celery would have put it there.

    Raises
    ------
    ValueError
        It asks for no page, or for something beside; :func:`why_refused` says why.
    """
    if len(raw) > MOST_MESSAGE_BYTES:
        raise ValueError(f"it has {len(raw)} bytes, more than {MOST_MESSAGE_BYTES}")
    message = PageMessage.model_validate_json(raw)
    try:
        body = base64.b64decode(message.body, validate=True)
    except binascii.Error:
        raise ValueError("its body is no Base64") from None
    checked = _BODY.dump_json(_BODY.validate_json(body))
    anew = message.model_copy(update={"body": base64.b64encode(checked).decode()})
    return anew.model_dump_json(by_alias=True).encode()


def why_refused(error: ValueError) -> str:
    """Return in one line why a message was refused, and nothing that stood in it."""
    if not isinstance(error, ValidationError):
        return str(error)
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    # What is not foreseen has a name that the sender chose.
    known = first["loc"][:-1] if first["type"] == "extra_forbidden" else first["loc"]
    place = ".".join(str(part) for part in known)
    # JSON that cannot be parsed is quoted in what is said of it.
    what = "it is no JSON" if first["type"] == "json_invalid" else first["msg"]
    return f"{place}: {what}" if place else what
