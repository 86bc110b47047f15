"""Messages are those that Celery would write, and pass the gate before the workers."""

import base64
import json
from pathlib import Path

import pytest

from tests.job_builders import plain_settings
from worker.app import TASK_NAME, make_app
from worker.jobs import PageEntry
from worker.messages import checked_message
from worker.page_messages import PageMessages

JOB = Path("/shared/jobs/mönday")


@pytest.fixture
def entry():
    return PageEntry.of(Path("/shared/scans/seité 1.png"), name="seité 1.png", page=2, sha256="0" * 64)


def sent_by_celery(entry):
    """Return a message as Celery sends it, over a transport in this process."""
    app = make_app(plain_settings(broker_url="redis://nowhere:6379/0"))
    with app.connection_for_write("memory://") as connection:
        producer = app.amqp.Producer(connection, auto_declare=False)
        payload = {"job": str(JOB), "entry": entry.model_dump(mode="json")}
        app.send_task(TASK_NAME, kwargs=payload, kwargsrepr=entry.key, producer=producer)
        return connection.default_channel._get(app.conf.task_default_queue)


def without_its_own(message):
    """Return a message without what is another in each, its body as JSON."""
    headers, properties = dict(message["headers"]), dict(message["properties"])
    for name in ("id", "root_id", "origin"):
        headers.pop(name)
    for name in ("correlation_id", "delivery_tag", "reply_to"):
        properties.pop(name)
    body = json.loads(base64.b64decode(message["body"]))
    return {**message, "body": body, "headers": headers, "properties": properties}


def test_a_message_is_what_celery_would_write(entry):
    written = json.loads(PageMessages(JOB, "digitize").message(entry))
    celerys = json.loads(json.dumps(sent_by_celery(entry)))
    assert without_its_own(written) == without_its_own(celerys)
    assert written["headers"].keys() == celerys["headers"].keys()
    assert written["properties"].keys() == celerys["properties"].keys()


def test_a_message_passes_the_gate_and_has_a_number_of_its_own(entry):
    messages = PageMessages(JOB, "digitize")
    one, other = (json.loads(checked_message(messages.message(entry))) for _ in range(2))
    for message in (one, other):
        number = message["headers"]["id"]
        assert number == message["headers"]["root_id"] == message["properties"]["correlation_id"]
        _, payload, _ = json.loads(base64.b64decode(message["body"]))
        assert payload["job"] == str(JOB)
        assert PageEntry.model_validate(payload["entry"]) == entry
    numbers = {message["headers"]["id"] for message in (one, other)}
    tags = {message["properties"]["delivery_tag"] for message in (one, other)}
    assert len(numbers | tags) == 4
