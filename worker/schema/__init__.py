"""JSON Schemas of what is written, made from the records and shipped beside this module.

After a change of the records run ``python -m worker.schema``; a test holds the two together.
"""

import json
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from worker.records import SCHEMA_VERSION, PageRecord
from worker.results import ResultsFile, Summary

__all__ = ["SCHEMA_NAMES", "make_schema", "schema_path", "write_schemas"]

_ADAPTERS: dict[str, TypeAdapter[Any]] = {
    "page": TypeAdapter(PageRecord),
    "results": TypeAdapter(ResultsFile),
    "summary": TypeAdapter(Summary),
}

_TITLES = {
    "page": "A file of JOB/pages: one page, read or failed",
    "results": "JOB/results.json: all detail of a job",
    "summary": "JOB/summary.json: a job in figures",
}

SCHEMA_NAMES = tuple(_ADAPTERS)


def schema_path(name: str) -> Path:
    """Return where the shipped schema lies."""
    return Path(__file__).with_name(f"{name}.schema.json")


def make_schema(name: str) -> str:
    """Return the schema as the records give it now.

    Parameters
    ----------
    name : {"page", "results", "summary"}
        Which file it describes.
    """
    schema = _ADAPTERS[name].json_schema(mode="serialization")
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:digitize:schema:{name}:{SCHEMA_VERSION}",
        "title": _TITLES[name],
    }
    return json.dumps(head | {key: value for key, value in schema.items() if key != "title"}, indent=2) + "\n"


def write_schemas() -> None:
    """Write all schemas to where they are shipped."""
    for name in SCHEMA_NAMES:
        schema_path(name).write_text(make_schema(name), encoding="utf-8")
