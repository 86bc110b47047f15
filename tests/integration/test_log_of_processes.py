"""`--log-format json` also in the processes that read, which write to standard error themselves with -v."""

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.fake_readers import PATIENCE_S
from tests.job_builders import png

ROOT = Path(__file__).parents[2]


def test_the_lines_of_the_reading_processes_are_objects_and_name_the_page(tmp_path):
    (tmp_path / "31.png").write_bytes(png(31))
    (tmp_path / "cut.png").write_bytes(png(32)[:-30])
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DIGITIZE_")}
    command = [
        sys.executable,
        "-m",
        "cli",
        "-v",
        "--log-format",
        "json",
        "submit",
        "31.png",
        "cut.png",
        "-o",
        "job",
    ]

    done = subprocess.run(
        command,
        cwd=tmp_path,
        env={**environment, "PYTHONPATH": str(ROOT), "XDG_DATA_HOME": str(tmp_path / "data")},
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )

    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert done.returncode == 3, done.stderr
    own = [line for line in lines if line.get("logger") == "worker.page_task"]
    assert {(line["job"], line["file"], line["page"]) for line in own} == {
        (str(tmp_path / "job"), name, 1) for name in ("31.png", "cut.png")
    }
    (failure,) = [line for line in lines if line.get("code")]
    assert (failure["level"], failure["file"]) == ("warning", "cut.png")
