"""What a message may hold, and that what goes on is built anew from that."""

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import ValidationError

from tests.job_builders import job_of
from worker.app import TASK_NAME
from worker.jobs import PageEntry
from worker.messages import MOST_MESSAGE_BYTES, checked_message, why_refused

ID = "b13e38eb-cc1b-48e1-931e-20c5f5b122f0"


def body(job, **entry):
    payload = {"job": str(job.path), "entry": {**job.entries[0].model_dump(mode="json"), **entry}}
    return [[], payload, dict.fromkeys(("callbacks", "errbacks", "chain", "chord"))]


def message(packed, **headers):
    return {
        "body": base64.b64encode(json.dumps(packed).encode()).decode(),
        "content-encoding": "utf-8",
        "content-type": "application/json",
        "headers": {"lang": "py", "task": TASK_NAME, "id": ID, **headers},
        "properties": {
            "correlation_id": ID,
            "delivery_tag": ID,
            "delivery_info": {"exchange": "", "routing_key": "digitize"},
            "body_encoding": "base64",
            "kwargsrepr": "31-p0001-0123456789ab",
        },
    }


@pytest.fixture
def job(tmp_path):
    return job_of(tmp_path, [31])


def test_a_page_goes_on_as_it_was(job):
    anew = json.loads(checked_message(json.dumps(message(body(job))).encode()))

    assert json.loads(base64.b64decode(anew["body"])) == body(job)
    assert (anew["headers"]["task"], anew["headers"]["id"]) == (TASK_NAME, ID)
    assert anew["headers"]["timelimit"] == [None, None]


@pytest.mark.parametrize(
    "ahead", [timedelta(minutes=59), timedelta(hours=1, seconds=10), timedelta(days=40_000)]
)
def test_a_page_that_a_machine_put_off_whose_clock_is_ahead_comes_within_a_minute(job, ahead):
    now = datetime.now(UTC)
    raw = json.dumps(message(body(job), eta=(now + ahead).isoformat())).encode()

    eta = datetime.fromisoformat(json.loads(checked_message(raw))["headers"]["eta"])

    assert timedelta(0) < eta - now < timedelta(minutes=2)


@pytest.mark.parametrize("later", [timedelta(seconds=10), timedelta(hours=-1)])
def test_a_page_that_was_put_off_comes_when_it_is_time(job, later):
    wanted = datetime.now(UTC) + later
    raw = json.dumps(message(body(job), eta=wanted.isoformat())).encode()

    assert datetime.fromisoformat(json.loads(checked_message(raw))["headers"]["eta"]) == wanted


@pytest.mark.parametrize(
    "eta", ["0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00Z", "2000-01-01T00:00:00-12:00"]
)
def test_a_page_for_long_ago_is_for_now_and_its_date_can_be_reckoned_with(job, eta):
    raw = json.dumps(message(body(job), eta=eta)).encode()

    checked = datetime.fromisoformat(json.loads(checked_message(raw))["headers"]["eta"])

    assert timedelta(0) < datetime.now(UTC) - checked < timedelta(days=2)
    assert checked.astimezone(UTC).timestamp() > 0  # as Celery does, to which year one is none


def test_a_key_that_stands_there_twice_means_one_thing(job):
    text = json.dumps(message(body(job)))
    twice = text.replace('"headers": {', '"headers": {"timelimit": [9, 9], "timelimit": [null, null], ', 1)

    assert "[9, 9]" not in checked_message(twice.encode()).decode()


@pytest.mark.parametrize(
    "headers",
    [
        {"task": "celery.map"},
        {"task": f"{TASK_NAME}\n"},
        {"timelimit": [3600, 3600]},
        {"eta": "now"},
        {"retries": -1},
        {"shadow": "\x1b[2J"},
        {"argsrepr": "x" * 5000},
        {"stamps": {"a": None}},
        {"compression": "zstd"},
        {"chain": []},
    ],
    ids=lambda headers: next(iter(headers)),
)
def test_what_a_page_does_not_need_is_refused(job, headers):
    with pytest.raises(ValidationError):
        checked_message(json.dumps(message(body(job), **headers)).encode())


@pytest.mark.parametrize(
    "entry",
    [
        {"path": "relative.png"},
        {"path": "/etc/passwd"},
        {"path": "/a\0b"},
        {"path": "file://["},
        {"key": "../../x"},
        {"page": 10**30},
        {"model": "/tmp/mine"},
    ],
    ids=lambda entry: repr(next(iter(entry.items())))[:30],
)
def test_an_entry_that_is_no_page_is_refused(job, entry):
    with pytest.raises(ValidationError):
        checked_message(json.dumps(message(body(job, **entry))).encode())


def test_a_message_that_is_too_long_is_not_even_parsed(job):
    padded = json.dumps(message(body(job))).encode() + b" " * MOST_MESSAGE_BYTES

    with pytest.raises(ValueError, match=f"more than {MOST_MESSAGE_BYTES}"):
        checked_message(padded)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"secret",
        b"\xff",
        b'{"secret": 1}',
        b"[" * 10**5,
        b'{"body": "secret"}',
        b'{"headers": {"secret": 1}}',
    ],
)
def test_nothing_that_stood_in_a_message_is_said(raw):
    with pytest.raises(ValidationError) as caught:
        checked_message(raw)

    said = why_refused(caught.value)
    assert "secret" not in said
    assert len(said.splitlines()) == 1


def test_the_longest_paths_there_are_fit(tmp_path):
    longest = "/" + "/".join(["ä" * 119] * 17)
    entry = PageEntry.of(tmp_path / longest, name=longest).model_dump(mode="json")
    packed = [
        [],
        {"job": longest, "entry": entry},
        dict.fromkeys(("callbacks", "errbacks", "chain", "chord")),
    ]
    raw = json.dumps(message(packed, kwargsrepr="x" * 1024)).encode()

    assert 4000 < len(longest.encode()) <= 4096
    assert len(raw) < MOST_MESSAGE_BYTES
    assert checked_message(raw)
