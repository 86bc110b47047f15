"""How a job's pages are to be read, out of its job file, whose list of pages is not looked at."""

from functools import lru_cache
from typing import Annotated

from pydantic import BaseModel, Field

from worker.object_path import Place
from worker.places import Version, read_place
from worker.read_options import ReadOptions

__all__ = ["MOST_JOB_BYTES", "AskedOptions", "JobVersion", "ShelfDigits", "asked_options"]

#: No job file that is longer is read: that would be one of two million pages.
MOST_JOB_BYTES = 512 * 2**20

#: What job files are read back: 1 holds its pages itself, 2 names a list of them and has shelves.
JobVersion = Annotated[str, Field(pattern=r"^[12]\.[0-9]+$")]

#: So many hexadecimal digits of a page's key name the shelf that its files lie on; 0 where there is none.
ShelfDigits = Annotated[int, Field(ge=0, le=4)]


class AskedOptions(BaseModel):
    """As much of a job file as reading a page takes."""

    schema_version: JobVersion
    options: ReadOptions
    shelf_digits: ShelfDigits = 0


@lru_cache(maxsize=8)
def asked_options(job_file: Place, version: Version) -> AskedOptions:
    """Read them once per job file and process; `version` tells two jobs of one name apart."""
    return AskedOptions.model_validate_json(read_place(job_file, most_bytes=MOST_JOB_BYTES))
