"""What submits, queues, waits and hands out pages never loads NumPy, OpenCV or the network."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HEAVY = ("cv2", "numpy", "ai_edge_litert", "tensorflow", "keras")

RUN_EMBEDDED = """
import sys
from pathlib import Path
from tests.fake_readers import FACTORY
from tests.job_builders import job_of, plain_settings
from worker.embedded import run_embedded
from worker.tables import write_tables

if __name__ == "__main__":
    job = job_of(Path(sys.argv[1]), [31, 32])
    run_embedded(job, job.entries, plain_settings(jobs=1), lambda *_: None, reader_factory=FACTORY)
    write_tables(job)
    assert job.progress().read == 2, job.progress()
"""


def loaded(code: str, folder: Path) -> set[str]:
    """Run a program and return which of the heavy packages it has loaded in the end."""
    program = folder / "program.py"
    ending = f"    print(*(name for name in {HEAVY} if name in sys.modules))\n"
    program.write_text(code + ending, "utf-8")
    done = subprocess.run(
        [sys.executable, str(program), str(folder)],
        env={"PYTHONPATH": str(ROOT), "PATH": ""},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


def test_the_parent_of_the_pool_stays_light(tmp_path):
    assert loaded(RUN_EMBEDDED, tmp_path) == set()


@pytest.mark.parametrize(
    "module",
    [
        "worker.queue",
        "worker.waiting",
        "worker.queue_worker",
        "worker.tasks",
        "worker.submission",
        "worker.doctor",
    ],
)
def test_importing_what_sends_pages_loads_nothing_heavy(module, tmp_path):
    code = f'import sys\nimport {module}\nif __name__ == "__main__":\n'
    assert loaded(code, tmp_path) == set()


def test_this_test_would_see_what_is_loaded(tmp_path):
    assert loaded('import sys\nimport numpy\nif __name__ == "__main__":\n', tmp_path) == {"numpy"}
