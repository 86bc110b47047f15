"""A fake reader that tells which model folder it was built from: by the name of the folder."""

import hashlib
from pathlib import Path

from tests.fake_readers import FakeReader
from worker.errors import ModelRefused
from worker.records import ModelRecord

FACTORY = "tests.naming_reader:load_reader"


class NamingReader(FakeReader):
    """Reads the width of a page, and has a name."""

    def __init__(self, name: str) -> None:
        self.model = ModelRecord(id=name, sha256=hashlib.sha256(name.encode()).hexdigest())


def load_reader(model: Path | None) -> NamingReader:
    """Build a reader; a model whose notes say so does not load."""
    if (
        model is not None
        and (model / "notes.md").is_file()
        and b"broken" in (model / "notes.md").read_bytes()
    ):
        raise ModelRefused(f"{model} does not load")
    return NamingReader("shipped" if model is None else model.name)
