"""Many pages are queued in their order, and a message says nothing twice."""

import base64
import json
from pathlib import Path

import pytest

from worker.job_folder import ReadOptions
from worker.jobs import Job, PageEntry
from worker.messages import checked_message
from worker.pile import FEW
from worker.queue import enqueue

pytestmark = pytest.mark.redis


def test_many_pages_wait_in_their_order_and_what_is_done_is_not_queued(tmp_path, settings, shared_redis):
    entries = [PageEntry.of(Path(f"/scans/{number}.png"), name=f"{number}.png") for number in range(FEW + 50)]
    job = Job.create(tmp_path / "job", entries, [], ReadOptions())
    missing = job.missing()
    assert enqueue(job, missing, settings) == len(entries)
    with shared_redis.client() as client:
        waiting = client.lrange(f"{settings.key_prefix}{settings.queue}", 0, -1)
    messages = [*map(json.loads, map(checked_message, waiting))]  # as a worker lets them through
    payloads = [json.loads(base64.b64decode(message["body"]))[1] for message in reversed(messages)]
    assert [PageEntry.model_validate(payload["entry"]) for payload in payloads] == entries
    assert {payload["job"] for payload in payloads} == {str(job.path)}
    assert all(str(job.path) not in json.dumps(message["headers"]) for message in messages)
