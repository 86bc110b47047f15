"""A training that is stopped ends soon, with the code of Ctrl-C, and leaves nothing behind."""

import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from model.synth.digits import SAMPLE
from tests.digit_files import moved

pytestmark = pytest.mark.train

#: Long enough for a machine that does much else; a hang is for ever.
PATIENCE_S = 120


@pytest.fixture
def data(tmp_path: Path) -> Path:
    with np.load(SAMPLE) as sample:
        images, labels = moved(sample["images"]), sample["labels"]
    path = tmp_path / "digits.npz"
    np.savez(path, x_train=images[100:], y_train=labels[100:], x_test=images[:100], y_test=labels[:100])
    return path


def _said(process: "subprocess.Popen[str]") -> Iterator[str]:
    assert process.stderr is not None
    yield from process.stderr


def _children(pid: int) -> list[int]:
    """Open the children of a process: such a descriptor can be read when its process has ended."""
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            if int(status.read_text().rpartition(")")[2].split()[1]) == pid:
                found.append(os.pidfd_open(int(status.parent.name)))
        except OSError:  # it ended just now
            continue
    return found


def _all_ended(children: list[int]) -> bool:
    return all(select.select([child], [], [], PATIENCE_S)[0] for child in children)


@pytest.mark.parametrize(
    ("recipe", "sign"),
    [("default", "drawn 4 of"), ("mnist", "epoch 2/"), ("original", "epoch 2/")],
)
def test_a_stopped_training_ends_and_leaves_nothing(
    data: Path, tmp_path: Path, recipe: str, sign: str
) -> None:
    pytest.importorskip("tensorflow", reason="training needs the extra `train`")
    out = tmp_path / "runs" / "model"
    command = [sys.executable, "-c", "import sys; from cli.main import main; sys.exit(main())"]
    command += ["retrain", "--data", str(data), "--recipe", recipe, "--epochs", "5000", "-o", str(out)]
    home = {**os.environ, "HOME": str(tmp_path), "TMPDIR": str(tmp_path)}
    process = subprocess.Popen(
        command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True, env=home
    )
    with process:
        said = _said(process)
        assert any(sign in line for line in said), "it ended before it could be stopped"
        children = _children(process.pid)
        process.send_signal(signal.SIGTERM)
        rest = "".join(said)
        assert process.wait(PATIENCE_S) == 130
    assert "interrupted" in rest
    assert "Traceback" not in rest
    assert not out.parent.exists()
    assert _all_ended(children)
