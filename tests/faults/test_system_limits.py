"""Limits of the system that are too low for children, and a current folder that is gone."""

import os
import resource
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from tests.job_builders import png

#: A folder, and what deletes it in the process that is to run there.
Gone = tuple[Path, Callable[[], None]]

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="limits and folders as Linux has them")


def digitize(
    *args: object, cwd: Path, before: Callable[[], None] | None = None, within: Sequence[str] = ()
) -> tuple[int, str]:
    """Run the command in a process of its own; return its exit code and standard error."""
    known = {name: value for name, value in os.environ.items() if not name.startswith("DIGITIZE_")}
    done = subprocess.run(
        [*within, sys.executable, "-m", "cli", *map(str, args)],
        env={**known, "PYTHONPATH": str(Path(__file__).parents[2]), "XDG_DATA_HOME": str(cwd.parent)},
        cwd=cwd, preexec_fn=before, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    return done.returncode, done.stderr


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "page.png"
    path.write_bytes(png(40))
    return path


@pytest.mark.parametrize("files", [8, 12])
def test_too_few_open_files_are_named(page: Path, files: int) -> None:
    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))

    code, said = digitize("submit", page, "-o", page.parent / "job", "-j", 1, cwd=page.parent, before=limit)

    error, hint = said.splitlines()[-2:]
    assert code == 1
    assert error.endswith(": Too many open files")
    assert "ulimit -n" in hint


#: Runs what follows where locks of processes find no room.
WITHOUT_SHARED_MEMORY = [
    "unshare", "-rm", "sh", "-c",
    'mount -t tmpfs -o size=4k none /dev/shm && head -c 4096 /dev/zero > /dev/shm/full; exec "$@"', "sh",
]  # fmt: skip


def test_a_lack_of_shared_memory_is_named_and_is_no_lack_of_disk(page: Path) -> None:
    if subprocess.run([*WITHOUT_SHARED_MEMORY[:2], "true"], capture_output=True, check=False).returncode:
        pytest.skip("nothing can be mounted for a process of one's own here")
    code, said = digitize(
        "submit", page, "-o", page.parent / "job", "-j", 1, cwd=page.parent, within=WITHOUT_SHARED_MEMORY
    )

    error, hint = said.splitlines()[-2:]
    assert code == 1
    assert error.endswith(": /dev/shm has no room")
    assert "--shm-size" in hint


@pytest.fixture
def gone(tmp_path: Path) -> Gone:
    folder = tmp_path / "gone"
    folder.mkdir()
    return folder, lambda: Path(folder).rmdir()


def test_absolute_paths_do_without_a_current_folder(page: Path, gone: Gone) -> None:
    folder, delete = gone
    code, said = digitize("submit", page, "-o", page.parent / "job", cwd=folder, before=delete)
    assert code == 0
    assert "1 page: " in said.splitlines()[-1]


@pytest.mark.parametrize("command", [("submit", "page.png"), ("status",), ("doctor",)])
def test_without_a_current_folder_a_line_says_so(gone: Gone, command: tuple[str, ...]) -> None:
    folder, delete = gone
    code, said = digitize(*command, cwd=folder, before=delete)
    assert code == 2
    assert said.startswith("error: the current folder is not there any more")
    assert "`cd`" in said.splitlines()[-1]
