"""What the command line may load before it knows what it is asked for."""

import json
import subprocess
import sys

import pytest

#: Slow, or the business of other processes.
HEAVY = {
    "ai_edge_litert", "billiard", "celery", "cv2", "keras", "kombu", "matplotlib", "numpy", "pebble",
    "prometheus_client", "pydantic", "pydantic_settings", "pypdfium2", "redis", "rich", "tensorflow",
    "xlsxwriter",
}  # fmt: skip

#: Everything beside the standard library and the project that a help text may cost.
ALLOWED = {"annotated_doc", "click", "colorama", "shellingham", "typer", "typing_extensions"}
OWN = {"cli", "worker"}

LIST_MODULES = "import json, sys; print(json.dumps(sorted({name.partition('.')[0] for name in sys.modules})))"


def loaded_by(statement):
    """Return the top-level names that a fresh interpreter has loaded after `statement`, beyond its own."""
    both = [
        json.loads(subprocess.run([sys.executable, "-c", code], check=True, capture_output=True).stdout)
        for code in (LIST_MODULES, f"{statement}\n{LIST_MODULES}")
    ]
    return set(both[1]) - set(both[0])


def test_importing_the_command_line_loads_nothing_heavy():
    loaded = loaded_by("import cli.app")

    assert not loaded & HEAVY
    assert loaded - OWN - ALLOWED - sys.stdlib_module_names == set()


SHOW_HELP = """
import contextlib, io, sys
from cli.main import main
sys.argv[1:] = {arguments}
with contextlib.suppress(SystemExit), contextlib.redirect_stdout(io.StringIO()):
    main()
"""


@pytest.mark.parametrize("arguments", [["--help"], ["--version"]])
def test_help_loads_nothing_heavy(arguments):
    assert not loaded_by(SHOW_HELP.format(arguments=arguments)) & HEAVY


@pytest.mark.parametrize(
    "command",
    [
        *("submit", "worker", "status", "results", "retry", "cancel", "watch", "retrain", "doctor"),
        *("models", "models promote", "models evaluate"),
    ],
)
def test_help_of_a_command_loads_nothing_that_reads(command):
    loaded = loaded_by(SHOW_HELP.format(arguments=[*command.split(), "--help"]))

    # Typer itself asks pydantic for the ranges of options, where it is installed.
    assert not loaded & (HEAVY - {"pydantic"})


@pytest.mark.parametrize("module", ["worker.submission", "worker.queue", "worker.embedded", "worker.tables"])
def test_what_submits_never_loads_what_reads(module):
    assert not loaded_by(f"import {module}") & {"cv2", "numpy", "tensorflow", "keras", "ai_edge_litert"}


def test_reading_needs_no_training_library():
    loaded = loaded_by("import worker.page_task, segmentation.page, model.classify, worker.overlay")

    assert not loaded & {"tensorflow", "keras", "matplotlib"}
