"""Links between the documents lead to files and headings that are there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
HEADINGS = {path: re.findall(r"^#+ (.+)$", path.read_text("utf-8"), re.MULTILINE) for path in DOCUMENTS}


def anchor(heading):
    """Return what a heading is called in links, as forges do it."""
    plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading)
    return re.sub(r"[^\w\- ]", "", plain.lower()).replace(" ", "-")


def links(path):
    """Return the places that a document links to, those in code and outside of the project left out."""
    text = re.sub(r"```.*?```|`[^`\n]*`", "", path.read_text("utf-8"), flags=re.DOTALL)
    return [link for link in re.findall(r"\]\(([^)\s]+)\)", text) if not re.match(r"[a-z]+:", link)]


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_somewhere(path):
    lost = []
    for link in links(path):
        file, _, heading = link.partition("#")
        target = (path.parent / file).resolve() if file else path
        known = [anchor(each) for each in HEADINGS.get(target, ())]
        if not target.exists() or (heading and heading not in known):
            lost.append(link)

    assert lost == []
