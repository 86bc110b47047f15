"""`docs/confidence.md` tells every reason not to accept a number in the program's words, and no other."""

import re
from pathlib import Path

from worker.doubts import Doubt

DOCS = Path(__file__).parents[2] / "docs"
HEADING = "## What is never accepted"


def told():
    """Return the reasons in the table below the heading, and their codes, in its order."""
    _, _, rest = (DOCS / "confidence.md").read_text(encoding="utf-8").partition(f"\n{HEADING}\n")
    section = re.split(r"^##", rest, maxsplit=1, flags=re.MULTILINE)[0]
    return re.findall(r"^\| ([^|]+) \| [^|]+ \| `([a-z-]+)` \|$", section, re.MULTILINE)


def test_every_doubt_has_its_row():
    assert sorted(told()) == sorted((doubt.value, doubt.code) for doubt in Doubt)


def test_the_statuses_lead_there():
    link = f"confidence.md#{HEADING.removeprefix('## ').lower().replace(' ', '-')}"

    assert link in (DOCS / "output-format.md").read_text(encoding="utf-8")
