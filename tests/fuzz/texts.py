"""Mutated texts, and what reads them: settings, models, jobs, truths, corrections, messages.

Each is read in a process that is limited as those that read pages are. It may be taken or be refused by one
of the errors that are meant for it; anything else is a finding, and so is the end of the process.
"""

import base64
import json
import os
import random
import shutil
import traceback
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import numpy as np
from pebble import ProcessExpired, ProcessPool

from model.bundle import MANIFEST, RUNTIME, open_bundle, shipped_bundle
from model.calibration import Calibration
from model.errors import BundleInvalid, ModelError
from model.registry import CURRENT_FILE, Change, Choice, RegistryRecord, check_files
from model.synth.digits import DigitSource
from model.synth.page import make_page
from tests.builders import encoded
from tests.fake_readers import number_record
from tests.fuzz.folder_texts import (
    LIST,
    WATCHED,
    cancelled,
    lists,
    mutated_lines,
    read_cancelled,
    read_list,
    read_watched,
    watched,
)
from tests.fuzz.mutation import mutated, mutated_json, mutated_table
from tests.job_builders import job_of, read_record
from worker.corrections import load_corrections
from worker.errors import DigitizeError
from worker.job_folder import CORRECTIONS, JOB_FILE, ReadOptions
from worker.jobs import Job, PageEntry
from worker.memory_limit import limit_memory
from worker.messages import checked_message, why_refused
from worker.page_task import process_page
from worker.promotion import Registry
from worker.settings import load_settings, origins
from worker.tables import write_tables
from worker.truth import load_truth, truth_of_job

__all__ = ["TARGETS", "TextFindings", "fuzz_texts", "limited_process", "read_unchanged"]

MEMORY_MB, TIME_LIMIT_S = 256, 20
_BATCH = 100

SETTINGS = b"""
pdf_dpi = 300
jobs_dir = "jobs"
model = "shipped"
max_error_rate = "0.5/1000"
max_memory_mb = 512
printed = "drop"
roots = ["/scans", "/jobs"]
broker_url = "redis://user:secret@127.0.0.1:6379/0"
"""
TRUTH = (
    b"file,page,line,number,text,kind\r\n"
    b"31.png,1,1,1,00031,clean\r\n31.png,1,2,1,7,clean\r\n32.png,,,,12,\r\n"
)


@dataclass(frozen=True)
class Target:
    """What is read.

    Attributes
    ----------
    seeds : callable
        Given a folder with a job in it, the files that the mutations begin with.
    name : str
        Of the file, below that folder.
    read : callable
        Given that folder; reads the file.
    mutate : callable
        How files are changed.
    """

    seeds: Callable[[Path], list[bytes]]
    name: str
    read: Callable[[Path], object]
    mutate: Callable[[bytes, Sequence[bytes], random.Random], bytes] = mutated


@dataclass
class TextFindings:
    """What became of the texts of one target."""

    outcomes: Counter[str] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)


def limited_process() -> ProcessPool:
    """Return a process that may take as much as one that reads a page; another one follows where it ends."""
    return ProcessPool(1, context=get_context("spawn"), initializer=limit_memory, initargs=(MEMORY_MB,))


def fuzz_texts(name: str, count: int, seed: int, folder: Path, pool: ProcessPool) -> TextFindings:
    """Have `count` mutated texts of a target read, and say what became of them.

    Parameters
    ----------
    name : str
        Of :data:`TARGETS`.
    count : int
        How many.
    seed : int
        The same seed gives the same files.
    folder : Path
        Empty; all is written here.
    pool : ProcessPool
        From :func:`limited_process`.
    """
    target, findings = TARGETS[name], TextFindings()
    _prepare(folder)
    seeds, rng = target.seeds(folder), random.Random(f"{seed} {name}")
    texts = [target.mutate(rng.choice(seeds), seeds, rng) for _ in range(count)]
    for start in range(0, count, _BATCH):
        batch = texts[start : start + _BATCH]
        outcomes = _tried(pool, name, folder, batch)
        if outcomes is None:  # one of them cost the process
            outcomes = [
                o for text in batch for o in _tried(pool, name, folder, [text]) or ["lost its process"]
            ]
        for text, outcome in zip(batch, outcomes, strict=True):
            findings.outcomes[outcome.partition(":")[0]] += 1
            if outcome not in ("taken", "refused"):
                findings.broken.append(f"{outcome}\n    {text[:300]!r}")
    return findings


def _tried(pool: ProcessPool, name: str, folder: Path, texts: list[bytes]) -> list[str] | None:
    """Return what became of some texts, read one after the other; None where that cost the process."""
    try:
        return pool.schedule(_outcomes, args=(name, folder, texts), timeout=TIME_LIMIT_S).result()
    except (ProcessExpired, TimeoutError):
        return None


def _outcomes(name: str, folder: Path, texts: list[bytes]) -> list[str]:
    os.chdir(folder)
    for variable in [variable for variable in os.environ if variable.startswith("DIGITIZE_")]:
        del os.environ[variable]
    os.environ["XDG_CONFIG_HOME"] = str(folder / "config")
    return [_outcome(TARGETS[name], folder, text) for text in texts]


def _outcome(target: Target, folder: Path, text: bytes) -> str:
    (folder / target.name).write_bytes(text)
    try:
        target.read(folder)
    except (DigitizeError, ModelError):
        return "refused"
    except Exception as error:  # noqa: BLE001 - what is looked for
        place = traceback.extract_tb(error.__traceback__)[-1]
        return f"{type(error).__name__}: {error} ({place.filename}:{place.lineno})"
    return "taken"


def _prepare(folder: Path) -> None:
    """Make a job with two pages that were read, a truth, and a model."""
    job = job_of(folder, [31, 32])
    for entry in job.entries:
        numbers = [number_record(f"000{entry.file.stem}"), number_record("7", line=2)]
        job.write_record(entry.key, read_record(entry, numbers))
    write_tables(job)
    shutil.copytree(shipped_bundle(), folder / "model")
    (folder / "registry").mkdir()


def _job_file(folder: Path) -> list[bytes]:
    return [(folder / "job" / JOB_FILE).read_bytes()]


def _page_file(folder: Path) -> list[bytes]:
    # All under the name of the first page.
    pages = sorted((folder / "job" / "pages").iterdir())
    first = pages[0].read_bytes()
    pages[0].rename(folder / "job" / "pages" / "first.json")
    return [first]


def _read_job(folder: Path) -> None:
    job = Job.open(folder / "job")
    job.missing()
    job.progress()
    write_tables(job)


def _read_page(folder: Path) -> None:
    job = Job.open(folder / "job")
    entry = job.entries[0]
    shutil.copyfile(folder / "job" / "pages" / "first.json", job.record_path(entry.key))
    if (record := job.read_record(entry.key)) is not None:
        record.model_dump_json()
    write_tables(job)


def _corrections(folder: Path) -> list[bytes]:
    """Read a drawn page, and correct some of its numbers."""
    path = folder / "drawn.png"
    path.write_bytes(encoded(make_page(np.random.default_rng(1), DigitSource.builtin(), "clean").grey, "png"))
    entry = PageEntry.of(path, name=path.name)
    job = Job.create(folder / "corrected", [entry], [], ReadOptions())
    record = process_page(job, entry, attempt=1)
    rows = [f"drawn.png,1,{number.line},{number.number},{number.text}" for number in record.numbers[:12]]
    return ["\r\n".join(["file,page,line,number,text", *rows, ""]).encode()]


def _read_truth(name: str, folder: Path) -> None:
    truth_of_job(Job.open(folder / "job"), load_truth(folder / name))


def _read_model(folder: Path) -> None:
    bundle = open_bundle(folder / "model")
    check_files(bundle)
    try:
        Calibration.from_manifest(bundle.manifest["calibration"])
    except (KeyError, ValueError, TypeError) as error:  # as the classifier has it
        raise BundleInvalid(str(error)) from error


def _registry(_: Path) -> list[bytes]:
    record = RegistryRecord(
        (Change("2026-01-01T00:00:00+00:00", "promote", Choice("mine", "0" * 64), "why"),)
    )
    return [record.as_json().encode(), RegistryRecord().as_json().encode()]


def _messages(folder: Path) -> list[bytes]:
    job, ids = Job.open(folder / "job"), "b13e38eb-cc1b-48e1-931e-20c5f5b122f0"
    payload = {"job": str(job.path), "entry": job.entries[0].model_dump(mode="json")}
    body = json.dumps([[], payload, dict.fromkeys(("callbacks", "errbacks", "chain", "chord"))]).encode()
    message = {
        "body": base64.b64encode(body).decode(),
        "content-encoding": "utf-8",
        "content-type": "application/json",
        "headers": {"lang": "py", "task": "digitize.read_page", "id": ids, "retries": 0, "eta": None},
        "properties": {
            "correlation_id": ids,
            "delivery_tag": ids,
            "delivery_info": {"exchange": "", "routing_key": "digitize"},
            "body_encoding": "base64",
        },
    }
    return [json.dumps(message).encode(), body]


def _mutated_message(data: bytes, others: Sequence[bytes], rng: random.Random) -> bytes:
    """Change the message, or what lies packed in it."""
    message = json.loads(others[0])
    if data == others[0]:
        return mutated_json(data, others, rng)
    message["body"] = base64.b64encode(mutated_json(data, others, rng)).decode()
    return json.dumps(message).encode()


def _read_message(folder: Path) -> None:
    try:
        json.loads(checked_message((folder / "message.json").read_bytes()))
    except ValueError as error:
        raise DigitizeError(why_refused(error)) from error


TARGETS = {
    "settings": Target(lambda _: [SETTINGS], "digitize.toml", lambda _: origins(load_settings())),
    "manifest": Target(
        lambda folder: [(folder / "model" / MANIFEST).read_bytes()],
        f"model/{MANIFEST}",
        _read_model,
        mutated_json,
    ),
    "runtime": Target(
        lambda folder: [(folder / "model" / RUNTIME).read_bytes()], f"model/{RUNTIME}", _read_model
    ),
    "registry": Target(
        _registry,
        f"registry/{CURRENT_FILE}",
        lambda folder: Registry(folder / "registry").record(),
        mutated_json,
    ),
    "job": Target(_job_file, f"job/{JOB_FILE}", _read_job, mutated_json),
    "page": Target(_page_file, "job/pages/first.json", _read_page, mutated_json),
    "truth-table": Target(lambda _: [TRUTH], "truth.csv", partial(_read_truth, "truth.csv"), mutated_table),
    "truth-json": Target(
        lambda folder: [
            b'[{"file": "31.png", "page": 1, "rows": [["00031"], ["7"]], "kind": "clean", "join": false}]',
            (folder / "job" / "results.json").read_bytes(),
        ],
        "truth.json",
        partial(_read_truth, "truth.json"),
        mutated_json,
    ),
    "corrections": Target(
        _corrections,
        f"corrected/{CORRECTIONS}",
        lambda folder: load_corrections(folder / "corrected", lambda _: None),
        mutated_table,
    ),
    "list": Target(lists, f"job/{LIST}", read_list, mutated_lines),
    "cancelled": Target(cancelled, "job/cancelled.json", read_cancelled, mutated_json),
    "watched": Target(watched, WATCHED, read_watched, mutated_lines),
    "message": Target(_messages, "message.json", _read_message, _mutated_message),
}


def read_unchanged(name: str, folder: Path) -> str:
    """Return what becomes of the first file that the mutations of a target begin with, in this process."""
    _prepare(folder)
    return _outcome(TARGETS[name], folder, TARGETS[name].seeds(folder)[0])
