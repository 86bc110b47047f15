"""Fixtures: an object store on this machine, with an empty bucket for each test."""

import importlib.util
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.fake_readers import PATIENCE_S
from tests.moto_store import UNKNOWN_KEY

SERVER = Path(__file__).with_name("moto_store.py")

#: Looked for in everything that the program says and writes.
SECRET = "s3cr3t-of-the-test"


@dataclass
class Bucket:
    """A bucket, and how the program gets to it.

    Attributes
    ----------
    name : str
    endpoint, careless_endpoint : str
        The second is that of a store which takes conditions of writing and does not heed them.
    """

    name: str
    endpoint: str
    careless_endpoint: str
    client: Any = field(repr=False)

    @property
    def url(self) -> str:
        return f"s3://{self.name}"

    @property
    def variables(self) -> dict[str, str]:
        """The environment of a program that may use it."""
        return {
            "AWS_ACCESS_KEY_ID": "AKIATEST",
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "AWS_SESSION_TOKEN": f"token-{SECRET}",
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    @property
    def strange_variables(self) -> dict[str, str]:
        """The environment of a program that the store does not know."""
        return {**self.variables, "AWS_ACCESS_KEY_ID": UNKNOWN_KEY}

    def put(self, key: str, data: bytes) -> str:
        """Write an object, and return its URL."""
        self.client.put_object(Bucket=self.name, Key=key, Body=data)
        return f"{self.url}/{key}"

    def get(self, key: str) -> bytes:
        return bytes(self.client.get_object(Bucket=self.name, Key=key)["Body"].read())

    def remove(self, key: str) -> None:
        self.client.delete_object(Bucket=self.name, Key=key)

    def keys(self, prefix: str = "") -> list[str]:
        """Return all names that begin so."""
        pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=self.name, Prefix=prefix)
        return [found["Key"] for page in pages for found in page.get("Contents", ())]


@dataclass(frozen=True)
class _Server:
    endpoint: str
    careless_endpoint: str


@pytest.fixture(scope="session")
def object_server() -> Iterator[_Server]:
    missing = [name for name in ("s3fs", "moto", "flask") if importlib.util.find_spec(name) is None]
    if missing:
        if os.environ.get("CI") == "true":
            pytest.fail(f"{', '.join(missing)} not installed, and in CI these tests have to run")
        pytest.skip(f"{', '.join(missing)} not installed: pip install -r requirements-dev.lock")
    from tests.integration.conftest import free_port

    ports = [free_port(), free_port()]
    process = subprocess.Popen(
        [sys.executable, str(SERVER), *map(str, ports)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert process.stdin and process.stdout
    assert process.stdout.readline() == b"ready\n"
    yield _Server(*(f"http://127.0.0.1:{port}" for port in ports))
    process.stdin.close()
    process.stdout.close()
    process.wait(PATIENCE_S)


@pytest.fixture
def bucket(object_server: _Server, tmp_path: Path) -> Iterator[Bucket]:
    """Return a bucket that nobody else uses."""
    import boto3

    client = boto3.client(
        "s3",
        endpoint_url=object_server.endpoint,
        aws_access_key_id="AKIATEST",
        aws_secret_access_key=SECRET,
        region_name="us-east-1",
    )
    name = f"t-{abs(hash(str(tmp_path))):020d}"
    client.create_bucket(Bucket=name)
    yield Bucket(name, object_server.endpoint, object_server.careless_endpoint, client)
    client.close()


@pytest.fixture
def in_reach(bucket: Bucket, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bucket]:
    """Let this very process, and what it starts, use the bucket."""
    from worker import object_store

    for name, value in bucket.variables.items():
        monkeypatch.setenv(name, value)
    object_store.forget()
    yield bucket
    object_store.forget()
