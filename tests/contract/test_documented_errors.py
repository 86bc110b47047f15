"""`docs/errors.md` holds every exit code and every code of a page, and no other."""

import ast
import re
from pathlib import Path

from worker import errors
from worker.errors import DigitizeError

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "errors.md").read_text(encoding="utf-8")

#: What takes the code of a page as its first argument that is spelled out.
TAKES_CODE = {"PageUnreadable", "FileFault", "_failed", "_fail"}


def classes(base=DigitizeError):
    yield base
    for below in base.__subclasses__():
        yield from classes(below)


def documented_pages():
    _, _, section = TEXT.partition("## Codes of pages")
    return set(re.findall(r"^\| `([a-z-]+)` \|", section, re.MULTILINE))


def codes_in(file):
    """Return the page codes that a module writes."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            candidates = [keyword.value for keyword in node.keywords if keyword.arg == "code"]
            candidates += [arg for arg in node.args if isinstance(arg, ast.Constant)][:1] * (
                name in TAKES_CODE
            )
        elif isinstance(node, ast.Tuple) and file.name == "inputs.py":  # pairs of code and message
            candidates = node.elts[:1] if len(node.elts) == 2 else []
        else:
            continue
        for value in candidates:
            if isinstance(value, ast.Constant) and re.fullmatch(r"[a-z]+(-[a-z]+)*", str(value.value)):
                yield value.value


def codes_in_use():
    files = [*(ROOT / "worker").rglob("*.py"), *(ROOT / "segmentation").rglob("*.py")]
    return {code for file in files for code in codes_in(file)}


def test_every_exit_code_has_its_row():
    for kind in classes():
        if kind.__module__ == errors.__name__:
            assert f"| {kind.exit_code} | `{kind.__name__}` |" in TEXT


def test_no_row_without_an_exit_code():
    codes = {int(code) for code in re.findall(r"^\| (\d+) \|", TEXT, re.MULTILINE)}

    assert codes == {kind.exit_code for kind in classes()} | {0, 130}


def test_every_exit_code_stands_in_the_help():
    from cli.app import EPILOG

    for code in {kind.exit_code for kind in classes()} | {0, 130}:
        assert re.search(rf"\b{code} [a-z]", EPILOG), code


def test_every_code_of_a_page_has_its_row():
    assert codes_in_use() >= {"truncated", "file-changed", "worker-lost", "file-missing", "time-limit"}
    assert codes_in_use() == documented_pages()


def test_every_error_says_what_to_do():
    for kind in classes():
        assert kind("broken").remedy
        assert kind("broken", remedy="mend it").remedy == "mend it"
